"""Starting, awaiting, stopping and finding runs."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, CancelledError, TerminatedError, TimeoutError, TimeoutType
from temporalio.service import RPCError, RPCStatusCode


async def test_echo(client: Client, task_queue: str, workflow_id: str) -> None:
    argument = {"text": "Ünïcödé ✓", "numbers": [1, 2.5, -3], "nothing": None}
    assert await client.execute_workflow("echo", argument, id=workflow_id, task_queue=task_queue) == argument


async def test_steps(client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]) -> None:
    assert await client.execute_workflow("steps", 5, id=workflow_id, task_queue=task_queue) == 5
    assert noop_worker == [0, 1, 2, 3, 4]


async def test_fanout(client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]) -> None:
    assert await client.execute_workflow("fanout", 20, id=workflow_id, task_queue=task_queue) == sum(range(20))
    assert sorted(noop_worker) == list(range(20))


async def test_timer(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("sleeper", 300, id=workflow_id, task_queue=task_queue)
    await handle.result()
    description = await handle.describe()
    assert description.close_time is not None
    assert description.close_time - description.start_time >= timedelta(milliseconds=300)


async def test_failure(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("fails", args=["OnPurpose", True], id=workflow_id, task_queue=task_queue)
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    failure = caught.value.cause
    assert isinstance(failure, ApplicationError)
    assert (failure.type, failure.message, failure.non_retryable) == ("OnPurpose", "asked to fail", True)
    assert list(failure.details) == ["a detail"]
    assert (await handle.describe()).status == WorkflowExecutionStatus.FAILED


async def test_cancel_lets_the_workflow_clean_up(
    client: Client, task_queue: str, workflow_id: str, worker: Any
) -> None:
    cleaned_up = asyncio.Event()

    @activity.defn
    async def cleanup() -> None:
        cleaned_up.set()

    async with worker(cleanup):
        handle = await client.start_workflow("cancellable", id=workflow_id, task_queue=task_queue)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result()
    assert isinstance(caught.value.cause, CancelledError)
    assert cleaned_up.is_set()
    assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED


async def test_a_workflow_may_refuse_to_be_cancelled(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("stubborn", id=workflow_id, task_queue=task_queue)
    await handle.cancel()
    assert await handle.result() == "woken"
    assert (await handle.describe()).status == WorkflowExecutionStatus.COMPLETED


async def test_terminate(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("sleeper", 3_600_000, id=workflow_id, task_queue=task_queue)
    await handle.terminate(reason="enough of it")
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    assert isinstance(caught.value.cause, TerminatedError)
    *_, last = [event async for event in handle.fetch_history_events()]
    assert last.workflow_execution_terminated_event_attributes.reason == "enough of it"
    assert (await handle.describe()).status == WorkflowExecutionStatus.TERMINATED


async def test_a_closed_run_takes_no_more_requests(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("echo", 1, id=workflow_id, task_queue=task_queue)
    await handle.result()
    for request in (handle.terminate(), handle.signal("late")):
        with pytest.raises(RPCError) as caught:
            await request
        assert caught.value.status == RPCStatusCode.NOT_FOUND


async def test_run_timeout(client: Client, task_queue: str, workflow_id: str) -> None:
    with pytest.raises(WorkflowFailureError) as caught:
        await client.execute_workflow(
            "sleeper", 3_600_000, id=workflow_id, task_queue=task_queue, run_timeout=timedelta(seconds=1)
        )
    assert isinstance(caught.value.cause, TimeoutError)
    assert caught.value.cause.type == TimeoutType.START_TO_CLOSE


async def test_an_execution_timeout_ends_all_tries(client: Client, task_queue: str, workflow_id: str) -> None:
    """It is for the whole chain: a run that follows another has what the earlier ones left of it."""
    policy = RetryPolicy(initial_interval=timedelta(milliseconds=10), maximum_interval=timedelta(milliseconds=100))
    with pytest.raises(WorkflowFailureError) as caught:
        await client.execute_workflow(
            "succeeds_at",
            1_000_000,
            id=workflow_id,
            task_queue=task_queue,
            retry_policy=policy,
            execution_timeout=timedelta(seconds=1),
        )
    assert isinstance(caught.value.cause, (TimeoutError, ApplicationError))
    runs = [run async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    assert len(runs) > 1
    assert all(run.close_time for run in runs)
    assert max(run.close_time for run in runs) - min(run.start_time for run in runs) < timedelta(seconds=5)


async def test_a_summary_and_details_are_kept(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow(
        "idle", id=workflow_id, task_queue=task_queue, static_summary="one order", static_details="of **two** items"
    )
    description = await handle.describe()
    assert await description.static_summary() == "one order"
    assert await description.static_details() == "of **two** items"
    started = (await handle.fetch_history()).events[0]
    assert started.user_metadata.summary.data == b'"one order"'
    await handle.terminate()


async def test_describe(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow(
        "sleeper", 3_600_000, id=workflow_id, task_queue=task_queue, memo={"note": "for the tests"}
    )
    description = await handle.describe()
    assert description.id == workflow_id
    assert description.run_id == handle.result_run_id
    assert description.workflow_type == "sleeper"
    assert description.task_queue == task_queue
    assert description.status == WorkflowExecutionStatus.RUNNING
    assert description.close_time is None
    assert await description.memo() == {"note": "for the tests"}
    await handle.terminate()


async def test_a_workflow_notes_things_about_itself(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    handle = await client.start_workflow("notes", "about me", id=workflow_id, task_queue=task_queue)
    await handle.result()
    assert await (await handle.describe()).memo() == {"note": "about me"}


async def test_pending_activity_is_visible(client: Client, task_queue: str, workflow_id: str) -> None:
    """Nobody polls the queue: the run is accepted all the same, and says what it waits for."""
    handle = await client.start_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
    for _ in range(100):
        pending = (await handle.describe()).raw_description.pending_activities
        if pending:
            break
        await asyncio.sleep(0.05)
    assert [activity.activity_type.name for activity in pending] == ["noop"]
    await handle.terminate()


async def test_list_and_count(client: Client, task_queue: str, workflow_id: str) -> None:
    ids = {f"{workflow_id}-{n}" for n in range(3)}
    for one in ids:
        await client.execute_workflow("echo", one, id=one, task_queue=task_queue)
    running = await client.start_workflow("sleeper", 3_600_000, id=f"{workflow_id}-open", task_queue=task_queue)

    query = f"WorkflowId STARTS_WITH '{workflow_id}'"
    closed = f"{query} AND ExecutionStatus = 'Completed'"
    # Visibility may trail behind; the tests do not say how far.
    for _ in range(100):
        listed = {execution.id async for execution in client.list_workflows(closed)}
        total = (await client.count_workflows(query)).count
        if listed == ids and total == 4:
            break
        await asyncio.sleep(0.1)
    assert listed == ids
    assert total == 4
    assert {e.id async for e in client.list_workflows(f"{query} AND WorkflowType = 'sleeper'")} == {running.id}
    assert len([e async for e in client.list_workflows(query, page_size=1)]) == 4
    await running.terminate()


async def test_a_bad_list_query_is_refused(client: Client) -> None:
    with pytest.raises(RPCError) as caught:
        _ = [execution async for execution in client.list_workflows("WorkflowId ==== 'x'")]
    assert caught.value.status == RPCStatusCode.INVALID_ARGUMENT


async def test_history(client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]) -> None:
    handle = await client.start_workflow("steps", 2, id=workflow_id, task_queue=task_queue)
    await handle.result()
    events = [event async for event in handle.fetch_history_events()]
    assert [event.event_id for event in events] == list(range(1, len(events) + 1))
    kinds = [field.name for event in events for field, _ in event.ListFields() if field.name.endswith("_attributes")]
    assert kinds[0] == "workflow_execution_started_event_attributes"
    assert kinds[-1] == "workflow_execution_completed_event_attributes"
    assert kinds.count("activity_task_scheduled_event_attributes") == 2
    assert kinds.count("activity_task_completed_event_attributes") == 2


async def test_unknown_things_are_not_found(client: Client, workflow_id: str) -> None:
    handle = client.get_workflow_handle(workflow_id)
    for request in (handle.describe(), handle.signal("x"), handle.query("x"), handle.cancel(), handle.result()):
        with pytest.raises(RPCError) as caught:
            await request
        assert caught.value.status == RPCStatusCode.NOT_FOUND


async def test_unknown_namespace(client: Client, task_queue: str, workflow_id: str) -> None:
    elsewhere = await Client.connect(client.service_client.config.target_host, namespace="no-such-namespace")
    with pytest.raises(RPCError) as caught:
        await elsewhere.start_workflow("echo", id=workflow_id, task_queue=task_queue)
    assert caught.value.status == RPCStatusCode.NOT_FOUND
    assert "no-such-namespace" in caught.value.message


async def test_a_blocked_run_is_seen_in_lists(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    """It runs, and says there why it does not go on."""
    handle = await client.start_workflow("panics", "a bug", id=workflow_id, task_queue=task_queue)
    query = f"WorkflowId = '{workflow_id}' AND ExecutionStatus = 'Running'"
    while True:
        [run] = [run async for run in client.list_workflows(query)]
        if "mainspring.blocked" in (memo := await run.memo()):
            break
        await asyncio.sleep(0.05)
    assert "a bug" in memo["mainspring.blocked"]["reason"]
    assert run.search_attributes["TemporalReportedProblems"]
    # As the web pages ask.
    of_it = f'`WorkflowId`="{workflow_id}"'
    problems = '`TemporalReportedProblems` IN ("category=WorkflowTaskFailed", "category=WorkflowTaskTimedOut")'
    for query, count in ((problems, 1), ("TemporalReportedProblems IS NULL", 0), (f"NOT {problems}", 0)):
        assert (await client.count_workflows(f"{of_it} AND {query}")).count == count, query
    await handle.terminate()
    [run] = [run async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    assert not await run.memo()
    assert (await client.count_workflows(f"{of_it} AND {problems}")).count == 0
