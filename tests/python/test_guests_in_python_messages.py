"""Workflows in Python: signals, queries, updates. The module is `tests/guests/python/features.py`."""

import re

import pytest
from temporalio.client import Client, WorkflowQueryFailedError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from temporal_command import printed


async def test_handlers_hear_what_is_said(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow(
        "PyMessages", id=workflow_id, task_queue=task_queue, start_signal="say", start_signal_args=["first"]
    )
    await handle.signal("late", "second")
    await handle.signal("unheard_of", args=[1, "a"])
    await handle.signal("say", 7)  # It does not fit, and is passed over.
    assert await handle.execute_update("ask", "third", id="an id") == {"name": "ask", "id": "an id", "count": 4}
    assert await handle.query("words", 2) == ["first", "late second"]
    await handle.signal("close")
    assert await handle.result() == ["first", "late second", "unheard_of [1, 'a']", "third"]
    # A closed run answers, too.
    assert await handle.query("words", 1) == ["first"]


async def test_dynamic_handlers_take_the_rest(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("PyMessages", id=workflow_id, task_queue=task_queue)
    assert await handle.query("no such query", args=[1, 2]) == "no such query with 2"
    assert await handle.execute_update("no such update", args=[1]) == "no such update of 1"
    await handle.signal("close")


async def test_an_update_is_refused_by_its_validator_or_for_its_arguments(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    handle = await client.start_workflow("PyMessages", id=workflow_id, task_queue=task_queue)
    with pytest.raises(WorkflowUpdateFailedError) as raised:
        await handle.execute_update("ask", "")
    assert isinstance(raised.value.cause, ApplicationError)
    assert (raised.value.cause.type, raised.value.cause.message) == ("ValueError", "an empty word")
    with pytest.raises(WorkflowUpdateFailedError) as raised:
        await handle.execute_update("ask", 7)
    assert "Failed decoding arguments" in str(raised.value.cause)
    with pytest.raises(WorkflowUpdateFailedError) as raised:
        await handle.execute_update("fails", "the way")
    assert isinstance(raised.value.cause, ApplicationError) and raised.value.cause.type == "InVain"
    # Nothing of that is in the history but the last.
    history = await handle.fetch_history()
    accepted = [it for it in history.events if it.HasField("workflow_execution_update_accepted_event_attributes")]
    assert len(accepted) == 1
    await handle.signal("close")
    assert await handle.result() == []


async def test_a_query_that_does_not_fit_is_refused(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("PyMessages", id=workflow_id, task_queue=task_queue)
    with pytest.raises(WorkflowQueryFailedError, match="Failed decoding arguments"):
        await handle.query("words", "two")
    # What would change the run is a bug, and no answer.
    with pytest.raises(RPCError, match="While in read-only function, action attempted: random"):
        await handle.query("wrong")
    await handle.signal("close")
    assert await handle.result() == []


async def test_handlers_may_be_set_while_it_runs(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("PyUntyped", id=workflow_id, task_queue=task_queue)
    assert await handle.execute_update("add", 4) == 4
    with pytest.raises(WorkflowUpdateFailedError) as raised:
        await handle.execute_update("add", -1)
    assert "less than nothing" in str(raised.value.cause)
    assert await handle.query("sum") == 4
    assert await handle.execute_update("add", 6) == 10
    assert await handle.result() == {"sum": 10}
    with pytest.raises(WorkflowQueryFailedError, match="known queries: \\[sum\\]"):
        await handle.query("product")


async def test_where_a_workflow_waits_can_be_asked(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("PyMessages", id=workflow_id, task_queue=task_queue)
    # Its own code, by the paths that its author knows; not the code of the SDK.
    stack = await handle.query("__stack_trace")
    assert re.search(r'^run:\n  File ".*feature/messages\.py", line \d+, in run\n    await workflow\.wait_condition', stack), stack
    assert "mainspring/" not in stack and "_runtime" not in stack
    said = await printed(client, "workflow", "stack", "--workflow-id", workflow_id)
    assert "feature/messages.py" in said and "wait_condition" in said
    await handle.signal("close")
