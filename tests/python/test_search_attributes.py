"""Attributes with types, and the filters that find runs by them."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
    RemoveSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode
from temporal_command import temporal

# Of this run of the tests alone.
SUFFIX = uuid.uuid4().hex[:8]

CUSTOMER = SearchAttributeKey.for_keyword(f"Customer_{SUFFIX}")
COMMENT = SearchAttributeKey.for_text(f"Comment_{SUFFIX}")
ITEMS = SearchAttributeKey.for_int(f"Items_{SUFFIX}")
PRICE = SearchAttributeKey.for_float(f"Price_{SUFFIX}")
GIFT = SearchAttributeKey.for_bool(f"Gift_{SUFFIX}")
DUE = SearchAttributeKey.for_datetime(f"Due_{SUFFIX}")
TAGS = SearchAttributeKey.for_keyword_list(f"Tags_{SUFFIX}")

TYPES = {
    CUSTOMER.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    COMMENT.name: IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
    ITEMS.name: IndexedValueType.INDEXED_VALUE_TYPE_INT,
    PRICE.name: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
    GIFT.name: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    DUE.name: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    TAGS.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
}


@pytest.fixture
async def registered(client: Client) -> AsyncIterator[None]:
    operator = client.operator_service
    await operator.add_search_attributes(
        AddSearchAttributesRequest(namespace=client.namespace, search_attributes=TYPES)
    )
    yield
    await operator.remove_search_attributes(
        RemoveSearchAttributesRequest(namespace=client.namespace, search_attributes=list(TYPES))
    )


def attributes(customer: str, items: int, price: float, gift: bool, due: datetime, tags: list[str], comment: str):
    return TypedSearchAttributes(
        [
            SearchAttributePair(CUSTOMER, customer),
            SearchAttributePair(ITEMS, items),
            SearchAttributePair(PRICE, price),
            SearchAttributePair(GIFT, gift),
            SearchAttributePair(DUE, due),
            SearchAttributePair(TAGS, tags),
            SearchAttributePair(COMMENT, comment),
        ]
    )


async def test_runs_are_found_by_what_they_carry(
    client: Client, task_queue: str, workflow_id: str, registered: None
) -> None:
    first = attributes("ann", 3, 9.5, True, datetime(2026, 1, 1, tzinfo=UTC), ["red", "new"], "Leave at the door")
    second = attributes("bob", 40, -1.0, False, datetime(2026, 6, 1, tzinfo=UTC), ["red"], "ring twice")
    handles = {}
    for name, carried in {"first": first, "second": second}.items():
        handles[name] = await client.start_workflow(
            "sleeper", 3_600_000, id=f"{workflow_id}-{name}", task_queue=task_queue, search_attributes=carried
        )
    await client.execute_workflow("echo", 1, id=f"{workflow_id}-third", task_queue=task_queue)

    async def found(query: str) -> set[str]:
        query = f"WorkflowId STARTS_WITH '{workflow_id}' AND ({query})"
        pages = client.list_workflows(query, page_size=1)
        return {execution.id.removeprefix(f"{workflow_id}-") async for execution in pages}

    assert (await handles["first"].describe()).typed_search_attributes == first
    assert await found(f"{CUSTOMER.name} = 'ann'") == {"first"}
    assert await found(f"{CUSTOMER.name} IN ('ann', 'bob')") == {"first", "second"}
    assert await found(f"{CUSTOMER.name} NOT IN ('ann')") == {"second"}
    assert await found(f"{CUSTOMER.name} STARTS_WITH 'b'") == {"second"}
    assert await found(f"{CUSTOMER.name} IS NULL") == {"third"}
    assert await found(f"{ITEMS.name} BETWEEN 1 AND 5") == {"first"}
    assert await found(f"{ITEMS.name} > 3 OR {PRICE.name} = 9.5") == {"first", "second"}
    assert await found(f"NOT {PRICE.name} > 0") == {"second"}
    assert await found(f"{GIFT.name} = true") == {"first"}
    assert await found(f"{DUE.name} < '2026-03-01T00:00:00Z'") == {"first"}
    assert await found(f"{TAGS.name} = 'red' AND {TAGS.name} != 'new'") == {"second"}
    assert await found(f"{COMMENT.name} = 'door'") == {"first"}
    assert await found("ExecutionStatus = 'Completed' AND ExecutionDuration >= 0") == {"third"}

    counted = await client.count_workflows(f"WorkflowId STARTS_WITH '{workflow_id}' GROUP BY ExecutionStatus")
    assert counted.count == 3
    assert {group.group_values[0]: group.count for group in counted.groups} == {"Running": 2, "Completed": 1}
    for handle in handles.values():
        await handle.terminate()


async def test_what_could_not_be_found_is_refused(
    client: Client, task_queue: str, workflow_id: str, registered: None
) -> None:
    async def refusal(key: SearchAttributeKey, value: object) -> str:
        carried = TypedSearchAttributes([SearchAttributePair(key, value)])
        with pytest.raises(RPCError) as caught:
            await client.start_workflow(
                "echo", 1, id=workflow_id, task_queue=task_queue, search_attributes=carried
            )
        assert caught.value.status == RPCStatusCode.INVALID_ARGUMENT
        return caught.value.message

    assert "no search attribute Nobody" in await refusal(SearchAttributeKey.for_keyword("Nobody"), "x")
    message = await refusal(SearchAttributeKey.for_keyword(ITEMS.name), "many")
    assert ITEMS.name in message and "Int" in message and '"many"' in message
    assert "WorkflowId" in await refusal(SearchAttributeKey.for_keyword("WorkflowId"), "x")


async def test_the_temporal_command_lists_them(client: Client, registered: None) -> None:
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    assert {name: listed.custom_attributes[name] for name in TYPES} == TYPES
    assert listed.system_attributes["StartTime"] == IndexedValueType.INDEXED_VALUE_TYPE_DATETIME
    shown = await temporal(client, "operator", "search-attribute", "list")
    assert CUSTOMER.name in str(shown)


async def test_pages_stay_put_while_runs_start_and_close(client: Client, task_queue: str, workflow_id: str) -> None:
    ids = [f"{workflow_id}-{number}" for number in range(4)]
    for one in ids:
        await client.start_workflow("sleeper", 3_600_000, id=one, task_queue=task_queue)
    pages = client.list_workflows(f"WorkflowId STARTS_WITH '{workflow_id}'", page_size=2)
    await pages.fetch_next_page()
    seen = [execution.id for execution in pages.current_page or []]
    await asyncio.gather(*(client.get_workflow_handle(one).terminate() for one in (ids[0], ids[3])))
    await client.start_workflow("echo", 1, id=f"{workflow_id}-late", task_queue=task_queue)
    while pages.next_page_token is not None:
        await pages.fetch_next_page()
        seen += [execution.id for execution in pages.current_page or []]
    assert seen == ids[::-1]
    for one in (ids[1], ids[2]):
        await client.get_workflow_handle(one).terminate()


async def test_lists_have_the_order_that_is_asked_for(
    client: Client, task_queue: str, workflow_id: str, registered: None
) -> None:
    for name, items in {"b": 7, "c": -1, "a": 30}.items():
        carried = TypedSearchAttributes([SearchAttributePair(ITEMS, items)])
        await client.execute_workflow(
            "echo", 1, id=f"{workflow_id}-{name}", task_queue=task_queue, search_attributes=carried
        )
    handle = await client.start_workflow("sleeper", 3_600_000, id=f"{workflow_id}-d", task_queue=task_queue)
    own = f"WorkflowId STARTS_WITH '{workflow_id}'"

    async def listed(order: str) -> str:
        pages = client.list_workflows(f"{own} ORDER BY {order}", page_size=2)
        return "".join([execution.id.removeprefix(f"{workflow_id}-") async for execution in pages])

    assert await listed("WorkflowId") == "abcd"
    assert await listed("WorkflowId DESC") == "dcba"
    assert await listed("StartTime ASC") == "bcad"
    assert await listed("ExecutionTime DESC") == "dacb"
    # Those that have no value come last, whatever the direction.
    assert await listed("CloseTime") == "bcad"
    assert await listed("CloseTime DESC") == "acbd"
    assert await listed(ITEMS.name) == "cbad"
    assert await listed(f"{ITEMS.name} DESC") == "abcd"
    for refused in ("HistoryLength", COMMENT.name, "StartTime, WorkflowId"):
        with pytest.raises(RPCError) as caught:
            await listed(refused)
        assert caught.value.status == RPCStatusCode.INVALID_ARGUMENT
        assert "StartTime" in caught.value.message or "one attribute" in caught.value.message
    query = f"{own} AND ExecutionStatus = 'Completed' ORDER BY {ITEMS.name} DESC"
    by_command = await temporal(client, "workflow", "list", "--query", query)
    assert [run["execution"]["workflowId"][-1] for run in by_command] == ["a", "b", "c"]
    await handle.terminate()
