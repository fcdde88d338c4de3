"""What the emulator answers: one row a call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from constructs_ims.backend.emulator import doors, handlers, identity, json_schemas
from constructs_ims.backend.emulator.messages import Handler


@dataclass(frozen=True, slots=True)
class Route:
    """A call: method, path with ``{names}``, who handles it, and whether it must be signed."""

    method: str
    path: str
    handler: Handler
    operation: str = ""
    """Its name in ``operations``; the emulator's own doors have none."""
    signed: bool = True

    @property
    def is_door(self) -> bool:
        """Whether the call is the emulator's own, which needs no signature on this machine alone."""
        return self.path.startswith("/_emulator/")


ROUTES: Final = (
    Route("GET", "/", handlers.list_versions, signed=False),
    Route("POST", "/v2/images", handlers.create_image, "create"),
    Route("GET", "/v2/images", handlers.list_images_natively, "list"),
    Route("GET", "/v2/images/{id}", handlers.show_image, "read"),
    Route("DELETE", "/v2/images/{id}", handlers.delete_image, "delete"),
    Route("GET", "/v2/cloudimages", handlers.list_images, "list"),
    Route("GET", "/v1/cloudimages/os_version", handlers.list_os_versions, "list_os_versions"),
    Route("GET", "/v2/schemas/image", json_schemas.show_image_schema, "show_schema"),
    Route("GET", "/v2/schemas/images", json_schemas.show_images_schema, "show_schema"),
    Route("GET", "/v3", identity.show_version, signed=False),
    Route("GET", "/v3/projects", identity.list_projects, "list_projects"),
    Route("GET", "/v3/auth/domains", identity.list_domains, "list_domains"),
    Route("POST", "/v3/auth/tokens", identity.issue_token, "issue_token", signed=False),
    Route("GET", "/_emulator/health", doors.show_health, signed=False),
    Route("POST", "/_emulator/reset", doors.reset, signed=False),
    Route("GET", "/_emulator/images", doors.list_all_images, signed=False),
    Route("GET", "/_emulator/requests", doors.list_requests, signed=False),
    Route("DELETE", "/_emulator/requests", doors.clear_requests, signed=False),
    Route("GET", "/_emulator/failures", doors.list_failures, signed=False),
    Route("POST", "/_emulator/failures", doors.add_failure, signed=False),
    Route("DELETE", "/_emulator/failures", doors.clear_failures, signed=False),
    Route("PATCH", "/_emulator/images/{id}", doors.change_image, signed=False),
    Route("DELETE", "/_emulator/images/{id}", doors.remove_image, signed=False),
)
