"""What operators do, over HTTP/JSON: resets, batch operations, namespaces, limits. And activities that somebody else ends."""

import asyncio
import base64
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCStatusCode

from http_json import at, Http, HttpRefused, NAMESPACE
from ways import kinds, of_kind, status_of
from ways.http import ByHttp

HOUR = 3_600_000
QUEUES = f"{NAMESPACE}/task-queues"


@pytest.fixture
def http() -> Http:
    return Http()


@pytest.fixture
def way(client: Client) -> ByHttp:
    return ByHttp(client)


async def refused(call: Any, status: int, code: RPCStatusCode, text: str = "") -> Any:
    """The details of a refusal, which has that status, that code, and a message with that text."""
    with pytest.raises(HttpRefused) as caught:
        await call
    assert (caught.value.status, caught.value.body["code"]) == (status, code), caught.value
    assert text in caught.value.body["message"]
    return caught.value.body.get("details", [])


async def tasks(way: ByHttp, workflow_id: str, run_id: str = "") -> list[str]:
    """The events that completed workflow tasks."""
    completed = "EVENT_TYPE_WORKFLOW_TASK_COMPLETED"
    return [it["eventId"] for it in await way.events(workflow_id, run_id) if it["eventType"] == completed]


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
    http: Http, way: ByHttp, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    run_id = await way.start("steps", 3, workflow_id=workflow_id, task_queue=task_queue)
    assert await way.outcome(workflow_id) == ("COMPLETED", 3)
    again = await reset(http, workflow_id, run_id, (await tasks(way, workflow_id))[1])
    assert again != run_id
    assert await way.outcome(workflow_id) == ("COMPLETED", 3)
    assert noop_worker == [0, 1, 2, 1, 2]
    for event_id in ("-1", "0", "1", "2", "5", "1000"):
        call = reset(http, workflow_id, run_id, event_id)
        await refused(call, 400, RPCStatusCode.INVALID_ARGUMENT, "workflow_task_finish_event_id: ")
    await refused(reset(http, f"{workflow_id}-nobody", "", "4"), 404, RPCStatusCode.NOT_FOUND, "was not found")


async def test_what_was_said_after_the_point_comes_again_or_not(
    http: Http, way: ByHttp, task_queue: str, workflow_id: str
) -> None:
    run_id = await way.start("collector", 9, workflow_id=workflow_id, task_queue=task_queue)
    while not (points := await tasks(way, workflow_id)):
        await asyncio.sleep(0.05)
    for item in ("one", "two"):
        await way.signal(workflow_id, "collect", item)
    run_id = await reset(http, workflow_id, run_id, points[0])
    assert await way.query(workflow_id, "collected") == ["one", "two"]
    await reset(http, workflow_id, run_id, points[0], resetReapplyExcludeTypes=["RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL"])
    assert await way.query(workflow_id, "collected") == []
    await way.terminate(workflow_id)


async def test_a_run_with_a_child_under_way_is_reset(
    http: Http, way: ByHttp, task_queue: str, workflow_id: str
) -> None:
    child_id = f"{workflow_id}-child"
    of_it = {"workflow_id": workflow_id, "task_queue": task_queue}
    run_id = await way.start("calls_child", "collector", child_id, 1, **of_it)
    while len(points := await tasks(way, workflow_id)) < 2:
        await asyncio.sleep(0.05)
    child = (await way.describe(child_id))["workflowExecutionInfo"]["execution"]["runId"]
    await reset(http, workflow_id, run_id, points[1])
    await way.signal(child_id, "collect", "an item")
    assert await way.outcome(workflow_id) == ("COMPLETED", ["an item"])
    # It is the same child.
    assert (await way.describe(child_id))["workflowExecutionInfo"]["execution"]["runId"] == child


async def test_the_run_before_a_continuation_is_reset(
    http: Http, way: ByHttp, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    run_id = await way.start("continues", 1, workflow_id=workflow_id, task_queue=task_queue)
    assert await way.outcome(workflow_id) == ("COMPLETED", "done")
    await reset(http, workflow_id, run_id, (await tasks(way, workflow_id, run_id))[0])
    assert await way.outcome(workflow_id) == ("COMPLETED", "done")
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


async def test_each_batch_operation(http: Http, way: ByHttp, task_queue: str, workflow_id: str) -> None:
    ids = [f"{workflow_id}-{number}" for number in range(3)]
    query = f"WorkflowId STARTS_WITH '{workflow_id}-' AND ExecutionStatus = 'Running'"
    for one in ids:
        await way.start("collector", 9, workflow_id=one, task_queue=task_queue)
    await perform(http, query, 3, signalOperation={"signal": "collect", "input": ["one"]})
    for one in ids:
        assert await way.query(one, "collected") == ["one"]
    await perform(http, query, 3, resetOperation={"options": {"firstWorkflowTask": {}}})
    assert await way.count(f"WorkflowId STARTS_WITH '{workflow_id}-'") == {"": 6}
    await perform(http, query, 3, cancellationOperation={})
    for one in ids:
        assert (await way.outcome(one))[0] == "CANCELED"
        await way.start("idle", workflow_id=one, task_queue=task_queue)
    await perform(http, query, 3, terminationOperation={})
    for one in ids:
        assert (await way.outcome(one))[0] == "TERMINATED"
    everything = f"WorkflowId STARTS_WITH '{workflow_id}-'"
    await perform(http, everything, 9, deletionOperation={})
    assert await way.count(everything) == {"": 0}


async def test_a_batch_operation_is_stopped(http: Http, way: ByHttp, task_queue: str, workflow_id: str) -> None:
    for number in range(3):
        await way.start("idle", workflow_id=f"{workflow_id}-{number}", task_queue=task_queue)
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


async def test_namespaces_and_their_retention(http: Http, client: Client) -> None:
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


@pytest.fixture
async def left(worker: Callable[..., Any]) -> Any:
    """The tasks that a worker has left to somebody else."""
    tasks: asyncio.Queue[activity.Info] = asyncio.Queue()

    @activity.defn
    async def noop(i: int) -> int:
        await tasks.put(activity.info())
        activity.raise_complete_async()

    @activity.defn
    async def slow() -> str:
        await tasks.put(activity.info())
        activity.raise_complete_async()

    async with worker(noop, slow):
        yield tasks


def by_token(info: activity.Info, verb: str) -> tuple[str, dict[str, Any]]:
    return f"{NAMESPACE}/activity-{verb}", {"taskToken": base64.b64encode(info.task_token).decode()}


def by_id(info: activity.Info, verb: str) -> tuple[str, dict[str, Any]]:
    return at(str(info.workflow_id), "activities", info.activity_id, verb), {}


@pytest.mark.parametrize("find", [by_token, by_id])
async def test_somebody_else_ends_an_activity(
    http: Http, way: ByHttp, task_queue: str, workflow_id: str, left: Any, find: Any
) -> None:
    async def say(info: activity.Info, verb: str, **what: Any) -> Any:
        path, named = find(info, verb)
        return await http.post(path, {**named, **what})

    await way.start("call", "noop", 0, 2, workflow_id=workflow_id, task_queue=task_queue)
    first = await asyncio.wait_for(left.get(), 10)
    await say(first, "heartbeat", details=["half way"])
    await say(first, "fail", failure={"message": "not yet", "applicationFailureInfo": {"type": "Usual"}})
    second = await asyncio.wait_for(left.get(), 10)
    assert (second.attempt, list(second.heartbeat_details)) == (2, ["half way"])
    await say(second, "complete", result=["from elsewhere"])
    assert await way.outcome(workflow_id) == ("COMPLETED", "from elsewhere")
    for verb in ("heartbeat", "complete", "resolve-as-canceled"):
        await refused(say(second, verb), 404, RPCStatusCode.NOT_FOUND)
    await refused(say(second, "fail", failure={"message": "too late"}), 404, RPCStatusCode.NOT_FOUND)
    await refused(say(second, "fail"), 400, RPCStatusCode.INVALID_ARGUMENT, "failure: is missing")

    await way.start("patient", workflow_id=f"{workflow_id}-patient", task_queue=task_queue)
    slow = await asyncio.wait_for(left.get(), 10)
    await way.cancel(f"{workflow_id}-patient")
    while not (await say(slow, "heartbeat")).get("cancelRequested"):
        await asyncio.sleep(0.05)
    await say(slow, "resolve-as-canceled", details=["tidied up"])
    assert (await way.outcome(f"{workflow_id}-patient"))[0] == "CANCELED"
    [cancelled] = of_kind(await way.events(f"{workflow_id}-patient"), "ACTIVITY_TASK_CANCELED")
    assert cancelled["details"] == ["tidied up"]


async def test_tokens_and_ids_of_nothing(http: Http, workflow_id: str) -> None:
    forged = {"taskToken": base64.b64encode(b"nonsense").decode()}
    call = http.post(f"{NAMESPACE}/activity-complete", forged)
    await refused(call, 400, RPCStatusCode.INVALID_ARGUMENT, "not issued by this server")
    call = http.post(at(workflow_id, "activities", "1", "complete"), {})
    [detail] = await refused(call, 404, RPCStatusCode.NOT_FOUND)
    assert detail["@type"].endswith("NotFoundFailure")


async def test_an_update_in_stages(http: Http, way: ByHttp, task_queue: str, workflow_id: str, left: Any) -> None:
    await way.start("counter", workflow_id=workflow_id, task_queue=task_queue)
    path = at(workflow_id, "update", "addSlowly")

    def slow(stage: str) -> dict[str, Any]:
        wanted = f"UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_{stage}"
        request = {"meta": {"updateId": "slow"}, "input": {"args": [4]}}
        return {"waitPolicy": {"lifecycleStage": wanted}, "request": request}

    accepted = await http.post(path, slow("ACCEPTED"))
    assert accepted["stage"].endswith("_ACCEPTED") and "outcome" not in accepted
    info = await asyncio.wait_for(left.get(), 10)
    # Sent again, it is the same update.
    waiting = asyncio.create_task(http.post(path, slow("COMPLETED")))
    await http.post(*by_id(info, "complete")[:1], {"result": [4]})
    completed = await waiting
    assert completed["stage"].endswith("_COMPLETED") and completed["outcome"]["success"] == [4]
    events = kinds(await way.events(workflow_id))
    assert events.count("WORKFLOW_EXECUTION_UPDATE_ACCEPTED") == 1
    await way.terminate(workflow_id)


async def test_queries_that_want_no_answer(http: Http, way: ByHttp, task_queue: str, workflow_id: str) -> None:
    await way.start("collector", 1, workflow_id=workflow_id, task_queue=task_queue)
    path = at(workflow_id, "query", "collected")
    not_open = {"queryRejectCondition": "QUERY_REJECT_CONDITION_NOT_OPEN"}
    assert (await http.post(path, not_open))["queryResult"] == [[]]
    await way.terminate(workflow_id)
    assert (await http.post(path, not_open))["queryRejected"]["status"].endswith("_TERMINATED")


async def test_requests_that_come_again_are_recognised(
    http: Http, way: ByHttp, task_queue: str, workflow_id: str
) -> None:
    start = {
        "workflowType": {"name": "collector"},
        "taskQueue": {"name": task_queue},
        "input": [9],
        "requestId": "once",
    }
    first = await http.post(at(workflow_id), start)
    assert (await http.post(at(workflow_id), start))["runId"] == first["runId"]
    [detail] = await refused(
        http.post(at(workflow_id), {**start, "requestId": "twice"}), 409, RPCStatusCode.ALREADY_EXISTS, "already"
    )
    assert detail["@type"].endswith("WorkflowExecutionAlreadyStartedFailure")
    for _ in range(2):
        await http.post(at(workflow_id, "signal", "collect"), {"input": ["one"], "requestId": "once"})
    assert await way.query(workflow_id, "collected") == ["one"]
    for _ in range(2):
        await http.post(at(workflow_id, "cancel"), {"requestId": "once"})
    assert await status_of(way, workflow_id) in ("RUNNING", "CANCELED")
    assert (await way.outcome(workflow_id))[0] == "CANCELED"
    assert len(of_kind(await way.events(workflow_id), "WORKFLOW_EXECUTION_CANCEL_REQUESTED")) == 1


async def test_new_events_are_waited_for(http: Http, way: ByHttp, task_queue: str, workflow_id: str) -> None:
    await way.start("collector", 2, workflow_id=workflow_id, task_queue=task_queue)
    await way.signal(workflow_id, "collect", "one")
    page = await http.get(at(workflow_id, "history"), waitNewEvent="true")
    token = page["nextPageToken"]
    waiting = asyncio.create_task(
        http.get(at(workflow_id, "history"), waitNewEvent="true", nextPageToken=token)
    )
    await way.signal(workflow_id, "collect", "two")
    seen = kinds((await waiting)["history"]["events"])
    assert seen
    await refused(http.get(at(workflow_id, "history"), nextPageToken="AAAA"), 400, RPCStatusCode.INVALID_ARGUMENT)
