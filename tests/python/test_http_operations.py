"""What operators do, over HTTP/JSON: resets, batch operations, namespaces, limits."""

import asyncio
import uuid
from typing import Any

from temporalio.service import RPCStatusCode

from http_json import at, Http, NAMESPACE, refused
from ways.http import ByHttp

QUEUES = f"{NAMESPACE}/task-queues"


async def tasks(by_http: ByHttp, workflow_id: str, run_id: str = "") -> list[str]:
    """The events that completed workflow tasks."""
    completed = "EVENT_TYPE_WORKFLOW_TASK_COMPLETED"
    return [it["eventId"] for it in await by_http.events(workflow_id, run_id) if it["eventType"] == completed]


async def reset(http: Http, workflow_id: str, run_id: str, event_id: str, **options: Any) -> str:
    body = {
        "workflowExecution": {"runId": run_id},
        "reason": "a mistake",
        "workflowTaskFinishEventId": event_id,
        "requestId": str(uuid.uuid4()),
        **options,
    }
    return (await http.post(at(workflow_id, "reset"), body))["runId"]


async def test_a_closed_run_is_reset(
    http: Http, by_http: ByHttp, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    run_id = await by_http.start("steps", 3, workflow_id=workflow_id, task_queue=task_queue)
    assert await by_http.outcome(workflow_id) == ("COMPLETED", 3)
    again = await reset(http, workflow_id, run_id, (await tasks(by_http, workflow_id))[1])
    assert again != run_id
    assert await by_http.outcome(workflow_id) == ("COMPLETED", 3)
    assert noop_worker == [0, 1, 2, 1, 2]
    for event_id in ("-1", "0", "1", "2", "5", "1000"):
        call = reset(http, workflow_id, run_id, event_id)
        await refused(call, 400, RPCStatusCode.INVALID_ARGUMENT, "workflow_task_finish_event_id: ")
    await refused(reset(http, f"{workflow_id}-nobody", "", "4"), 404, RPCStatusCode.NOT_FOUND, "was not found")


async def test_what_was_said_after_the_point_comes_again_or_not(
    http: Http, by_http: ByHttp, task_queue: str, workflow_id: str
) -> None:
    run_id = await by_http.start("collector", 9, workflow_id=workflow_id, task_queue=task_queue)
    while not (points := await tasks(by_http, workflow_id)):
        await asyncio.sleep(0.05)
    for item in ("one", "two"):
        await by_http.signal(workflow_id, "collect", item)
    run_id = await reset(http, workflow_id, run_id, points[0])
    assert await by_http.query(workflow_id, "collected") == ["one", "two"]
    await reset(http, workflow_id, run_id, points[0], resetReapplyExcludeTypes=["RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL"])
    assert await by_http.query(workflow_id, "collected") == []
    await by_http.terminate(workflow_id)


async def test_a_run_with_a_child_under_way_is_reset(
    http: Http, by_http: ByHttp, task_queue: str, workflow_id: str
) -> None:
    child_id = f"{workflow_id}-child"
    of_it = {"workflow_id": workflow_id, "task_queue": task_queue}
    run_id = await by_http.start("calls_child", "collector", child_id, 1, **of_it)
    while len(points := await tasks(by_http, workflow_id)) < 2:
        await asyncio.sleep(0.05)
    child = (await by_http.describe(child_id))["workflowExecutionInfo"]["execution"]["runId"]
    await reset(http, workflow_id, run_id, points[1])
    await by_http.signal(child_id, "collect", "an item")
    assert await by_http.outcome(workflow_id) == ("COMPLETED", ["an item"])
    # It is the same child.
    assert (await by_http.describe(child_id))["workflowExecutionInfo"]["execution"]["runId"] == child


async def test_the_run_before_a_continuation_is_reset(
    http: Http, by_http: ByHttp, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    run_id = await by_http.start("continues", 1, workflow_id=workflow_id, task_queue=task_queue)
    assert await by_http.outcome(workflow_id) == ("COMPLETED", "done")
    await reset(http, workflow_id, run_id, (await tasks(by_http, workflow_id, run_id))[0])
    assert await by_http.outcome(workflow_id) == ("COMPLETED", "done")
    assert noop_worker == [1, 0, 1, 0]


async def over(http: Http, job_id: str) -> dict[str, Any]:
    path = f"{NAMESPACE}/batch-operations/{job_id}"
    while (described := await http.get(path))["state"] == "BATCH_OPERATION_STATE_RUNNING":
        await asyncio.sleep(0.05)
    return described


async def perform(http: Http, query: str, runs: int, **operation: Any) -> None:
    """Does it to all runs that the filter finds, so many of them."""
    job_id = str(uuid.uuid4())
    body = {"visibilityQuery": query, "reason": "it is tested", **operation}
    await http.post(f"{NAMESPACE}/batch-operations/{job_id}", body)
    described = await over(http, job_id)
    assert described["state"] == "BATCH_OPERATION_STATE_COMPLETED"
    assert described["completeOperationCount"] == str(runs)
    listed = (await http.get(f"{NAMESPACE}/batch-operations"))["operationInfo"]
    assert listed[0]["jobId"] == job_id


async def test_each_batch_operation(http: Http, by_http: ByHttp, task_queue: str, workflow_id: str) -> None:
    ids = [f"{workflow_id}-{number}" for number in range(3)]
    query = f"WorkflowId STARTS_WITH '{workflow_id}-' AND ExecutionStatus = 'Running'"
    for one in ids:
        await by_http.start("collector", 9, workflow_id=one, task_queue=task_queue)
    await perform(http, query, 3, signalOperation={"signal": "collect", "input": ["one"]})
    for one in ids:
        assert await by_http.query(one, "collected") == ["one"]
    await perform(http, query, 3, resetOperation={"options": {"firstWorkflowTask": {}}})
    assert await by_http.count(f"WorkflowId STARTS_WITH '{workflow_id}-'") == {"": 6}
    await perform(http, query, 3, cancellationOperation={})
    for one in ids:
        assert (await by_http.outcome(one))[0] == "CANCELED"
        await by_http.start("idle", workflow_id=one, task_queue=task_queue)
    await perform(http, query, 3, terminationOperation={})
    for one in ids:
        assert (await by_http.outcome(one))[0] == "TERMINATED"
    everything = f"WorkflowId STARTS_WITH '{workflow_id}-'"
    await perform(http, everything, 9, deletionOperation={})
    assert await by_http.count(everything) == {"": 0}


async def test_a_batch_operation_is_stopped(http: Http, by_http: ByHttp, task_queue: str, workflow_id: str) -> None:
    for number in range(3):
        await by_http.start("idle", workflow_id=f"{workflow_id}-{number}", task_queue=task_queue)
    query = f"WorkflowId STARTS_WITH '{workflow_id}-'"
    job = f"{NAMESPACE}/batch-operations/{uuid.uuid4()}"
    slow = {"visibilityQuery": query, "reason": "it is tested", "maxOperationsPerSecond": 0.001}
    await http.post(job, {**slow, "terminationOperation": {}})
    while (await http.get(job)).get("completeOperationCount") != "1":
        await asyncio.sleep(0.05)
    await http.post(f"{job}/stop", {"reason": "enough of it"})
    described = await http.get(job)
    assert (described["state"], described["reason"]) == ("BATCH_OPERATION_STATE_FAILED", "enough of it")
    await refused(http.post(f"{job}/stop", {}), 404, RPCStatusCode.NOT_FOUND, "over already")
    await refused(http.post(job, {**slow, "reason": ""}), 400, RPCStatusCode.INVALID_ARGUMENT, "reason")
    await perform(http, f"{query} AND ExecutionStatus = 'Running'", 2, terminationOperation={})


async def test_namespaces_and_their_retention(http: Http) -> None:
    name = f"tenant-{uuid.uuid4()}"
    path = f"/api/v1/namespaces/{name}"
    body = {"namespace": name, "workflowExecutionRetentionPeriod": "259200s"}
    await http.post("/api/v1/namespaces", body)
    assert (await http.get(path))["config"]["workflowExecutionRetentionTtl"] == "259200s"
    [detail] = await refused(http.post("/api/v1/namespaces", body), 409, RPCStatusCode.ALREADY_EXISTS, "already exists")
    assert detail["@type"].endswith("NamespaceAlreadyExistsFailure")
    await http.post(f"{path}/update", {"config": {"workflowExecutionRetentionTtl": "86400s"}})
    assert (await http.get(path))["config"]["workflowExecutionRetentionTtl"] == "86400s"
    wrong = http.post(f"{path}/update", {"config": {"workflowExecutionRetentionTtl": "-1s"}})
    await refused(wrong, 400, RPCStatusCode.INVALID_ARGUMENT, "retention")


async def test_rates_and_weights_of_a_task_queue(http: Http, task_queue: str) -> None:
    path = f"{QUEUES}/{task_queue}/update-config"
    activities = {"taskQueueType": "TASK_QUEUE_TYPE_ACTIVITY"}

    async def config() -> dict[str, Any]:
        described = await http.get(f"{QUEUES}/{task_queue}", taskQueueType="2", reportConfig="true", reportStats="true")
        return described.get("config", {})

    def rate(perSecond: float | None) -> dict[str, Any]:
        return {"rateLimit": {"requestsPerSecond": perSecond} if perSecond else None, "reason": "the bank asked"}

    update = {"updateQueueRateLimit": rate(5), "updateFairnessKeyRateLimitDefault": rate(0.5)}
    await http.post(path, {**activities, **update, "setFairnessWeightOverrides": {"large": 9.0}})
    known = await config()
    assert known["queueRateLimit"]["rateLimit"]["requestsPerSecond"] == 5
    assert known["queueRateLimit"]["metadata"]["reason"] == "the bank asked"
    assert known["fairnessKeysRateLimitDefault"]["rateLimit"]["requestsPerSecond"] == 0.5
    assert known["fairnessWeightOverrides"] == {"large": 9.0}
    update = {"updateQueueRateLimit": rate(None), "updateFairnessKeyRateLimitDefault": rate(None)}
    await http.post(path, {**activities, **update, "unsetFairnessWeightOverrides": ["large"]})
    assert "queueRateLimit" not in await config()
    wrong = http.post(path, {**activities, "updateQueueRateLimit": rate(-1)})
    await refused(wrong, 400, RPCStatusCode.INVALID_ARGUMENT)
