"""Lists and counts, asked in every way."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, RemoveSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from http_json import Http, NAMESPACE
from temporal_command import temporal
from ways import kinds, Refused, Way
from ways.client import ByClient
from ways.command import ByCommand
from ways.http import ByHttp

HOUR = 3_600_000
# Of this run of the tests alone.
SUFFIX = uuid.uuid4().hex[:8]

CUSTOMER = SearchAttributeKey.for_keyword(f"Client_{SUFFIX}")
ITEMS = SearchAttributeKey.for_int(f"Count_{SUFFIX}")


@pytest.fixture
async def registered(client: Client) -> AsyncIterator[None]:
    types = {
        CUSTOMER.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
        ITEMS.name: IndexedValueType.INDEXED_VALUE_TYPE_INT,
    }
    operator, namespace = client.operator_service, client.namespace
    await operator.add_search_attributes(AddSearchAttributesRequest(namespace=namespace, search_attributes=types))
    yield
    removed = RemoveSearchAttributesRequest(namespace=namespace, search_attributes=list(types))
    await operator.remove_search_attributes(removed)


@pytest.fixture
async def shop(client: Client, task_queue: str, workflow_id: str, registered: None) -> AsyncIterator[str]:
    """Three workflows: two that run, and carry something, and one that has completed. What their ids begin with."""
    for name, customer, items in (("first", "ann", 3), ("second", "bob", 40)):
        carried = TypedSearchAttributes([SearchAttributePair(CUSTOMER, customer), SearchAttributePair(ITEMS, items)])
        await client.start_workflow(
            "sleeper", HOUR, id=f"{workflow_id}-{name}", task_queue=task_queue, search_attributes=carried
        )
    await client.execute_workflow("echo", 1, id=f"{workflow_id}-third", task_queue=task_queue)
    yield workflow_id
    for name in ("first", "second"):
        await client.get_workflow_handle(f"{workflow_id}-{name}").terminate()


async def test_each_operator_of_a_filter(way: Way, shop: str) -> None:
    async def found(query: str) -> set[str]:
        runs = await way.find(f"WorkflowId STARTS_WITH '{shop}' AND ({query})")
        return {run["execution"]["workflowId"].removeprefix(f"{shop}-") for run in runs}

    for query, names in {
        f"{CUSTOMER.name} = 'ann'": "first",
        f"{CUSTOMER.name} != 'ann'": "second third",
        f"{ITEMS.name} > 3": "second",
        f"{ITEMS.name} >= 3": "first second",
        f"{ITEMS.name} < 40": "first",
        f"{ITEMS.name} <= 40": "first second",
        f"{ITEMS.name} > 3 AND {CUSTOMER.name} = 'bob'": "second",
        f"{ITEMS.name} = 3 OR WorkflowType = 'echo'": "first third",
        f"NOT WorkflowType = 'echo' AND NOT ({ITEMS.name} = 3)": "second",
        f"{ITEMS.name} BETWEEN 1 AND 5": "first",
        f"{CUSTOMER.name} IN ('ann', 'eve')": "first",
        f"{CUSTOMER.name} STARTS_WITH 'b'": "second",
        f"{CUSTOMER.name} IS NULL": "third",
        f"{CUSTOMER.name} IS NOT NULL": "first second",
        "CloseTime IS NULL": "first second",
        "ExecutionStatus = 'Completed'": "third",
    }.items():
        if "!=" in query:
            # What has no value is not told apart by it, as with Temporal.
            assert "second" in await found(query) and "first" not in await found(query)
            continue
        assert await found(query) == set(names.split()), query


async def test_the_order_that_is_asked_for(way: Way, shop: str) -> None:
    own = f"WorkflowId STARTS_WITH '{shop}'"
    for order, names in {
        "WorkflowId": "first second third",
        "WorkflowId DESC": "third second first",
        f"{ITEMS.name} DESC": "second first third",
        "StartTime ASC": "first second third",
    }.items():
        runs = await way.find(f"{own} ORDER BY {order}")
        assert [run["execution"]["workflowId"].removeprefix(f"{shop}-") for run in runs] == names.split(), order


async def test_counts_by_status(way: Way, shop: str) -> None:
    own = f"WorkflowId STARTS_WITH '{shop}'"
    assert await way.count(own) == {"": 3}
    assert await way.count(f"{own} GROUP BY ExecutionStatus") == {"Running": 2, "Completed": 1}


async def test_what_a_run_carries_is_shown(way: Way, shop: str) -> None:
    info = (await way.describe(f"{shop}-first"))["workflowExecutionInfo"]
    assert {CUSTOMER.name, ITEMS.name} <= info["searchAttributes"]["indexedFields"].keys()
    [listed] = await way.find(f"WorkflowId = '{shop}-second'")
    assert CUSTOMER.name in listed["searchAttributes"]["indexedFields"]


async def test_filters_that_make_no_sense(way: Way) -> None:
    for query, place in {
        "WorkflowId ==== 'x'": 13,
        "WorkflowId IN ()": 16,
        "WorkflowId IN 'x'": 15,
        "StartTime STARTS_WITH 'x'": 1,
        "WorkflowId STARTS_WITH": 23,
        "WorkflowId IS": 14,
        "WorkflowId IS x": 15,
    }.items():
        for ask in (way.find, way.count):
            with pytest.raises(Refused, match=f"at character {place}"):
                await ask(query)


async def test_what_is_carried_is_said_at_the_start(
    client: Client, task_queue: str, workflow_id: str, registered: None
) -> None:
    """By the command, and by HTTP."""
    of_it = ("--type", "idle", "--task-queue", task_queue, "--workflow-id", f"{workflow_id}-command")
    carried = (f'{CUSTOMER.name}="ann"', f"{ITEMS.name}=3")
    attributes = [word for it in carried for word in ("--search-attribute", it)]
    await temporal(client, "workflow", "start", *of_it, *attributes)
    fields = {CUSTOMER.name: "ann", ITEMS.name: 3}
    body = {
        "workflowType": {"name": "idle"},
        "taskQueue": {"name": task_queue},
        "searchAttributes": {"indexedFields": fields},
    }
    await Http().post(f"{NAMESPACE}/workflows/{workflow_id}-http", body)
    query = f"{CUSTOMER.name} = 'ann' AND {ITEMS.name} = 3 AND WorkflowId STARTS_WITH '{workflow_id}'"
    found = [run.id async for run in client.list_workflows(query)]
    assert sorted(found) == [f"{workflow_id}-command", f"{workflow_id}-http"]
    for one in found:
        carried_by = (await client.get_workflow_handle(one).describe()).typed_search_attributes
        assert (carried_by[CUSTOMER], carried_by[ITEMS]) == ("ann", 3)
        await client.get_workflow_handle(one).terminate()


async def test_what_a_workflow_says_of_itself(
    way: Way, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    """Its memo here, its search attribute below."""
    await way.start("notes", f"note-{workflow_id}", workflow_id=workflow_id, task_queue=task_queue)
    assert (await way.outcome(workflow_id))[0] == "COMPLETED"
    assert "note" in (await way.describe(workflow_id))["workflowExecutionInfo"]["memo"]["fields"]
    assert "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES" in kinds(await way.events(workflow_id))


async def test_its_search_attribute_is_found_once_it_has_a_type(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    """In one test for all ways: the name is the workflow's, and tests at the same time would give it types in turn."""
    text = f"note-{workflow_id}"
    await client.execute_workflow("notes", text, id=workflow_id, task_queue=task_queue)
    ways: list[Way] = [ByClient(client), ByCommand(client), ByHttp(client)]
    for way in ways:
        with pytest.raises(Refused, match="Note"):
            await way.find(f"Note = '{text}'")
    await temporal(client, "operator", "search-attribute", "create", "--name", "Note", "--type", "Keyword")
    for way in ways:
        [found] = await way.find(f"Note = '{text}'")
        assert found["execution"]["workflowId"] == workflow_id
    await temporal(client, "operator", "search-attribute", "remove", "--name", "Note", "--yes")


async def test_a_run_that_cannot_go_on_is_found(
    way: Way, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    await way.start("panics", "a bug", workflow_id=workflow_id, task_queue=task_queue)
    query = f"WorkflowId = '{workflow_id}' AND TemporalReportedProblems IS NOT NULL"
    while not (found := await way.find(query)):
        await asyncio.sleep(0.05)
    assert "mainspring.blocked" in found[0]["memo"]["fields"]
    await way.terminate(workflow_id)
    assert await way.find(query) == []


@pytest.mark.parametrize("way", [ByCommand, ByHttp], ids=["command", "http"], indirect=True)
async def test_pages_make_the_whole(way: Way, client: Client, task_queue: str, workflow_id: str) -> None:
    """More runs than fit on one, while others start and close."""
    ids = [f"{workflow_id}-{number:04}" for number in range(120)]
    await asyncio.gather(*(client.start_workflow("idle", id=one, task_queue=task_queue) for one in ids))
    own = f"WorkflowId STARTS_WITH '{workflow_id}'"

    async def disturb() -> None:
        for one in ids[::10]:
            await client.get_workflow_handle(one).terminate()
            await client.start_workflow("echo", 1, id=f"late-{one}", task_queue=task_queue)

    listed, _ = await asyncio.gather(way.find(own), disturb())
    assert sorted(run["execution"]["workflowId"] for run in listed) == ids
    for one in ids:
        if ids.index(one) % 10:
            await client.get_workflow_handle(one).terminate()
