"""One call that the emulator answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from constructs_ims.backend.emulator.messages import Handler

JSON: Final = "application/json"


def is_admin_path(path: str) -> bool:
    """Tell whether a path is of the emulator's own calls."""
    return path.startswith("/_emulator/")


@dataclass(frozen=True, slots=True)
class Route:
    """A call: method, path with ``{names}``, who handles it, and whether it must be signed."""

    method: str
    path: str
    handler: Handler
    operation: str = ""
    """Its name in ``operations``; the admin calls have none."""
    signed: bool = True
    query: Collection[str] | None = ()
    """The query parameters that it takes; None is a list, which filters by any attribute."""
    body: Collection[str] | None = None
    """The media types of its body; None is JSON where the method is one that sends something, and else no body."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_admin(self) -> bool:
        """Whether the call is the emulator's own, which needs no signature on this machine alone."""
        return is_admin_path(self.path)

    @property
    def media_types(self) -> Collection[str]:
        """What its body may be; none where it takes no body."""
        if self.body is not None:
            return self.body
        return (JSON,) if self.method in ("POST", "PUT", "PATCH") else ()

    @property
    def is_of_a_project(self) -> bool:
        """Whether the call is the image service's, which is asked on behalf of one project, and not IAM's."""
        return self.signed and not self.path.startswith("/v3")

    @property
    def is_guarded(self) -> bool:
        """Whether the call needs a signature or a token where the emulator serves other machines too."""
        return self.is_admin and not self.path.startswith("/_emulator/page.")
