"""Activities that somebody else ends, over HTTP/JSON."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest
from temporalio import activity
from temporalio.service import RPCStatusCode

from http_json import at, Http, NAMESPACE, refused
from ways import of_kind
from ways.http import ByHttp


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
    http: Http, by_http: ByHttp, task_queue: str, workflow_id: str, left: Any, find: Any
) -> None:
    async def say(info: activity.Info, verb: str, **what: Any) -> Any:
        path, named = find(info, verb)
        return await http.post(path, {**named, **what})

    await by_http.start("call", "noop", 0, 2, workflow_id=workflow_id, task_queue=task_queue)
    first = await asyncio.wait_for(left.get(), 10)
    await say(first, "heartbeat", details=["half way"])
    await say(first, "fail", failure={"message": "not yet", "applicationFailureInfo": {"type": "Usual"}})
    second = await asyncio.wait_for(left.get(), 10)
    assert (second.attempt, list(second.heartbeat_details)) == (2, ["half way"])
    await say(second, "complete", result=["from elsewhere"])
    assert await by_http.outcome(workflow_id) == ("COMPLETED", "from elsewhere")
    for verb in ("heartbeat", "complete", "resolve-as-canceled"):
        await refused(say(second, verb), 404, RPCStatusCode.NOT_FOUND)
    await refused(say(second, "fail", failure={"message": "too late"}), 404, RPCStatusCode.NOT_FOUND)
    await refused(say(second, "fail"), 400, RPCStatusCode.INVALID_ARGUMENT, "failure: is missing")

    await by_http.start("patient", workflow_id=f"{workflow_id}-patient", task_queue=task_queue)
    slow = await asyncio.wait_for(left.get(), 10)
    await by_http.cancel(f"{workflow_id}-patient")
    while not (await say(slow, "heartbeat")).get("cancelRequested"):
        await asyncio.sleep(0.05)
    await say(slow, "resolve-as-canceled", details=["tidied up"])
    assert (await by_http.outcome(f"{workflow_id}-patient"))[0] == "CANCELED"
    [cancelled] = of_kind(await by_http.events(f"{workflow_id}-patient"), "ACTIVITY_TASK_CANCELED")
    assert cancelled["details"] == ["tidied up"]


async def test_tokens_and_ids_of_nothing(http: Http, workflow_id: str) -> None:
    forged = {"taskToken": base64.b64encode(b"nonsense").decode()}
    call = http.post(f"{NAMESPACE}/activity-complete", forged)
    await refused(call, 400, RPCStatusCode.INVALID_ARGUMENT, "not issued by this server")
    call = http.post(at(workflow_id, "activities", "1", "complete"), {})
    [detail] = await refused(call, 404, RPCStatusCode.NOT_FOUND)
    assert detail["@type"].endswith("NotFoundFailure")
