"""Stored states: serial and lineage, backup, atomic change, faults of the disk, and the journal's replay."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress
from constructs_ims.backend.engine.state import durable_files
from constructs_ims.backend.engine.state.journal import Journal, JournalError
from constructs_ims.backend.engine.state.journal_file import JournalFile
from constructs_ims.backend.engine.state.journal_records import Intent, Placement
from constructs_ims.backend.engine.state.model import ObjectState, OutputState, State
from constructs_ims.backend.engine.state.statefile import write_state
from constructs_ims.backend.engine.state.storage import (
    LoadedState,
    StateStorage,
    check_push,
    create_workspace,
    delete_workspace,
    list_workspaces,
)
from constructs_ims.schema.types import STRING
from constructs_ims.schema.values import Unknown

from ....killed import Killed, killed_at

PROVIDER = 'provider["registry.terraform.io/huaweicloud/huaweicloud"]'


def address(name: str = "a") -> InstanceAddress:
    return InstanceAddress(ResourceAddress("managed", "huaweicloud_ims_image_metadata", name))


def image(id: str, **more: Any) -> ObjectState:
    return ObjectState({"id": id, "name": "image", **more})


def loaded(storage: StateStorage) -> State:
    found = storage.load()
    assert found.state is not None, found.diagnostics
    return found.state


def stored(directory: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((directory / "terraform.tfstate").read_text())
    return document


def begun(directory: Path) -> tuple[StateStorage, State, JournalFile]:
    storage = StateStorage(directory)
    state = loaded(storage)
    return storage, state, storage.begin(state)


def record(
    journal: Journal,
    place: InstanceAddress,
    provider: str,
    obj: ObjectState | None,
    *,
    deposed: str | None = None,
    settles: Intent | None = None,
) -> None:
    journal.record(Placement(place, provider, obj, deposed), settles=settles)


def ids(state: State) -> dict[str, Any]:
    return {f"{address}{f' {key}' if key else ''}": obj.attributes["id"] for address, key, obj in state.objects()}


def test_serial_counts_changes_and_lineage_stays(tmp_path: Path) -> None:
    storage = StateStorage(tmp_path)
    state = loaded(storage)
    assert storage.save(state) == []
    first = stored(tmp_path)
    state.outputs["o"] = OutputState("x", STRING)
    assert storage.save(state) == []
    assert storage.save(state) == []
    second = stored(tmp_path)

    assert (first["serial"], second["serial"]) == (1, 2)
    assert first["lineage"] == second["lineage"] != ""


def test_unchanged_state_of_another_release_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "terraform.tfstate"
    path.write_bytes(write_state(State("line", 4, "1.9.0")))
    storage = StateStorage(tmp_path)
    state = loaded(storage)
    assert storage.save(state) == []
    untouched = stored(tmp_path)
    state.outputs["o"] = OutputState("x", STRING)
    storage.save(state)

    assert (untouched["serial"], untouched["terraform_version"]) == (4, "1.9.0")
    assert (stored(tmp_path)["serial"], stored(tmp_path)["terraform_version"]) == (5, "1.11.4")


def test_backup_is_the_state_before_the_run(tmp_path: Path) -> None:
    storage = StateStorage(tmp_path)
    state = loaded(storage)
    storage.save(state)
    before = storage.path.read_bytes()
    again = StateStorage(tmp_path)
    state = loaded(again)
    for value in ("x", "y"):
        state.outputs["o"] = OutputState(value, STRING)
        again.save(state)

    assert again.backup_path.read_bytes() == before


def test_state_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    storage, state, _ = begun(tmp_path)
    journal_mode = storage.journal_path.stat().st_mode & 0o777
    storage.save(state)

    assert (storage.path.stat().st_mode & 0o777, journal_mode) == (0o600, 0o600)


def fail(code: int) -> Callable[..., Any]:
    def failing(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return failing


def test_pushed_state_keeps_its_serial_but_where_it_replaces_another(tmp_path: Path) -> None:
    """As Terraform 1.11.4 writes it."""
    storage, pushed = StateStorage(tmp_path), State("line", 7)
    pushed.set_current(address(), PROVIDER, image("1"))
    serials = []
    for state in (pushed, State("line", 7, resources=dict(pushed.resources)), State("line", 40)):
        storage.load()
        assert storage.replace(state) == []
        serials.append(stored(tmp_path)["serial"])

    assert serials == [7, 7, 41]


@pytest.mark.parametrize(
    ("function", "code", "advice"),
    [("fsync", errno.ENOSPC, "The disk is full"), ("replace", errno.EROFS, "The file system is read-only")],
)
def test_disk_that_refuses_leaves_the_old_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, code: int, advice: str
) -> None:
    storage = StateStorage(tmp_path)
    state = loaded(storage)
    storage.save(state)
    before = storage.path.read_bytes()
    state.outputs["o"] = OutputState("x", STRING)
    monkeypatch.setattr(durable_files.os, function, fail(code))

    (diagnostic,) = storage.save(state)

    assert diagnostic.summary == "Failed to save state"
    assert advice in diagnostic.detail
    assert str(storage.path) in diagnostic.detail
    assert storage.path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def test_file_where_the_directory_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    storage = StateStorage(tmp_path / "file")

    (diagnostic,) = storage.load().diagnostics

    assert diagnostic.summary == "Failed to load state"
    assert "A file stands where a directory should be" in diagnostic.detail


def test_damaged_state_is_reported_and_kept(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text("{")

    found = StateStorage(tmp_path).load()

    assert found.state is None
    assert found.diagnostics[0].summary == "Unsupported state file format"


def test_every_finished_object_survives_a_crash(tmp_path: Path) -> None:
    _, _, journal = begun(tmp_path)
    record(journal, address("a"), PROVIDER, image("1", size=7))
    record(journal, address("b"), PROVIDER, image("2").tainted())
    record(journal, address("a"), PROVIDER, None)
    record(journal, address("a"), PROVIDER, image("1"), deposed="00bee5fe")
    record(journal, address("a"), PROVIDER, image("3"))

    found = StateStorage(tmp_path).load()

    assert found.was_replayed
    assert found.state is not None
    assert ids(found.state) == {
        "huaweicloud_ims_image_metadata.a": "3",
        "huaweicloud_ims_image_metadata.a 00bee5fe": "1",
        "huaweicloud_ims_image_metadata.b": "2",
    }
    tainted = found.state.current(address("b"))
    assert tainted is not None
    assert tainted.is_tainted


def test_next_run_folds_what_was_left(tmp_path: Path) -> None:
    _, _, journal = begun(tmp_path)
    record(journal, address(), PROVIDER, image("1"))
    storage, state, _ = begun(tmp_path)
    assert len(stored(tmp_path)["resources"]) == 1

    assert storage.save(state) == []
    assert not storage.journal_path.exists()
    assert ids(loaded(StateStorage(tmp_path))) == {"huaweicloud_ims_image_metadata.a": "1"}


def test_intent_stays_open_until_it_is_settled(tmp_path: Path) -> None:
    storage, state, journal = begun(tmp_path)
    planned = ObjectState({"name": "image", "id": Unknown, "tags": ["a", Unknown]}, dependencies=("x.y",))
    lost, finished, refused = (journal.intent(address(name), PROVIDER, planned) for name in ("a", "b", "c"))
    record(journal, address("b"), PROVIDER, image("2"), settles=finished)
    journal.settle(refused)

    (intent,) = StateStorage(tmp_path).load().intents
    assert intent == lost
    assert intent.planned == ObjectState({"name": "image"}, dependencies=("x.y",))
    state.set_current(address("b"), PROVIDER, image("2"))
    assert storage.save(state) == []
    assert StateStorage(tmp_path).load().intents == (intent,)


def test_open_intents_of_several_runs_are_kept_apart(tmp_path: Path) -> None:
    _, _, journal = begun(tmp_path)
    first = journal.intent(address("a"), PROVIDER, image("?"))
    _, _, journal = begun(tmp_path)
    second = journal.intent(address("b"), PROVIDER, image("?"))

    assert [intent.address for intent in StateStorage(tmp_path).load().intents] == [first.address, second.address]
    assert first.creation_id != second.creation_id


def test_settled_intent_does_not_come_back_with_the_next_run(tmp_path: Path) -> None:
    """One keeper is held through the run that settles it and the one that follows."""
    _, _, journal = begun(tmp_path)
    journal.intent(address("a"), PROVIDER, image("?"))
    storage = StateStorage(tmp_path)
    recovering = storage.begin(loaded(storage))
    for intent in recovering.pending_intents():
        recovering.settle(intent)
    assert storage.save(recovering.state) == []

    for _ in range(2):
        journal = storage.begin(loaded(storage))
        assert journal.pending_intents() == ()
        journal.record(Placement(address("b"), PROVIDER, image("2")))
        assert storage.save(journal.state) == []
        assert StateStorage(tmp_path).load().intents == ()
        assert not storage.journal_path.exists()


def test_settled_intent_does_not_come_back_when_the_state_is_only_saved(tmp_path: Path) -> None:
    storage, state, journal = begun(tmp_path)
    journal.settle(journal.intent(address("a"), PROVIDER, image("?")))
    assert storage.save(state) == []
    assert storage.save(state) == []

    assert not storage.journal_path.exists()


def test_open_intent_outlives_every_save(tmp_path: Path) -> None:
    """A state that is changed without a run, as by ``state rm``, says nothing of what was being created."""
    _, _, journal = begun(tmp_path)
    intent = journal.intent(address("a"), PROVIDER, image("?"))

    for serial in range(2):
        storage = StateStorage(tmp_path)
        state = loaded(storage)
        state.outputs["o"] = OutputState(str(serial), STRING)
        assert storage.save(state) == []

    (kept,) = StateStorage(tmp_path).load().intents
    assert kept.creation_id == intent.creation_id


def test_change_of_several_places_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    storage, _, journal = begun(tmp_path)
    journal.record(Placement(address("a"), PROVIDER, image("1")))
    before = len(storage.journal_path.read_bytes())
    journal.record(Placement(address("a"), PROVIDER, image("1"), "00bee5fe"), Placement(address("a"), PROVIDER, None))
    content = storage.journal_path.read_bytes()
    states = []
    for length in [*range(before, len(content), 9), len(content)]:
        storage.journal_path.write_bytes(content[:length])
        states.append(ids(loaded(StateStorage(tmp_path))))

    name = "huaweicloud_ims_image_metadata.a"
    assert states.count({name: "1"}) + states.count({f"{name} 00bee5fe": "1"}) == len(states)
    assert states[-1] == {f"{name} 00bee5fe": "1"}


@pytest.mark.parametrize("write", ["begin", "save", "replace"])
def test_journal_is_never_replayed_over_what_came_after_it(tmp_path: Path, write: str) -> None:
    """A run that takes up where an interrupted one ended is killed at any moment: all that it changed, or nothing."""
    for moment in range(100):
        directory = tmp_path / str(moment)
        _, _, journal = begun(directory)
        journal.record(Placement(address("a"), PROVIDER, image("1")))
        journal.intent(address("c"), PROVIDER, image("?"))
        with killed_at(moment) as killer, suppress(Killed):
            storage = StateStorage(directory)
            state = loaded(storage)
            state.remove_instance(address("a"))
            state.set_current(address("b"), PROVIDER, image("2"))
            getattr(storage, write)(state)

        found = StateStorage(directory).load()
        assert found.diagnostics == ()
        assert found.state is not None
        assert list(ids(found.state).values()) in (["1"], ["2"]), moment
        assert len(found.intents) == 1, moment
        if not killer.has_killed:
            assert moment > 5
            return
    raise AssertionError("the run never ends")


@pytest.mark.parametrize("write", ["begin", "save"])
def test_temporary_files_of_a_killed_run_are_cleared_away(tmp_path: Path, write: str) -> None:
    for name in (".terraform.tfstate.abc.tmp", ".terraform.tfstate.journal.x_y.tmp", ".terraform.tfstate.backup.1.tmp"):
        (tmp_path / name).write_text("{}")
    storage = StateStorage(tmp_path)
    state = loaded(storage)

    if write == "begin":
        storage.begin(state)
    else:
        assert storage.save(state) == []

    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def cut(content: bytes) -> list[bytes]:
    return [content[:length] for length in range(len(content))]


def test_journal_cut_anywhere_gives_a_prefix_of_the_run(tmp_path: Path) -> None:
    storage, _, journal = begun(tmp_path)
    for name in "abc":
        record(
            journal,
            address(name),
            PROVIDER,
            ObjectState({"id": name}),
            settles=journal.intent(address(name), PROVIDER, ObjectState({})),
        )
    content = storage.journal_path.read_bytes()
    seen = set()
    for part in cut(content)[content.index(b"\n") :]:  # the first line was there before the journal bore its name
        storage.journal_path.write_bytes(part)
        found = StateStorage(tmp_path).load()
        assert found.diagnostics == ()
        assert found.state is not None
        seen.add(("".join(sorted(ids(found.state).values())), len(found.intents)))

    assert seen == {("", 0), ("", 1), ("a", 0), ("a", 1), ("ab", 0), ("ab", 1), ("abc", 0)}


def test_damage_inside_the_journal_is_told_and_the_rest_kept(tmp_path: Path) -> None:
    storage, _, journal = begun(tmp_path)
    for name in "abc":
        record(journal, address(name), PROVIDER, image(name))
    lines = storage.journal_path.read_bytes().split(b"\n")
    lines[2] = lines[2].replace(b"image", b"imaqe")
    storage.journal_path.write_bytes(b"\n".join(lines))

    found = StateStorage(tmp_path).load()

    assert found.state is not None
    assert sorted(ids(found.state).values()) == ["a", "c"]
    assert found.diagnostics[0].summary == "Damaged state journal"
    assert found.diagnostics[0].detail.startswith("1 records")


def test_journal_without_its_head_is_refused(tmp_path: Path) -> None:
    storage, _, journal = begun(tmp_path)
    record(journal, address(), PROVIDER, image("1"))
    storage.journal_path.write_bytes(storage.journal_path.read_bytes().split(b"\n", 1)[1])

    found = StateStorage(tmp_path).load()

    assert found.state is None
    assert "The first record" in found.diagnostics[0].detail


@pytest.mark.parametrize("content", [b"garbage", b"\x00" * 100, b"00000000 {}\n", b"\n\nx"], ids=repr)
def test_file_that_is_no_journal_is_told_of(tmp_path: Path, content: bytes) -> None:
    storage, state, _ = begun(tmp_path)
    assert storage.save(state) == []
    storage.journal_path.write_bytes(content)

    found = StateStorage(tmp_path).load()

    assert (found.state, [fault.summary for fault in found.diagnostics]) == (None, ["Damaged state journal"])
    assert storage.journal_path.read_bytes() == content


def test_foreign_journal_is_refused(tmp_path: Path) -> None:
    begun(tmp_path)
    (tmp_path / "terraform.tfstate").write_bytes(write_state(State("another", 1)))

    found = StateStorage(tmp_path).load()

    assert found.state is None
    assert found.diagnostics[0].summary == "Foreign state journal"


def test_replaying_what_was_folded_changes_nothing(tmp_path: Path) -> None:
    """A crash between the fold and the end of the journal leaves both."""
    storage, state, journal = begun(tmp_path)
    record(journal, address(), PROVIDER, image("1"))
    state.set_current(address(), PROVIDER, image("1"))
    left = storage.journal_path.read_bytes()
    storage.save(state)
    before = storage.path.read_bytes()
    storage.journal_path.write_bytes(left)

    again = StateStorage(tmp_path)
    assert again.save(loaded(again)) == []
    assert storage.path.read_bytes() == before


def overtaken(tmp_path: Path, *later: tuple[InstanceAddress, ObjectState]) -> LoadedState:
    storage, state, journal = begun(tmp_path)
    state.set_current(address("gone"), PROVIDER, image("9"))
    storage.save(state)
    _, state, journal = begun(tmp_path)
    record(journal, address("gone"), PROVIDER, None)
    record(journal, address("a"), PROVIDER, image("1"))
    other = replace(state.copy(), serial=state.serial + 5)
    for place, obj in later:
        other.set_current(place, PROVIDER, obj)
    storage.path.write_bytes(write_state(other))
    return StateStorage(tmp_path).load()


def test_run_overtaken_by_another_program_loses_nothing(tmp_path: Path) -> None:
    found = overtaken(tmp_path, (address("a"), image("2")))

    assert found.state is not None
    assert sorted(ids(found.state).values()) == ["1", "2"]
    current = found.state.current(address("a"))
    assert current is not None
    assert current.attributes["id"] == "2"
    assert "huaweicloud_ims_image_metadata.a (1)" in found.diagnostics[0].detail


def test_run_overtaken_doubles_nothing(tmp_path: Path) -> None:
    found = overtaken(tmp_path, (address("a"), image("1", name="renamed since")))

    assert found.state is not None
    assert ids(found.state) == {"huaweicloud_ims_image_metadata.a": "1"}
    assert found.diagnostics == ()


@pytest.mark.parametrize("is_deposed_there", [False, True])
def test_deposed_object_of_a_run_that_was_overtaken_is_kept(tmp_path: Path, is_deposed_there: bool) -> None:
    storage, state, _ = begun(tmp_path)
    state.set_current(address("a"), PROVIDER, image("1"))
    storage.save(state)
    _, state, journal = begun(tmp_path)
    journal.record(Placement(address("a"), PROVIDER, image("1"), "00bee5fe"), Placement(address("a"), PROVIDER, None))
    other = replace(state.copy(), serial=state.serial + 5)
    if is_deposed_there:
        other.depose(address("a"), "0badf00d")
    storage.path.write_bytes(write_state(other))

    assert list(ids(loaded(StateStorage(tmp_path))).values()) == ["1"]


def test_many_threads_record_together(tmp_path: Path) -> None:
    _, _, journal = begun(tmp_path)
    synced: list[int] = []
    fsync = os.fsync

    def counting(descriptor: int) -> None:
        synced.append(descriptor)
        fsync(descriptor)

    def create(number: int) -> None:
        intent = journal.intent(address(f"i{number}"), PROVIDER, image("?"))
        record(journal, address(f"i{number}"), PROVIDER, image(str(number)), settles=intent)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(10) as workers:
        patch.setattr(os, "fsync", counting)
        list(workers.map(create, range(200)))
    found = StateStorage(tmp_path).load()

    assert found.state is not None
    assert len(ids(found.state)) == 200
    assert found.intents == ()
    assert len(synced) <= 400


def open_files(directory: Path) -> list[str]:
    """The files in a directory that this process has open, as often as it has; a deleted one counts too."""
    links = (os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd"))
    targets = (os.readlink(link) for link in links if os.path.islink(link))
    return sorted(target for target in targets if target.startswith(str(directory)))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="The system does not list the files that are open.")
def test_long_journal_is_folded_on_the_way(tmp_path: Path) -> None:
    storage, _, journal = begun(tmp_path)
    files_before = open_files(tmp_path)
    journal.fold_bytes = 2000
    still_open = journal.intent(address("open"), PROVIDER, image("?"))
    for number in range(50):
        record(journal, address(f"i{number}"), PROVIDER, image(str(number)))

    assert open_files(tmp_path) == files_before
    assert stored(tmp_path)["serial"] > 1
    assert len(stored(tmp_path)["resources"]) > 10
    found = StateStorage(tmp_path).load()
    assert found.state is not None
    assert len(ids(found.state)) == 50
    assert found.intents == (still_open,)
    assert storage.save(journal.state) == []
    assert len(stored(tmp_path)["resources"]) == 50


def test_journal_of_eight_mib_is_folded(tmp_path: Path) -> None:
    storage, _, journal = begun(tmp_path)
    sizes = []
    for name, size in (("large", (8 << 20) - 20_000), ("small", 30_000)):
        record(journal, address(name), PROVIDER, image(name, text="x" * size))
        sizes.append(storage.journal_path.stat().st_size)

    assert sizes[0] > (8 << 20) - 20_000
    assert sizes[1] < 10_000
    assert [one["name"] for one in stored(tmp_path)["resources"]] == ["large", "small"]


def test_full_disk_stops_the_journal_for_everyone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, journal = begun(tmp_path)
    record(journal, address("a"), PROVIDER, image("1"))
    monkeypatch.setattr(os, "write", fail(errno.ENOSPC))

    with pytest.raises(JournalError, match="The disk is full") as refused:
        journal.intent(address("b"), PROVIDER, image("?"))
    monkeypatch.undo()
    with pytest.raises(JournalError):
        record(journal, address("c"), PROVIDER, image("3"))

    assert refused.value.diagnostic.summary == "Failed to write the state journal"
    assert ids(loaded(StateStorage(tmp_path))) == {"huaweicloud_ims_image_metadata.a": "1"}


def test_waiting_writers_hear_of_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, journal = begun(tmp_path)
    writing, go_on = threading.Event(), threading.Event()

    def write(*_: Any) -> int:
        writing.set()
        go_on.wait(10)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", write)
    with ThreadPoolExecutor(2) as workers:
        first = workers.submit(record, journal, address("a"), PROVIDER, image("1"))
        writing.wait(10)
        second = workers.submit(record, journal, address("b"), PROVIDER, image("2"))
        go_on.set()

    assert isinstance(first.exception(), JournalError)
    assert isinstance(second.exception(), JournalError)


@pytest.mark.parametrize(
    ("pushed", "message"),
    [
        (State("other", 9), 'cannot import state with lineage "other" over unrelated state with lineage "line"'),
        (State("line", 3), "cannot import state with serial 3 over newer state with serial 4"),
        (
            State("line", 4),
            "cannot overwrite existing state with serial 4 with a different state that has the same serial",
        ),
    ],
    ids=["another lineage", "an older serial", "the same serial"],
)
def test_push_of_another_or_older_state_is_refused(pushed: State, message: str) -> None:
    stored = State("line", 4)
    stored.set_current(address("a"), PROVIDER, image("1"))

    assert [found.detail for found in check_push(stored, pushed)] == [message]
    assert check_push(stored, stored) == check_push(State(), pushed) == check_push(State("line", 4), pushed) == []
    assert check_push(stored, State("", 0)) == []


def test_workspaces_have_states_of_their_own(tmp_path: Path) -> None:
    assert create_workspace(tmp_path, "blue") == []
    storage = StateStorage(tmp_path, "blue")
    state = loaded(storage)
    state.outputs["o"] = OutputState("x", STRING)
    assert storage.save(state) == []

    assert storage.path == tmp_path / "terraform.tfstate.d" / "blue" / "terraform.tfstate"
    assert list_workspaces(tmp_path) == ["default", "blue"]
    assert loaded(StateStorage(tmp_path)).is_empty
    assert create_workspace(tmp_path, "blue")[0].summary == "Workspace already exists"
    assert create_workspace(tmp_path, "../x")[0].summary == "Invalid workspace name"
    assert delete_workspace(tmp_path, "default")[0].summary == "Cannot delete workspace"
    assert delete_workspace(tmp_path, "blue") == []
    assert list_workspaces(tmp_path) == ["default"]
    assert delete_workspace(tmp_path, "blue")[0].summary == "Failed to delete workspace"


def test_first_save_keeps_the_lineage_of_its_journal(tmp_path: Path) -> None:
    """A kill between the state's write and the journal's removal leaves both; they must agree."""
    storage, _, journal = begun(tmp_path)
    continued = journal.path.read_bytes()

    assert storage.save(State(outputs={"o": OutputState("v", STRING)})) == []

    journal.path.write_bytes(continued)
    assert StateStorage(tmp_path).load().diagnostics == ()
