"""The service of one sandbox, in this process: requests go from the client straight into the emulator's application."""

from __future__ import annotations

import itertools
import os
import sqlite3
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_ims.backend.emulator.account import Account
from constructs_ims.backend.emulator.clock import Clock, Ticking
from constructs_ims.backend.emulator.controls import Controls
from constructs_ims.backend.emulator.database import upgrade_database
from constructs_ims.backend.emulator.store import Store
from constructs_ims.backend.provider.configuration import LocalService, Settings
from constructs_ims.backend.provider.provider import ImageProvider
from constructs_ims.backend.sandbox.environment import DEFAULT_REGION, harmless_variables

if TYPE_CHECKING:
    from constructs_ims.backend.client import Session
    from constructs_ims.backend.provider.regions import Regions

_ENDPOINT: Final = "http://127.0.0.1"
EPOCH: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""When a deterministic sandbox begins."""
_NAMESPACE: Final = uuid.UUID("7e0b5f0a-5d0e-5c39-9c55-0a3e3a8f8d51")


@dataclass(slots=True)
class Counting:
    """Ids that are the same in every run: UUIDs made of a running number."""

    _numbers: Any = field(default_factory=itertools.count)

    def __call__(self) -> str:
        """Return the next id."""
        return str(uuid.uuid5(_NAMESPACE, str(next(self._numbers))))


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """Waiting by the service's clock: what waits moves the clock on, and no time passes."""

    clock: Clock

    def now(self) -> float:
        """Return the seconds that the clock was moved by."""
        return self.clock.advanced

    def wait(self, stopped: threading.Event, seconds: float) -> bool:
        """Move the clock on; return whether the run is ``stopped``."""
        self.clock.reach(self.now() + seconds)
        return stopped.is_set()


class Delays:
    """Holds calls back by the service's clock: each moves it on, and no time passes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._of_thread = threading.local()

    def sleep(self, seconds: float) -> None:
        """Move the clock on."""
        self._clock.reach(self._clock.advanced + seconds)
        self._of_thread.waited = self.waited() + seconds

    def waited(self) -> float:
        """Return the seconds that calls in this thread were held back."""
        return float(getattr(self._of_thread, "waited", 0.0))


class WorldStore(Store):
    """A store whose images can be copied out and in as a whole."""

    def copy_to(self, database: sqlite3.Connection) -> None:
        """Make ``database`` a copy of this one."""
        with self._lock:
            self._connection.backup(database)

    def copy_from(self, database: sqlite3.Connection) -> None:
        """Make this database a copy of ``database``."""
        with self._lock:
            database.backup(self._connection)
            upgrade_database(self._connection)


class World:
    """An IMS service in process: a store of images, an account, and the application over both.

    ``database`` is a file or ``":memory:"``. A deterministic world has its own clock and numbers its ids; only requests
    are still signed with the time of day, which nothing shows.
    """

    def __init__(
        self,
        account: Account,
        database: str | Path = ":memory:",
        *,
        deterministic: bool = False,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.account = account
        self.environment = environment
        ticking = Ticking(EPOCH)
        self.clock: Clock = Clock(ticking, ticking.shown) if deterministic else Clock()
        self.new_id: Callable[[], str] = Counting() if deterministic else lambda: str(uuid.uuid4())
        self.store: WorldStore = WorldStore(database, clock=self.clock, new_id=self.new_id)
        self.controls = Controls()
        self._session: Session | None = None
        self._opening = threading.Lock()

    @property
    def service(self) -> LocalService:
        """What a provider has to know to reach the service; its endpoint exists in this process alone."""
        return LocalService(_ENDPOINT, self.account.access_key, self.account.secret_key)

    def provider(self) -> ImageProvider:
        """Return a new provider that talks to this world and reads no credentials from the environment."""
        return ImageProvider(
            sandbox=self.service,
            clients=self._regions,
            environment=harmless_variables(self.environment),
            default_region=DEFAULT_REGION,
        )

    def close(self) -> None:
        """Close the store."""
        if self._session is not None:
            self._session.close()
        self.store.close()

    def _regions(self, settings: Settings) -> Regions:
        from constructs_ims.backend.provider.regions import Regions

        return Regions(settings, self._way_in(), ServiceTime(self.store.clock))

    def _way_in(self) -> Session:
        from constructs_ims.backend.client import Credentials, Session, WsgiAdapter
        from constructs_ims.backend.emulator.app import create_app

        with self._opening:
            if self._session is None:
                delays = Delays(self.store.clock)
                app = create_app(self.store, self.account, controls=self.controls, sleep=delays.sleep)
                credentials = Credentials(self.account.access_key, self.account.secret_key)
                transport = WsgiAdapter(app, delays.waited)
                self._session = Session(credentials, transport=transport, sleep=delays.sleep)
            return self._session
