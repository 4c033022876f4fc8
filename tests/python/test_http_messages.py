"""What is said to workflows over HTTP/JSON and has a form of its own there, and their histories."""

import asyncio
from typing import Any

from temporalio.service import RPCStatusCode

from http_json import at, Http, refused
from ways import kinds, of_kind, status_of
from ways.http import ByHttp


async def test_an_update_in_stages(
    http: Http, by_http: ByHttp, task_queue: str, workflow_id: str, held_noop: asyncio.Event
) -> None:
    await by_http.start("counter", workflow_id=workflow_id, task_queue=task_queue)
    path = at(workflow_id, "update", "addSlowly")

    def slow(stage: str) -> dict[str, Any]:
        wanted = f"UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_{stage}"
        request = {"meta": {"updateId": "slow"}, "input": {"args": [4]}}
        return {"waitPolicy": {"lifecycleStage": wanted}, "request": request}

    accepted = await http.post(path, slow("ACCEPTED"))
    assert accepted["stage"].endswith("_ACCEPTED") and "outcome" not in accepted
    # Sent again, it is the same update.
    waiting = asyncio.create_task(http.post(path, slow("COMPLETED")))
    held_noop.set()
    completed = await waiting
    assert completed["stage"].endswith("_COMPLETED") and completed["outcome"]["success"] == [4]
    events = kinds(await by_http.events(workflow_id))
    assert events.count("WORKFLOW_EXECUTION_UPDATE_ACCEPTED") == 1
    await by_http.terminate(workflow_id)


async def test_queries_that_want_no_answer(http: Http, by_http: ByHttp, task_queue: str, workflow_id: str) -> None:
    await by_http.start("collector", 1, workflow_id=workflow_id, task_queue=task_queue)
    path = at(workflow_id, "query", "collected")
    not_open = {"queryRejectCondition": "QUERY_REJECT_CONDITION_NOT_OPEN"}
    assert (await http.post(path, not_open))["queryResult"] == [[]]
    await by_http.terminate(workflow_id)
    assert (await http.post(path, not_open))["queryRejected"]["status"].endswith("_TERMINATED")


async def test_requests_that_come_again_are_recognised(
    http: Http, by_http: ByHttp, task_queue: str, workflow_id: str
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
    assert await by_http.query(workflow_id, "collected") == ["one"]
    for _ in range(2):
        await http.post(at(workflow_id, "cancel"), {"requestId": "once"})
    assert await status_of(by_http, workflow_id) in ("RUNNING", "CANCELED")
    assert (await by_http.outcome(workflow_id))[0] == "CANCELED"
    assert len(of_kind(await by_http.events(workflow_id), "WORKFLOW_EXECUTION_CANCEL_REQUESTED")) == 1


async def test_new_events_are_waited_for(http: Http, by_http: ByHttp, task_queue: str, workflow_id: str) -> None:
    await by_http.start("collector", 2, workflow_id=workflow_id, task_queue=task_queue)
    await by_http.signal(workflow_id, "collect", "one")
    page = await http.get(at(workflow_id, "history"), waitNewEvent="true")
    token = page["nextPageToken"]
    waiting = asyncio.create_task(
        http.get(at(workflow_id, "history"), waitNewEvent="true", nextPageToken=token)
    )
    await by_http.signal(workflow_id, "collect", "two")
    seen = kinds((await waiting)["history"]["events"])
    assert seen
    await refused(http.get(at(workflow_id, "history"), nextPageToken="AAAA"), 400, RPCStatusCode.INVALID_ARGUMENT)
