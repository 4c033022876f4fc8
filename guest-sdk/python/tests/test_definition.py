"""What makes a workflow, and what does not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mainspring import workflow
from mainspring.common import RawValue, VersioningBehavior


class Base:
    @workflow.signal
    def tell(self) -> None: ...


class Undecorated(Base):
    def tell(self) -> None: ...

    @workflow.run
    async def run(self) -> None: ...


class NoRun:
    async def run(self) -> None: ...


class OtherInit:
    @workflow.init
    def __init__(self, one: int) -> None: ...

    @workflow.run
    async def run(self, one: str) -> None: ...


class Twice:
    @workflow.run
    async def run(self) -> None: ...

    @workflow.query(name="same")
    def one(self) -> int:
        return 1

    @workflow.query(name="same")
    def two(self) -> int:
        return 2


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (Undecorated, "@workflow.signal defined on Base.tell but not on the override"),
        (NoRun, "Missing @workflow.run method"),
        (OtherInit, "@workflow.init and @workflow.run method parameters do not match"),
        (Twice, "Multiple query methods found for same"),
    ],
)
def test_a_class_that_makes_no_workflow_is_told_why(cls: type, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        workflow.defn(cls)


def test_a_run_method_must_be_async() -> None:
    with pytest.raises(ValueError, match="must be an async function"):
        workflow.run(lambda self: None)


def test_what_would_be_ignored_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be pinned"):
        workflow.defn(versioning_behavior=VersioningBehavior.PINNED)


@workflow.defn(dynamic=True)
class Any_:
    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> None: ...


def test_the_official_client_finds_names_and_types() -> None:
    definition = getattr(Any_, "__temporal_workflow_definition")  # noqa: B009
    assert definition.name is None
    assert definition.arg_types == [Sequence[RawValue]]
    assert getattr(Base.tell, "__temporal_signal_definition").name == "tell"  # noqa: B009


def test_outside_of_a_workflow_its_functions_say_so() -> None:
    with pytest.raises(workflow.NotInWorkflowError):
        workflow.now()


def test_the_official_sdk_understands_the_definitions() -> None:
    import temporalio.workflow as official

    assert official._Definition.get_name_and_result_type(Named.run) == ("a name", int)
    assert official._SignalDefinition.must_name_from_fn_or_str(Named.tell) == "tell"
    query = official._QueryDefinition.from_fn(Named.ask)
    assert query is not None and query.name == "ask"
    assert official._UpdateDefinition.get_name_and_result_type(Named.add) == ("add", str)


@workflow.defn(name="a name")
class Named:
    @workflow.run
    async def run(self, number: int) -> int:
        return number

    @workflow.signal
    def tell(self) -> None: ...

    @workflow.query
    def ask(self) -> int:
        return 1

    @workflow.update
    def add(self, number: int) -> str:
        return ""
