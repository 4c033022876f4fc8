"""Histories: page by page, from either end, and waiting for what is yet to come."""

import asyncio
import uuid
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, HistoryEventFilterType
from temporalio.api.errordetails.v1 import NotFoundFailure
from temporalio.api.workflowservice.v1 import (
    GetWorkflowExecutionHistoryRequest,
    GetWorkflowExecutionHistoryReverseRequest,
)
from temporalio.client import Client, WorkflowHandle

from refusals import INVALID, NOT_FOUND, refused

HOUR = 3_600_000
CLOSE_EVENT = HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT


def asking(client: Client, workflow_id: str, run_id: str = "", **more: Any) -> GetWorkflowExecutionHistoryRequest:
    execution = WorkflowExecution(workflow_id=workflow_id, run_id=run_id)
    return GetWorkflowExecutionHistoryRequest(namespace=client.namespace, execution=execution, **more)


def backwards(client: Client, workflow_id: str, **more: Any) -> GetWorkflowExecutionHistoryReverseRequest:
    execution = WorkflowExecution(workflow_id=workflow_id)
    return GetWorkflowExecutionHistoryReverseRequest(namespace=client.namespace, execution=execution, **more)


async def test_pages_from_either_end_make_the_whole(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    service = client.workflow_service
    await client.execute_workflow("steps", 5, id=workflow_id, task_queue=task_queue)
    whole = list((await service.get_workflow_execution_history(asking(client, workflow_id))).history.events)
    assert [event.event_id for event in whole] == list(range(1, len(whole) + 1))

    for size in (1, 7, len(whole), 1000):
        forwards, token = [], b""
        while True:
            request = asking(client, workflow_id, maximum_page_size=size, next_page_token=token)
            page = await service.get_workflow_execution_history(request)
            assert len(page.history.events) <= size
            forwards += page.history.events
            if not (token := page.next_page_token):
                break
        assert forwards == whole
        reverse, token = [], b""
        while True:
            request = backwards(client, workflow_id, maximum_page_size=size, next_page_token=token)
            page = await service.get_workflow_execution_history_reverse(request)
            assert len(page.history.events) <= size
            reverse += page.history.events
            if not (token := page.next_page_token):
                break
        assert reverse == whole[::-1]


async def test_lengths_are_those_of_the_history_that_is_shown(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    handle = await client.start_workflow("waits_for_signal", 1, id=workflow_id, task_queue=task_queue)
    shown = await until_it_waits(handle)
    described = (await handle.describe()).raw_description.workflow_execution_info
    assert described.history_length == shown
    assert 0 < described.state_transition_count < shown
    [listed] = [run async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    assert listed.history_length == 0, "lists say nothing of open runs"

    await handle.signal("number", 1)
    await handle.result()
    shown = len((await handle.fetch_history()).events)
    described = (await handle.describe()).raw_description.workflow_execution_info
    [listed] = [run async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    assert shown == described.history_length == listed.history_length
    assert listed.raw_info.state_transition_count == described.state_transition_count
    transitions = described.state_transition_count
    for query, expected in (
        (f"HistoryLength = {shown}", 1),
        (f"HistoryLength > {shown}", 0),
        (f"StateTransitionCount BETWEEN {transitions} AND {transitions}", 1),
        (f"StateTransitionCount < {transitions}", 0),
    ):
        found = await client.count_workflows(f"WorkflowId = '{workflow_id}' AND {query}")
        assert found.count == expected, query


async def test_a_page_belongs_to_the_run_that_the_first_was_of(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    service = client.workflow_service
    first = await client.start_workflow("echo", 1, id=workflow_id, task_queue=task_queue)
    await first.result()
    page = await service.get_workflow_execution_history(asking(client, workflow_id, maximum_page_size=1))
    await client.execute_workflow("sleeper", 0, id=workflow_id, task_queue=task_queue)
    rest = await service.get_workflow_execution_history(
        asking(client, workflow_id, next_page_token=page.next_page_token)
    )
    of_first = await service.get_workflow_execution_history(asking(client, workflow_id, first.result_run_id or ""))
    assert [*page.history.events, *rest.history.events] == list(of_first.history.events)


async def test_new_events_are_waited_for(client: Client, task_queue: str, workflow_id: str) -> None:
    service = client.workflow_service
    handle = await client.start_workflow("collector", 2, id=workflow_id, task_queue=task_queue)
    seen = await until_it_waits(handle)
    page = await service.get_workflow_execution_history(asking(client, workflow_id, wait_new_event=True))
    assert len(page.history.events) == seen
    # All that there is, and it goes on: the next page is what comes next.
    waiting = asyncio.create_task(
        service.get_workflow_execution_history(
            asking(client, workflow_id, wait_new_event=True, next_page_token=page.next_page_token)
        )
    )
    await asyncio.sleep(0)
    await handle.signal("collect", "one")
    answer = await asyncio.wait_for(waiting, 20)
    assert answer.history.events[0].event_id == seen + 1
    assert answer.history.events[0].event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
    assert answer.next_page_token
    await handle.terminate()
    while answer.next_page_token:
        request = asking(client, workflow_id, wait_new_event=True, next_page_token=answer.next_page_token)
        answer = await asyncio.wait_for(service.get_workflow_execution_history(request), 20)
    assert answer.history.events[-1].event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED


async def test_the_last_event_alone(client: Client, task_queue: str, workflow_id: str) -> None:
    service = client.workflow_service
    handle = await client.start_workflow("collector", 1, id=workflow_id, task_queue=task_queue)
    # It has none yet, and nobody waits.
    page = await service.get_workflow_execution_history(
        asking(client, workflow_id, history_event_filter_type=CLOSE_EVENT)
    )
    assert (list(page.history.events), page.next_page_token) == ([], b"")
    waiting = asyncio.create_task(
        service.get_workflow_execution_history(
            asking(client, workflow_id, history_event_filter_type=CLOSE_EVENT, wait_new_event=True)
        )
    )
    await handle.signal("collect", "only")
    [event] = (await asyncio.wait_for(waiting, 20)).history.events
    assert event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
    assert event.workflow_execution_completed_event_attributes.result.payloads[0].data == b'["only"]'


async def test_histories_that_are_not_there(client: Client, task_queue: str, workflow_id: str) -> None:
    service = client.workflow_service
    await client.execute_workflow("echo", 1, id=workflow_id, task_queue=task_queue)
    nobody = f"{workflow_id}-nobody"
    other_run = str(uuid.uuid4())
    for request in (asking(client, nobody), asking(client, workflow_id, other_run)):
        await refused(service.get_workflow_execution_history(request), NOT_FOUND, "was not found", NotFoundFailure())
    reverse = service.get_workflow_execution_history_reverse
    await refused(reverse(backwards(client, nobody)), NOT_FOUND, "was not found", NotFoundFailure())
    for request in (
        asking(client, workflow_id, "no-run-id"),
        asking(client, ""),
        asking(client, workflow_id, next_page_token=b"nonsense"),
    ):
        await refused(service.get_workflow_execution_history(request), INVALID)
    await refused(reverse(backwards(client, workflow_id, next_page_token=b"\xff")), INVALID, "next_page_token")
    unknown: Any = 77
    filtered = asking(client, workflow_id, history_event_filter_type=unknown)
    await refused(service.get_workflow_execution_history(filtered), INVALID, "history_event_filter_type")


async def until_it_waits(handle: WorkflowHandle[Any, Any]) -> int:
    """Waits until the workflow has been activated, and has nothing left to do; how many events it has then."""
    while True:
        events = (await handle.fetch_history()).events
        if events[-1].event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            return len(events)
        await asyncio.sleep(0.02)
