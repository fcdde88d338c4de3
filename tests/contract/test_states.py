"""What every keeper of states and of snapshots promises, in memory and in a directory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_ims.backend.emulator import Account
from constructs_ims.backend.engine.lang.addresses import parse_address
from constructs_ims.backend.engine.state.journal_records import Placement
from constructs_ims.backend.engine.state.model import ObjectState, State
from constructs_ims.backend.engine.state.waiting import Waiting
from constructs_ims.backend.sandbox import OperationFailedError
from constructs_ims.backend.sandbox.snapshots import DirectorySnapshots, MemorySnapshots, Snapshots
from constructs_ims.backend.sandbox.states import DirectoryStates, MemoryStates, StateKeeper, States
from constructs_ims.backend.sandbox.world import World

PROVIDER = 'provider["terraform.io/builtin/terraform"]'
KINDS = ["memory", "directory"]


def with_object(state: State, name: str = "a") -> State:
    address = parse_address(f"terraform_data.{name}")
    state.set_current(address, PROVIDER, ObjectState({"id": name, "input": None, "output": None}))
    return state


def names(state: State | None) -> list[str]:
    assert state is not None
    return [str(address) for address, _, _ in state.objects()]


def save(keeper: StateKeeper, state: State) -> None:
    with keeper.held("OperationTypeApply") as faults:
        assert faults == []
        keeper.begin(keeper.load().state or State())
        assert keeper.save(state) == []


@pytest.fixture(params=KINDS)
def states(request: pytest.FixtureRequest, tmp_path: Path) -> States:
    return MemoryStates() if request.param == "memory" else DirectoryStates(tmp_path / "stacks")


def test_nothing_is_known_of_a_new_stack(states: States) -> None:
    loaded = states.of("web").load()

    assert loaded.state is not None
    assert loaded.state.is_empty
    assert loaded.diagnostics == ()
    assert loaded.intents == ()
    assert states.stacks() == []


def test_saved_state_is_loaded_again_with_a_lineage_and_a_serial(states: States) -> None:
    save(states.of("web"), with_object(State()))
    first = states.of("web").load().state
    assert first is not None
    save(states.of("web"), with_object(first.copy(), "b"))

    second = states.of("web").load().state

    assert second is not None
    assert names(first) == ["terraform_data.a"]
    assert names(second) == ["terraform_data.a", "terraform_data.b"]
    assert first.lineage
    assert second.lineage == first.lineage
    assert second.serial > first.serial


def test_state_from_elsewhere_keeps_its_lineage_and_goes_on_from_its_serial(states: States) -> None:
    keeper = states.of("web")
    save(keeper, with_object(State()))
    keeper.load()

    assert keeper.replace(with_object(State(lineage="elsewhere", serial=41), "b")) == []

    found = keeper.load().state
    assert found is not None
    assert (found.lineage, found.serial, names(found)) == ("elsewhere", 42, ["terraform_data.b"])


def test_state_from_elsewhere_is_taken_as_it_is_where_none_is_kept(states: States) -> None:
    keeper = states.of("web")
    keeper.load()

    for _ in range(2):
        assert keeper.replace(with_object(State(lineage="elsewhere", serial=41))) == []

    found = keeper.load().state
    assert found is not None
    assert (found.lineage, found.serial, names(found)) == ("elsewhere", 41, ["terraform_data.a"])


def test_what_was_loaded_or_saved_is_the_callers_own(states: States) -> None:
    keeper, mine = states.of("web"), with_object(State())
    save(keeper, mine)
    with_object(mine, "b")
    loaded = keeper.load().state
    assert loaded is not None
    with_object(loaded, "c")

    assert names(keeper.load().state) == ["terraform_data.a"]


def test_creation_that_was_not_seen_to_end_stays_open(states: States) -> None:
    keeper, address = states.of("web"), parse_address("terraform_data.a")
    with keeper.held("OperationTypeApply"):
        journal = keeper.begin(keeper.load().state or State())
        settled, refused, lost = (journal.intent(address, PROVIDER, ObjectState({"input": name})) for name in "abc")
        journal.record(Placement(address, PROVIDER, ObjectState({"id": "a"})), settles=settled)
        journal.settle(refused)
        assert keeper.save(with_object(State())) == []

    for _ in range(2):  # a run that settles nothing leaves it open
        loaded = states.of("web").load()
        assert loaded.intents == (lost,)
        assert loaded.was_replayed
        save(states.of("web"), loaded.state or State())

    with keeper.held("OperationTypeApply"):
        state = keeper.load().state or State()
        keeper.begin(state).settle(lost)
        keeper.save(state)
    assert states.of("web").load().intents == ()
    assert not states.of("web").load().was_replayed


def test_run_that_was_cut_short_leaves_what_it_had_done(states: States) -> None:
    save(states.of("web"), with_object(State()))
    keeper, address = states.of("web"), parse_address("terraform_data.b")
    journal = keeper.begin(keeper.load().state or State())
    settled, lost = (journal.intent(address, PROVIDER, ObjectState({"input": name})) for name in "ab")
    journal.record(Placement(address, PROVIDER, ObjectState({"id": "b"})), settles=settled)

    loaded = states.of("web").load()

    assert names(loaded.state) == ["terraform_data.a", "terraform_data.b"]
    assert loaded.intents == (lost,)


def test_stacks_and_workspaces_are_apart(states: States) -> None:
    save(states.of("web"), with_object(State()))
    save(states.of("web", "other"), with_object(State(), "b"))
    save(states.of("base"), with_object(State(), "c"))

    assert names(states.of("web").load().state) == ["terraform_data.a"]
    assert names(states.of("web", "other").load().state) == ["terraform_data.b"]
    assert states.stacks() == ["base", "web"]
    states.clear()
    assert states.stacks() == []
    assert names(states.of("web").load().state) == []


def test_one_run_at_a_time_holds_a_state(states: States) -> None:
    keeper, waited = states.of("web"), list[bool]()

    with keeper.held("OperationTypeApply") as first:
        assert first == []
        with states.of("web").held("OperationTypePlan") as second:
            assert [fault.summary for fault in second] == ["Error acquiring the state lock"]
        with states.of("web").held("OperationTypePlan", Waiting(0.05, lambda: waited.append(True))) as third:
            assert len(third) == 1
    with keeper.held("OperationTypeApply") as last:
        assert last == []
    assert waited == [True]


def test_waiting_run_gets_the_lock_once_it_is_free(states: States) -> None:
    waits, faults = threading.Event(), list[object]()

    def wait() -> None:
        with states.of("web").held("OperationTypePlan", Waiting(20, waits.set)) as found:
            faults.extend(found)

    with states.of("web").held("OperationTypeApply"):
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert waits.wait(20)
    waiting.join(20)

    assert not waiting.is_alive()
    assert faults == []


def test_lock_is_given_back_when_the_block_fails(states: States) -> None:
    def fail() -> None:
        with states.of("web").held("OperationTypeApply"):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with states.of("web").held("OperationTypeApply") as faults:
        assert faults == []


@pytest.fixture(params=KINDS)
def saved(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Snapshots, World, States]]:
    """Snapshots, with an empty world and its states to take them of."""
    if request.param == "memory":
        world, states, snapshots = World(Account.generate()), MemoryStates(), MemorySnapshots()
        yield snapshots, world, states
    else:
        world = World(Account.generate(), tmp_path / "ims.sqlite3")
        yield DirectorySnapshots(tmp_path / "snapshots"), world, DirectoryStates(tmp_path / "stacks")
    world.close()


def test_world_comes_back_as_it_was_saved(saved: tuple[Snapshots, World, States]) -> None:
    snapshots, world, states = saved
    save(states.of("web"), with_object(State()))
    snapshots.save("before", world, states)
    save(states.of("web"), with_object(State(), "b"))
    save(states.of("base"), with_object(State(), "c"))

    snapshots.load("before", world, states)

    assert names(states.of("web").load().state) == ["terraform_data.a"]
    assert states.stacks() == ["web"]
    assert snapshots.names() == ["before"]


def test_saving_again_under_a_name_replaces(saved: tuple[Snapshots, World, States]) -> None:
    snapshots, world, states = saved
    snapshots.save("one", world, states)
    save(states.of("web"), with_object(State()))
    snapshots.save("one", world, states)
    states.clear()

    snapshots.load("one", world, states)

    assert names(states.of("web").load().state) == ["terraform_data.a"]


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden"])
def test_names_that_are_paths_are_refused(saved: tuple[Snapshots, World, States], name: str) -> None:
    snapshots, world, states = saved

    with pytest.raises(OperationFailedError):
        snapshots.save(name, world, states)
    assert snapshots.names() == []


def test_unknown_name_is_refused_and_changes_nothing(saved: tuple[Snapshots, World, States]) -> None:
    snapshots, world, states = saved
    save(states.of("web"), with_object(State()))
    snapshots.save("before", world, states)

    with pytest.raises(OperationFailedError, match="before"):
        snapshots.load("befor", world, states)
    assert names(states.of("web").load().state) == ["terraform_data.a"]
