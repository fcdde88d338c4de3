"""A provider in a process of its own waits for slow deletions by the time of the machine."""

from __future__ import annotations

import time

from constructs_ims.backend.emulator.life import LifeCycle

from .conftest import World


def test_slow_deletion_is_waited_for(world: World) -> None:
    state = world.create(name="a").state
    assert state is not None
    world.store.life_cycle = LifeCycle(deleting_seconds=0.5)
    began = time.monotonic()

    deleted = world.delete(state)

    assert (deleted.state, deleted.diagnostics) == (None, ())
    assert time.monotonic() - began >= 0.5
    assert world.store.count() == 0


def test_deletion_beyond_its_timeout_is_an_error_and_the_image_stays_in_the_state(world: World) -> None:
    state = world.create(name="a", timeouts={"delete": "200ms"}).state
    assert state is not None
    world.store.life_cycle = LifeCycle(deleting_seconds=3600)
    began = time.monotonic()

    deleted = world.delete(state)

    [fault] = deleted.diagnostics
    assert "timeout while waiting for state to become 'COMPLETED'" in fault.summary
    assert time.monotonic() - began >= 0.2
    assert deleted.state == state
    world.store.clock.advance(3600)
    world.store.pass_time()
    assert world.store.count() == 0
