"""The official `temporal` command says things to workflows: signals, queries, updates."""

import asyncio

from temporalio.client import Client

from examples import connect
from temporal_command import printed, refusal, start, temporal


async def test_signal_with_start(client: Client, task_queue: str, workflow_id: str) -> None:
    workflow = ("--type", "collector", "--workflow-id", workflow_id, "--task-queue", task_queue, "--input", "2")
    runs = set()
    for item in ('"one"', '"two"'):
        signal = ("--signal-name", "collect", "--signal-input", item)
        started = await temporal(client, "workflow", "signal-with-start", *workflow, *signal)
        runs.add(started["runId"])
    assert len(runs) == 1
    assert await client.get_workflow_handle(workflow_id).result() == ["one", "two"]


async def test_queries_that_fail(client: Client, task_queue: str, workflow_id: str) -> None:
    await start(client, "collector", workflow_id, task_queue, "1")
    query = ("workflow", "query", "--workflow-id", workflow_id, "--type")
    assert "there is no item 7" in await refusal(client, *query, "itemAt", "--input", "7")
    assert "no query `nothing`" in await refusal(client, *query, "nothing")
    await client.get_workflow_handle(workflow_id).terminate()


async def test_queries_that_want_no_answer(client: Client, task_queue: str, workflow_id: str) -> None:
    await start(client, "collector", workflow_id, task_queue, "9")
    await client.get_workflow_handle(workflow_id).signal("collect", "one")
    query = ("workflow", "query", "--workflow-id", workflow_id, "--type", "collected", "--reject-condition", "not_open")
    assert (await temporal(client, *query))["queryResult"] == [["one"]]
    await client.get_workflow_handle(workflow_id).terminate()
    assert "was rejected" in await refusal(client, *query)


async def test_a_workflow_tells_about_itself(client: Client, task_queue: str, workflow_id: str) -> None:
    await start(client, "counter", workflow_id, task_queue)
    told = await temporal(client, "workflow", "metadata", "--workflow-id", workflow_id)
    [metadata] = told["queryResult"]
    assert metadata["definition"]["type"] == "counter"
    signals = metadata["definition"]["signalDefinitions"]
    assert signals == [{"name": "close", "description": "Ends it."}]
    assert "add" in {update["name"] for update in metadata["definition"]["updateDefinitions"]}
    await client.get_workflow_handle(workflow_id).terminate()


async def test_a_workflow_in_typescript_tells_about_itself(task_queue: str, workflow_id: str) -> None:
    # What it handles is known only to the run.
    client = await connect("typescript")
    handle = await client.start_workflow("approveOrder", workflow_id, id=workflow_id, task_queue=task_queue)
    told = await temporal(
        client, "workflow", "metadata", "--workflow-id", workflow_id, "--namespace", "typescript"
    )
    [metadata] = told["queryResult"]
    assert metadata["definition"]["type"] == "approveOrder"
    assert metadata["definition"]["signalDefinitions"] == [{"name": "approve", "description": ""}]
    assert metadata["definition"]["queryDefinitions"] == [{"name": "status", "description": ""}]
    await handle.terminate()


async def test_updates(client: Client, task_queue: str, workflow_id: str) -> None:
    await start(client, "counter", workflow_id, task_queue)
    of_workflow = ("--workflow-id", workflow_id)
    add = (*of_workflow, "--name", "add", "--input")
    assert (await temporal(client, "workflow", "update", "execute", *add, "2"))["result"] == 2
    assert "the amount is 0" in await refusal(client, "workflow", "update", "execute", *add, "0")
    assert "subtract" in await refusal(
        client, "workflow", "update", "execute", *of_workflow, "--name", "subtract", "--input", "1"
    )
    # The same id twice is one update.
    for _ in range(2):
        updated = await temporal(client, "workflow", "update", "execute", *add, "3", "--update-id", "once")
        assert updated["result"] == 5
    await temporal(client, "workflow", "signal", *of_workflow, "--name", "close")
    assert await client.get_workflow_handle(workflow_id).result() == 5
    assert "already completed" in await refusal(client, "workflow", "update", "execute", *add, "1")


async def test_an_update_in_stages(
    client: Client, task_queue: str, workflow_id: str, held_noop: asyncio.Event
) -> None:
    await start(client, "counter", workflow_id, task_queue)
    update = ("--workflow-id", workflow_id, "--update-id", "slow")
    slow = (*update, "--name", "addSlowly", "--input", "4", "--wait-for-stage", "accepted")
    assert (await temporal(client, "workflow", "update", "start", *slow))["updateId"] == "slow"
    described = await temporal(client, "workflow", "update", "describe", *update)
    assert described["stage"] == "Accepted"
    held_noop.set()
    assert (await temporal(client, "workflow", "update", "result", *update))["result"] == 4
    described = await temporal(client, "workflow", "update", "describe", *update)
    assert (described["stage"], described["result"]) == ("Completed", 4)
    await client.get_workflow_handle(workflow_id).terminate()


async def test_update_with_start(client: Client, task_queue: str, workflow_id: str) -> None:
    workflow = ("--type", "counter", "--workflow-id", workflow_id, "--task-queue", task_queue)
    add = ("--update-name", "add", "--update-input", "2")
    for total in (2, 4):
        updated = await temporal(
            client, "workflow", "execute-update-with-start", *workflow, *add, "--id-conflict-policy", "UseExisting"
        )
        assert updated["updateResult"] == total
    again = await refusal(
        client, "workflow", "execute-update-with-start", *workflow, *add, "--id-conflict-policy", "Fail"
    )
    assert "already started" in again
    await client.get_workflow_handle(workflow_id).terminate()


async def test_what_a_workflow_waits_for(client: Client, task_queue: str, workflow_id: str) -> None:
    for workflow_type, argument, waits_for in (
        ("sleeper", ["3600000"], "timer 1, due at 20"),
        ("steps", ["1"], 'activity 1 "noop", attempt 1: waits for a worker'),
        ("calls_child", ['"idle"', f'"{workflow_id}-child"', "null"], f'child "{workflow_id}-child" "idle"'),
        ("counter", [], "counter waits until somebody tells it something"),
    ):
        await start(client, workflow_type, f"{workflow_id}-{workflow_type}", task_queue, *argument)
        of_workflow = ("--workflow-id", f"{workflow_id}-{workflow_type}")
        for _ in range(200):
            said = await printed(client, "workflow", "stack", *of_workflow)
            if waits_for in said.replace("\\", ""):
                break
            await asyncio.sleep(0.05)
        assert waits_for in said.replace("\\", ""), said
        await temporal(client, "workflow", "terminate", *of_workflow)
    closed = await printed(client, "workflow", "stack", *of_workflow)
    assert "counter is over" in closed
    assert "was not found" in await refusal(client, "workflow", "stack", "--workflow-id", f"{workflow_id}-nobody")
