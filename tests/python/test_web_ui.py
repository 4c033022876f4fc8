"""Temporal's web pages: the requests that they make, as they make them, and what they read of the answers.

Seen in version 2.54.1 of the pages, which comes with version 1.9.1 of the `temporal` command: paths, parameters,
bodies, and the header that all have.
"""

import asyncio
import base64
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.service import RPCStatusCode
from temporalio.worker import Worker

from http_json import at, Http, HttpRefused, NAMESPACE

HOUR = 3_600_000
# To the first workflow task, said in the old way and in the new one.
RESET = {"identity": "ann", "options": {"firstWorkflowTask": {}}, "resetType": 1}


class Page(Http):
    """What fetches for a page. A body is sent as a browser sends a text."""

    media_type = "text/plain;charset=UTF-8"
    headers = {"caller-type": "operator", "accept": "*/*", "sec-fetch-site": "same-origin"}


@pytest.fixture
def page() -> Page:
    return Page()


def encoded(value: Any) -> dict[str, Any]:
    """A payload, as the pages make them."""
    data = base64.b64encode(json.dumps(value).encode()).decode()
    return {"metadata": {"encoding": base64.b64encode(b"json/plain").decode()}, "data": data}


def decoded(payload: Any) -> Any:
    """What the pages read of a payload: they know the long form only."""
    return json.loads(base64.b64decode(payload["data"]))


async def until(look: Callable[[], Any]) -> Any:
    for _ in range(300):
        if (found := await look()) is not None:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("it never comes true")


async def test_what_every_page_asks_first(page: Page) -> None:
    settings = await page.get("/api/v1/settings")
    assert not settings["Auth"]["Enabled"] and settings["DefaultNamespace"] == "default"
    # By this they decide how often they escape the ids in paths: from 2.23.0 on once.
    assert [int(part) for part in settings["Version"].split(".")][:2] >= [2, 23]
    for path in ("/api/v1/cluster-info", "/api/v1/system-info"):
        # By this they decide what to offer: children, resets, batches need up to 1.27.
        version = (await page.get(path))["serverVersion"]
        assert [int(part) for part in version.split(".")[:2]] >= [1, 27], version
    assert (await page.get("/api/v1/system-info"))["capabilities"]["supportsSchedules"]
    namespaces = (await page.get("/api/v1/namespaces"))["namespaces"]
    assert "default" in [it["namespaceInfo"]["name"] for it in namespaces]
    info = (await page.get(NAMESPACE))["namespaceInfo"]
    assert info["state"] == "NAMESPACE_STATE_REGISTERED"
    assert info["supportsSchedules"] and info["capabilities"]["workflowPause"]
    attributes = await page.get(f"{NAMESPACE}/search-attributes")
    assert attributes["systemAttributes"]["ExecutionStatus"] == "INDEXED_VALUE_TYPE_KEYWORD"


async def test_the_list_of_workflows(page: Page, client: Client, task_queue: str, workflow_id: str) -> None:
    running = await client.start_workflow("sleeper", HOUR, id=f"{workflow_id}-1", task_queue=task_queue)
    await client.execute_workflow("echo", 1, id=f"{workflow_id}-2", task_queue=task_queue)
    query = f'`WorkflowId` STARTS_WITH "{workflow_id}"'
    first = await page.get(f"{NAMESPACE}/workflows", pageSize="1", nextPageToken="", query=query)
    token = first["nextPageToken"]
    second = await page.get(f"{NAMESPACE}/workflows", pageSize="100", nextPageToken=token, query=query)
    listed = first["executions"] + second["executions"]
    assert [it["execution"]["workflowId"] for it in listed] == [f"{workflow_id}-2", f"{workflow_id}-1"]
    assert [it["status"].removeprefix("WORKFLOW_EXECUTION_STATUS_") for it in listed] == ["COMPLETED", "RUNNING"]
    assert [it["type"]["name"] for it in listed] == ["echo", "sleeper"]
    counts = await page.get(f"{NAMESPACE}/workflow-count", query=f"{query} GROUP BY ExecutionStatus")
    assert {decoded(group["groupValues"][0]): group["count"] for group in counts["groups"]} == {
        "Running": "1",
        "Completed": "1",
    }
    # Workflows that cannot go on.
    problems = '`TemporalReportedProblems` IN ("category=WorkflowTaskFailed", "category=WorkflowTaskTimedOut")'
    failures = f'{query} AND `ExecutionStatus`="Running" AND {problems}'
    counted = await page.get(f"{NAMESPACE}/workflow-count", query=failures)
    assert counted.get("count", "0") == "0"
    await running.terminate()


async def test_the_page_of_a_workflow(
    page: Page, client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    # An id that must be escaped.
    workflow_id = f"{workflow_id}/of a % page"
    child_id = f"{workflow_id}-child"
    payloads = [encoded(argument) for argument in ("steps", child_id, 2)]
    started = await page.post(
        at(workflow_id),
        {
            "workflowId": workflow_id,
            "taskQueue": {"name": task_queue},
            "workflowType": {"name": "calls_child"},
            "input": {"payloads": payloads},
            "userMetadata": {"summary": encoded("a page"), "details": encoded("in *full*")},
            "searchAttributes": None,
        },
    )
    run_id = started["runId"]
    assert await client.get_workflow_handle(workflow_id).result() == 2

    described = await page.get(at(workflow_id), execution__runId=run_id)
    info = described["workflowExecutionInfo"]
    assert (info["execution"]["runId"], info["status"]) == (run_id, "WORKFLOW_EXECUTION_STATUS_COMPLETED")
    assert (info["type"]["name"], info["historyLength"].isdigit()) == ("calls_child", True)
    assert described["executionConfig"]["taskQueue"]["name"] == task_queue
    assert decoded(described["executionConfig"]["userMetadata"]["summary"]) == "a page"

    forwards = await page.get(at(workflow_id, "history"), execution__runId=run_id, waitNewEvent="false")
    backwards = await page.get(
        at(workflow_id, "history-reverse"), execution__runId=run_id, waitNewEvent="false", maximumPageSize="20"
    )
    events = forwards["history"]["events"]
    assert backwards["history"]["events"] == events[::-1][:20]
    assert "nextPageToken" not in forwards
    kinds = [event["eventType"].removeprefix("EVENT_TYPE_") for event in events]
    begun = events[0]["workflowExecutionStartedEventAttributes"]
    assert decoded(begun["input"]["payloads"][1]) == child_id
    # Their timeline puts together what names the event that began it.
    initiated = events[kinds.index("START_CHILD_WORKFLOW_EXECUTION_INITIATED")]
    completed = events[kinds.index("CHILD_WORKFLOW_EXECUTION_COMPLETED")]
    attributes = completed["childWorkflowExecutionCompletedEventAttributes"]
    assert attributes["initiatedEventId"] == initiated["eventId"]
    of_child = await page.get(at(child_id, "history"), execution__runId=attributes["workflowExecution"]["runId"])
    scheduled = [it["eventId"] for it in of_child["history"]["events"] if "activityTaskScheduledEventAttributes" in it]
    ended = [
        it["activityTaskCompletedEventAttributes"]["scheduledEventId"]
        for it in of_child["history"]["events"]
        if "activityTaskCompletedEventAttributes" in it
    ]
    assert len(scheduled) == 2 and ended == scheduled
    # As a file.
    assert await page.get(at(workflow_id, "run", run_id, "history.json")) == events

    children = f'ParentWorkflowId = "{workflow_id}" AND ParentRunId = "{run_id}"'
    [child] = (await page.get(f"{NAMESPACE}/workflows", query=children))["executions"]
    assert child["parentExecution"]["runId"] == run_id
    roots = f'RootWorkflowId = "{workflow_id}" AND RootRunId = "{run_id}" GROUP BY ExecutionStatus'
    assert (await page.get(f"{NAMESPACE}/workflow-count", query=roots))["count"] == "2"
    metadata = await ask(page, workflow_id, run_id, "__temporal_workflow_metadata")
    assert metadata["definition"]["type"] == "calls_child"
    assert "is over" in await ask(page, workflow_id, run_id, "__stack_trace")


async def ask(page: Page, workflow_id: str, run_id: str, name: str, *arguments: Any) -> Any:
    body = {
        "execution": {"workflowId": workflow_id, "runId": run_id},
        "query": {"queryType": name, "queryArgs": {"payloads": [encoded(argument) for argument in arguments]}},
    }
    answer = await page.post(at(workflow_id, "query", name), body)
    return decoded(answer["queryResult"]["payloads"][0])


async def test_what_its_buttons_do(page: Page, client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("counter", id=workflow_id, task_queue=task_queue)
    run_id = handle.result_run_id or ""
    this_run = {"execution__runId": run_id}
    execution = {"workflowId": workflow_id, "runId": run_id}
    common = {"namespace": "default", "requestId": str(uuid.uuid4())}

    update = {"meta": {"updateId": str(uuid.uuid4())}, "input": {"args": {"payloads": [encoded(3)]}}}
    answer = await page.post(
        at(workflow_id, "update", "add"), {"workflowExecution": {"runId": run_id}, "request": update}
    )
    assert decoded(answer["outcome"]["success"]["payloads"][0]) == 3
    pause = {**common, "workflowId": workflow_id, "runId": run_id, "reason": "lunch"}
    await page.post(at(workflow_id, "pause"), pause, **this_run)
    described = await page.get(at(workflow_id), **this_run)
    assert described["workflowExecutionInfo"]["status"] == "WORKFLOW_EXECUTION_STATUS_PAUSED"
    assert described["workflowExtendedInfo"]["pauseInfo"]["reason"] == "lunch"
    await page.post(at(workflow_id, "unpause"), {**pause, "requestId": str(uuid.uuid4())}, **this_run)

    events = (await page.get(at(workflow_id, "history"), **this_run))["history"]["events"]
    point = next(it["eventId"] for it in events if it["eventType"] == "EVENT_TYPE_WORKFLOW_TASK_COMPLETED")
    reset = {
        "workflowExecution": execution,
        "workflowTaskFinishEventId": point,
        "requestId": str(uuid.uuid4()),
        "reason": "a mistake",
        "resetReapplyExcludeTypes": ["RESET_REAPPLY_EXCLUDE_TYPE_UNSPECIFIED"],
        "resetReapplyType": "RESET_REAPPLY_TYPE_ALL_ELIGIBLE",
    }
    again = (await page.post(at(workflow_id, "reset"), reset, **this_run))["runId"]
    assert again != run_id
    # What it was told after the point, it is told again.
    signal = {
        "signalName": "close",
        "input": {"payloads": None},
        "workflowExecution": {"workflowId": workflow_id, "runId": again},
    }
    await page.post(at(workflow_id, "signal", "close"), signal)
    assert await client.get_workflow_handle(workflow_id).result() == 3

    for button, body, status in (
        ("cancel", {**common, "workflowExecution": execution}, "CANCELED"),
        ("terminate", {"reason": "enough"}, "TERMINATED"),
    ):
        handle = await client.start_workflow("sleeper", HOUR, id=f"{workflow_id}-{button}", task_queue=task_queue)
        run_id = handle.result_run_id or ""
        if "workflowExecution" in body:
            body["workflowExecution"] = {"workflowId": handle.id, "runId": run_id}
        await page.post(at(handle.id, button), body, execution__runId=run_id)

        async def has_status(of: str = handle.id, wanted: str = status) -> bool | None:
            info = (await page.get(at(of)))["workflowExecutionInfo"]
            return True if info["status"] == f"WORKFLOW_EXECUTION_STATUS_{wanted}" else None

        await until(has_status)


async def test_what_its_buttons_are_refused(page: Page, workflow_id: str) -> None:
    # They show the message, and go by the status.
    for ask in (
        lambda: page.get(at(workflow_id)),
        lambda: page.post(at(workflow_id, "terminate"), {"reason": "x"}, execution__runId=str(uuid.uuid4())),
        lambda: page.get(at(workflow_id, "run", str(uuid.uuid4()), "history.json")),
        lambda: page.get(f"{NAMESPACE}/schedules/{workflow_id}"),
        lambda: page.get(f"{NAMESPACE}/batch-operations/{workflow_id}"),
    ):
        with pytest.raises(HttpRefused) as caught:
            await ask()
        assert caught.value.status == 404
        assert caught.value.body["code"] == RPCStatusCode.NOT_FOUND
        assert caught.value.body["message"]
    with pytest.raises(HttpRefused) as caught:
        await page.get(f"{NAMESPACE}/workflows", pageSize="100", nextPageToken="", query="`WorkflowId`==")
    assert caught.value.status == 400 and "at character" in caught.value.body["message"]
    # What this server does not have.
    with pytest.raises(HttpRefused) as caught:
        await page.get(f"{NAMESPACE}/archived-workflows", pageSize="1")
    assert (caught.value.status, caught.value.body["code"]) == (501, RPCStatusCode.UNIMPLEMENTED)


async def test_pending_activities_and_their_buttons(
    page: Page, client: Client, task_queue: str, workflow_id: str
) -> None:
    handle = await client.start_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
    this_run = {"execution__runId": handle.result_run_id or ""}

    async def pending() -> Any:
        return ((await page.get(at(workflow_id), **this_run)).get("pendingActivities") or [None])[0]

    found = await until(pending)
    assert found["state"] == "PENDING_ACTIVITY_STATE_SCHEDULED"
    it = {
        "execution": {"workflowId": workflow_id, "runId": handle.result_run_id},
        "id": found["activityId"],
        "type": None,
    }
    buttons = f"{NAMESPACE}/activities-deprecated"
    await page.post(f"{buttons}/pause", {**it, "reason": "look at it"})
    assert (await pending())["state"] == "PENDING_ACTIVITY_STATE_PAUSED"
    options = {"heartbeatTimeout": "7s", "taskQueue": {"name": task_queue}}
    mask = "heartbeatTimeout,taskQueue.name"
    await page.post(f"{buttons}/update-options", {**it, "activityOptions": options, "updateMask": mask})
    assert (await pending())["activityOptions"]["heartbeatTimeout"] == "7s"
    await page.post(f"{buttons}/unpause", it)
    await page.post(f"{buttons}/reset", {**it, "resetHeartbeat": True})
    assert (await pending())["state"] == "PENDING_ACTIVITY_STATE_SCHEDULED"
    stack = await ask(page, workflow_id, handle.result_run_id or "", "__stack_trace")
    assert '"noop", attempt 1: waits for a worker' in stack
    await handle.terminate()


async def test_many_at_once(page: Page, client: Client, task_queue: str, workflow_id: str) -> None:
    ids = [f"{workflow_id}-{number}" for number in range(3)]
    handles = [await client.start_workflow("sleeper", HOUR, id=one, task_queue=task_queue) for one in ids]
    query = f'`WorkflowId` STARTS_WITH "{workflow_id}" AND `ExecutionStatus`="Running"'
    executions = [{"workflowId": handle.id, "runId": handle.result_run_id} for handle in handles[:1]]
    for choice, operation in (
        ({"executions": executions}, {"resetOperation": RESET}),
        ({"visibilityQuery": query}, {"terminationOperation": {"identity": "ann"}}),
    ):
        job_id = str(uuid.uuid4())
        job = f"{NAMESPACE}/batch-operations/{job_id}"
        await page.post(job, {"jobId": job_id, "namespace": "default", "reason": "it is tested", **choice, **operation})

        async def is_over(job: str = job) -> Any:
            found = await page.get(job)
            return found if found["state"] == "BATCH_OPERATION_STATE_COMPLETED" else None

        described = await until(is_over)
        assert described["completeOperationCount"] == described["totalOperationCount"]
        assert described["reason"] == "it is tested"
    assert described["completeOperationCount"] == "3"
    listed = (await page.get(f"{NAMESPACE}/batch-operations"))["operationInfo"]
    assert job_id in [it["jobId"] for it in listed]


async def test_schedules(page: Page, client: Client, task_queue: str, workflow_id: str, schedule_id: str) -> None:
    schedule = {
        "action": {
            "startWorkflow": {
                "workflowId": workflow_id,
                "workflowType": {"name": "echo"},
                "taskQueue": {"name": task_queue},
                "input": {"payloads": [encoded("hello")]},
            }
        },
        "spec": {"structuredCalendar": [], "interval": [{"interval": "3600s", "phase": "600s"}], "cronString": []},
        "policies": {},
        "state": {"paused": False, "notes": ""},
    }
    one = f"{NAMESPACE}/schedules/{schedule_id}"
    body = {"request_id": str(uuid.uuid4()), "schedule_id": schedule_id, "schedule": schedule}
    assert (await page.post(one, body))["conflictToken"]
    described = await page.get(one)
    assert described["schedule"]["spec"]["interval"] == [{"interval": "3600s", "phase": "600s"}]
    assert len(described["info"]["futureActionTimes"]) == 10

    async def patch(**what: Any) -> None:
        await page.post(f"{one}/patch", {"patch": what, "request_id": str(uuid.uuid4())})

    await patch(pause="maintenance")
    assert (await page.get(one))["schedule"]["state"] == {"notes": "maintenance", "paused": True}
    await patch(unpause="done")
    await patch(triggerImmediately={"overlapPolicy": "SCHEDULE_OVERLAP_POLICY_ALLOW_ALL"})
    span = {"startTime": "2020-01-01T00:00:00.000Z", "endTime": "2020-01-01T02:00:00.000Z"}
    await patch(backfillRequest=[{"overlapPolicy": "SCHEDULE_OVERLAP_POLICY_ALLOW_ALL", **span}])

    async def acted() -> Any:
        info = (await page.get(one))["info"]
        return info if info.get("actionCount") == "3" else None

    taken = (await until(acted))["recentActions"]
    assert all(action["startWorkflowResult"]["workflowId"].startswith(workflow_id) for action in taken)
    spec = {**schedule["spec"], "interval": [{"interval": "7200s"}]}
    edited = {"request_id": str(uuid.uuid4()), "schedule_id": schedule_id, "schedule": {**schedule, "spec": spec}}
    await page.post(f"{one}/update", edited)
    query = f'`ScheduleId`="{schedule_id}"'
    listed = await page.get(f"{NAMESPACE}/schedules", maximumPageSize="100", nextPageToken="", query=query)
    [entry] = listed["schedules"]
    assert (entry["scheduleId"], entry["info"]["workflowType"]["name"]) == (schedule_id, "echo")
    assert entry["info"]["spec"]["interval"] == [{"interval": "7200s", "phase": "0s"}]
    assert (await page.get(f"{NAMESPACE}/schedule-count", query=query))["count"] == "1"
    await page.delete(one)
    with pytest.raises(HttpRefused):
        await page.get(one)


async def test_task_queues_and_workers(page: Page, client: Client, task_queue: str) -> None:
    @activity.defn
    async def noop(i: int) -> int:
        return i

    runtime = Runtime(telemetry=TelemetryConfig(), worker_heartbeat_interval=timedelta(seconds=1))
    theirs = await Client.connect(client.service_client.config.target_host, runtime=runtime, identity="ann@shop")
    queue = f"{NAMESPACE}/task-queues/{task_queue}"
    async with Worker(theirs, task_queue=task_queue, activities=[noop]):

        async def polled() -> Any:
            return (await page.get(queue, taskQueueType="2")).get("pollers")

        [poller] = await until(polled)
        assert poller["identity"] == "ann@shop" and poller["lastAccessTime"]
        # Of workflows and of Nexus there are none, which is no error.
        for other in ("1", "3"):
            assert not (await page.get(queue, taskQueueType=other)).get("pollers")
        query = f'`TaskQueue`="{task_queue}"'

        async def listed() -> Any:
            workers = f"{NAMESPACE}/workers"
            return (await page.get(workers, pageSize="100", nextPageToken="", query=query)).get("workers")

        [worker] = await until(listed)
        assert (worker["status"], worker["sdkName"]) == ("WORKER_STATUS_RUNNING", "temporal-python")
        key = worker["workerInstanceKey"]
        info = (await page.get(f"{NAMESPACE}/workers/describe/{key}"))["workerInfo"]
        assert info["workerHeartbeat"]["workerIdentity"] == "ann@shop"
        for status, count in (("Running", "1"), ("ShuttingDown", "0")):
            counted = await page.get(f"{NAMESPACE}/worker-count", query=f'({query}) AND `WorkerStatus`="{status}"')
            assert counted.get("count", "0") == count
