"""Adoption: what an interrupted run created is taken on once, and nothing else is."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress
from constructs_ims.backend.engine.stack.providers.builtin import BuiltinProvider
from constructs_ims.backend.engine.state.adoption import Adoption, adopt
from constructs_ims.backend.engine.state.journal_records import Placement
from constructs_ims.backend.engine.state.model import ObjectState, State
from constructs_ims.backend.engine.state.storage import StateStorage
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.operations import ImportedResource, ImportResult, Object

TYPE = "huaweicloud_ims_image_metadata"
PROVIDER = 'provider["registry.terraform.io/huaweicloud/huaweicloud"]'


class Cloud:
    """A provider whose service holds one image, or none, for each creation that it is asked for."""

    def __init__(self, *images: str) -> None:
        self.images = list(images)
        self.asked: list[str] = []

    def find_created(self, type_name: str, planned: Object, creation_id: str) -> ImportResult:
        assert (type_name, planned) == (TYPE, {"name": "image"})
        self.asked.append(creation_id)
        if not self.images:
            return ImportResult()
        return ImportResult([ImportedResource(type_name, {"id": self.images.pop(0), "name": "image"}, b"private")])


class DeadCloud:
    """A provider whose service does not answer."""

    def find_created(self, type_name: str, planned: Object, creation_id: str) -> ImportResult:
        return ImportResult(diagnostics=[error("No answer")])


def address(name: str) -> InstanceAddress:
    return InstanceAddress(ResourceAddress("managed", TYPE, name))


def crashed(directory: Path, *names: str, finished: dict[str, str] | None = None) -> None:
    storage = StateStorage(directory)
    state = storage.load().state
    assert state is not None
    journal = storage.begin(state)
    for name in names:
        journal.intent(address(name), PROVIDER, ObjectState({"name": "image"}, dependencies=("x.y",)))
    for name, id in (finished or {}).items():
        journal.record(Placement(address(name), PROVIDER, ObjectState({"id": id, "name": "image"})))


def next_run(
    directory: Path, provider: object, owned_elsewhere: Collection[object] = ()
) -> tuple[State, list[Adoption], list[Diagnostic]]:
    storage = StateStorage(directory)
    found = storage.load()
    assert found.state is not None
    journal = storage.begin(found.state)
    adoptions, diagnostics = adopt(found.state, found.intents, lambda _: provider, journal, owned_elsewhere)
    assert storage.save(found.state) == []
    return found.state, adoptions, diagnostics


def ids(state: State) -> list[Any]:
    return sorted(obj.attributes["id"] for _, _, obj in state.objects())


def test_created_object_is_adopted_with_its_dependencies(tmp_path: Path) -> None:
    crashed(tmp_path, "a")

    state, adoptions, diagnostics = next_run(tmp_path, Cloud("1"))

    assert state.current(address("a")) == ObjectState(
        {"id": "1", "name": "image"}, private=b"private", dependencies=("x.y",)
    )
    assert [found.adopted is not None for found in adoptions] == [True]
    assert [(found.summary, found.address, found.is_error) for found in diagnostics] == [
        ("Unfinished creation found", f"{TYPE}.a", False)
    ]
    assert 'with the id "1"' in diagnostics[0].detail
    assert StateStorage(tmp_path).load().intents == ()


def test_each_creation_is_asked_for_by_its_own_id(tmp_path: Path) -> None:
    crashed(tmp_path, "a", "b", "c", finished={"d": "0"})
    intents = StateStorage(tmp_path).load().intents
    cloud = Cloud("1", "2")

    state, adoptions, _ = next_run(tmp_path, cloud)

    assert cloud.asked == [intent.creation_id for intent in intents]
    assert ids(state) == ["0", "1", "2"]
    assert [found.adopted is not None for found in adoptions] == [True, True, False]


@pytest.mark.parametrize("owned", ["here", "elsewhere"])
def test_object_that_a_state_holds_by_now_is_left_to_it(tmp_path: Path, owned: str) -> None:
    crashed(tmp_path, "a", finished={"b": "1"} if owned == "here" else None)

    state, adoptions, _ = next_run(tmp_path, Cloud("1"), ["1"] if owned == "elsewhere" else [])

    assert state.current(address("a")) is None
    assert [found.adopted for found in adoptions] == [None]
    assert StateStorage(tmp_path).load().intents == ()


def test_nothing_created_settles_the_intent(tmp_path: Path) -> None:
    crashed(tmp_path, "a")

    state, _, _ = next_run(tmp_path, Cloud())

    assert state.is_empty
    assert StateStorage(tmp_path).load().intents == ()


def test_taken_address_gets_it_as_a_deposed_object(tmp_path: Path) -> None:
    """The journal of the first run is still open when a second one fills the address."""
    crashed(tmp_path, "a", finished={"a": "1"})

    state, _, _ = next_run(tmp_path, Cloud("2"))

    assert ids(state) == ["1", "2"]
    assert len(state.deposed(address("a"))) == 1


def test_provider_that_cannot_look_leaves_it_open(tmp_path: Path) -> None:
    crashed(tmp_path, "a")

    state, adoptions, diagnostics = next_run(tmp_path, object())

    assert (state.is_empty, adoptions) == (True, [])
    assert diagnostics[0].summary == "Unfinished creation"
    assert len(StateStorage(tmp_path).load().intents) == 1


def test_service_that_does_not_answer_leaves_it_open_with_an_error(tmp_path: Path) -> None:
    crashed(tmp_path, "a")

    state, adoptions, diagnostics = next_run(tmp_path, DeadCloud())

    assert (state.is_empty, adoptions) == (True, [])
    assert [(found.summary, found.address, found.is_error) for found in diagnostics] == [
        ("No answer", f"{TYPE}.a", True)
    ]
    assert len(StateStorage(tmp_path).load().intents) == 1


def test_object_of_the_state_alone_is_made_anew(tmp_path: Path) -> None:
    crashed(tmp_path, "a")

    state, _, diagnostics = next_run(tmp_path, BuiltinProvider())

    assert (state.is_empty, diagnostics) == (True, [])
    assert StateStorage(tmp_path).load().intents == ()
