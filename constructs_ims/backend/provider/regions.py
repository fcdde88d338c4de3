"""One client per region of the account, opened on first use."""

from __future__ import annotations

import threading
from collections.abc import Callable

from constructs_ims.backend.client import Credentials, IamClient, ImsClient, RetryPolicy, Session
from constructs_ims.backend.client.errors import RegionError
from constructs_ims.backend.provider.configuration import Settings
from constructs_ims.backend.provider.timer import REAL_TIME, Timer


class Regions:
    """The clients of a configured provider, by region; safe to share between threads."""

    def __init__(self, settings: Settings, session: Session, timer: Timer = REAL_TIME) -> None:
        self.timer = timer
        """By which the provider waits for the service."""
        self._settings = settings
        self._session = session
        self._lock = threading.Lock()
        self._clients: dict[str, ImsClient] = {}

    @classmethod
    def over_http(cls, settings: Settings, sleep: Callable[[float], None]) -> Regions:
        """Open the way to the service's socket; ``sleep`` waits between attempts of a request."""
        return cls(settings, Session(credentials(settings), retries=RetryPolicy(settings.max_retries), sleep=sleep))

    def client(self, region: str | None) -> tuple[str, ImsClient]:
        """Return the region's name and client, None being the provider's region.

        Raise ``ClientError`` when the account has no project there, or the region cannot be reached.
        """
        name = region or self._settings.region
        if self._settings.pinned and name != self._settings.region:
            raise RegionError(
                "Resource-level region must be the same as Provider-level region when using customizing endpoints"
            )
        with self._lock:
            if name not in self._clients:
                self._clients[name] = self._open(name)
            return name, self._clients[name]

    def _open(self, region: str) -> ImsClient:
        # The project is asked for even where the block names one: that is an account's, unknown to a local service.
        project = IamClient(self._session, self._settings.identity_endpoint).project_id(region)
        return ImsClient(self._session, self._settings.service.endpoint, project)


def credentials(settings: Settings) -> Credentials:
    """Return the key pair that requests are signed with."""
    return Credentials(settings.service.access_key, settings.service.secret_key)
