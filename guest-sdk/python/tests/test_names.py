"""Every name and parameter of Temporal's SDK is here, or is refused with a reason."""

from __future__ import annotations

import importlib
import inspect
import typing
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from host import Host

from mainspring import _refused, workflow
from mainspring._build import entry
from mainspring.common import SearchAttributeKey

MODULES = ["workflow", "common", "exceptions"]
README = Path(__file__).parents[1] / "README.md"


def pairs(name: str) -> tuple[ModuleType, ModuleType]:
    return importlib.import_module(f"temporalio.{name}"), importlib.import_module(f"mainspring.{name}")


def names_of(module: ModuleType) -> list[str]:
    """What a module has of its own."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return [name for name in listed if not name.startswith("_")]
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    return [name for name in own if not name.startswith("_")]


def parameters_of(function: Any) -> set[str]:
    """The names by which a function can be given something."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        # Of a class in C.
        return set()
    taken: set[str] = set()
    for parameter in parameters:
        if parameter.kind is parameter.VAR_KEYWORD:
            # What a `TypedDict` lists; or whatever another function takes.
            hint = typing.get_type_hints(function, include_extras=True).get(parameter.name)
            for listed in typing.get_args(hint):
                taken |= listed.__optional_keys__
        elif parameter.kind is not parameter.VAR_POSITIONAL:
            taken.add(parameter.name)
    return taken


def members_of(kind: type) -> set[str]:
    """What an object of a class can be asked for, and what makes one."""
    own = {name for base in kind.__mro__ if base is not object for name in vars(base)}
    fields = set(getattr(kind, "__dataclass_fields__", ())) | set(getattr(kind, "__annotations__", ()))
    return {name for name in own | fields | parameters_of(kind) if not name.startswith("_")}


def missing(name: str) -> Iterator[str]:
    """What Temporal's module has and ours has not: a name, `Class.member`, `function(parameter)`."""
    theirs, ours = pairs(name)
    for it in names_of(theirs):
        # `hasattr` would ask for a reason.
        if it not in vars(ours):
            yield it
            continue
        their, our = vars(theirs)[it], vars(ours)[it]
        if inspect.isclass(their):
            yield from (f"{it}.{member}" for member in sorted(members_of(their) - members_of(our)))
        elif callable(their):
            yield from (f"{it}({parameter})" for parameter in sorted(parameters_of(their) - parameters_of(our)))


def is_refused(module: str, what: str) -> bool:
    if what.endswith(")"):
        return what[:-1].partition("(")[2] in _refused.PARAMETERS
    owner, dot, member = what.partition(".")
    if not dot:
        return what in _refused.NAMES[module]
    if member in _refused.PARAMETERS:
        return True
    bases = vars(pairs(module)[1])[owner].__mro__
    return any(f"{base.__name__}.{member}" in _refused.MEMBERS for base in bases)


@pytest.mark.parametrize("module", MODULES)
def test_whatever_temporals_sdk_has_is_here_or_refused_with_a_reason(module: str) -> None:
    forgotten = [it for it in missing(module) if not is_refused(module, it)]
    assert not forgotten, f"neither there nor in mainspring/_refused.py: {forgotten}"


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_refused_that_is_here_or_that_nobody_has(module: str) -> None:
    assert _refused.NAMES[module].keys() == {it for it in missing(module) if it.isidentifier()}


def test_no_member_or_parameter_is_refused_that_is_here_or_that_nobody_has() -> None:
    lacking = {it for module in MODULES for it in missing(module)}
    for member in _refused.MEMBERS:
        assert member in lacking
    parameters = {it[:-1].partition("(")[2] for it in lacking if it.endswith(")")}
    assert _refused.PARAMETERS.keys() == parameters


def test_the_readme_lists_what_is_refused() -> None:
    text = README.read_text()
    listed = [it for names in _refused.NAMES.values() for it, why in names.items() if why is not _refused._TYPES]
    listed += [it.partition(".")[2] for it in _refused.MEMBERS]
    listed += list(_refused.PARAMETERS)
    assert [it for it in listed if f"`{it}`" not in text] == []


def test_who_asks_for_it_is_told_why_it_is_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'metric_meter': a workflow has no metrics"):
        workflow.metric_meter()  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'$"):
        workflow.nonsense  # type: ignore[attr-defined]  # noqa: B018
    assert not hasattr(workflow, "create_nexus_client")


def test_a_build_says_why_something_cannot_be_imported() -> None:
    error = ImportError("cannot import name 'NexusClient' from 'mainspring.workflow'", name="mainspring.workflow")
    # As Python 3.14 says it, which is what builds.
    error.name_from = "NexusClient"  # type: ignore[attr-defined]
    assert entry._told(error) == (
        "ImportError: cannot import name 'NexusClient' from 'mainspring.workflow': "
        "there is no Nexus: make it an activity or a child"
    )


@workflow.defn
class Draws:
    """Gives what is drawn of numbers that go on where the run's own begin."""

    draw: Callable[[], Any] = staticmethod(lambda: None)

    @workflow.run
    async def run(self) -> Any:
        return type(self).draw()


def drawn(draw: Callable[[], Any]) -> Any:
    Draws.draw = staticmethod(draw)
    host = Host(Draws)
    host.activate()
    assert host.outcome is not None
    return host.outcome[1]


def test_random_numbers_of_their_own_are_those_of_the_run_or_others_for_each_name() -> None:
    first = drawn(lambda: [workflow.random().random(), workflow.random().random()])
    assert drawn(lambda: [it := workflow.new_random(), it.random(), it.random()][1:]) == first
    named = drawn(lambda: [workflow.new_random("a").random(), workflow.new_random("b").random()])
    assert named == drawn(lambda: [workflow.new_random("a").random(), workflow.new_random("b").random()])
    assert len({*first, *named}) == 4
    assert drawn(workflow.random_seed) == (1 << 64) | 2


def test_a_uuid_of_version_7_begins_with_the_time() -> None:
    made = uuid.UUID(drawn(lambda: str(workflow.uuid7())))
    assert (made.int >> 80, made.version, made.variant) == (1_000_000, 7, uuid.RFC_4122)


def test_keys_of_search_attributes_say_what_their_values_are() -> None:
    assert SearchAttributeKey.for_int("a").value_type is int
    keys = SearchAttributeKey.for_keyword_list("a")
    assert isinstance(["a"], keys.origin_value_type) and typing.get_args(keys.value_type) == (str,)
