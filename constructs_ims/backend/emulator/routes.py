"""What the emulator answers: one row a call."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from constructs_ims.backend.emulator import (
    admin,
    files,
    handlers,
    identity,
    jobs,
    json_schemas,
    members,
    quotas,
    tags,
    updates,
    webpage,
)
from constructs_ims.backend.emulator.messages import Handler

JSON: Final = "application/json"


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
    media_types: Collection[str] = (JSON,)
    """What its body may be, where it has one."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_admin(self) -> bool:
        """Whether the call is the emulator's own, which needs no signature on this machine alone."""
        return self.path.startswith("/_emulator/")

    @property
    def is_guarded(self) -> bool:
        """Whether the call needs a signature or a token where the emulator serves other machines too."""
        return self.is_admin and not self.path.startswith("/_emulator/page.")


ROUTES: Final = (
    Route("GET", "/", webpage.show_start, signed=False),
    Route("POST", "/v2/images", handlers.create_image, "create"),
    Route("GET", "/v2/images", handlers.list_images_natively, "list", query=None),
    Route("GET", "/v2/images/{id}", handlers.show_image, "read"),
    Route("PATCH", "/v2/images/{id}", updates.patch_image, "update", media_types=(updates.PATCH, updates.OLD_PATCH)),
    Route("DELETE", "/v2/images/{id}", handlers.delete_image, "delete"),
    Route("GET", "/v2/cloudimages", handlers.list_images, "list", query=None),
    Route("PATCH", "/v2/cloudimages/{id}", updates.update_image, "update"),
    Route("GET", "/v1/cloudimages/os_version", handlers.list_os_versions, "list_os_versions", query=("tag",)),
    Route("GET", "/v1/cloudimages/quota", quotas.show_quota, "show_quota"),
    Route("PUT", "/v2/images/{id}/tags/{tag}", tags.put_tag, "change_tags"),
    Route("DELETE", "/v2/images/{id}/tags/{tag}", tags.drop_tag, "change_tags"),
    Route("PUT", "/v1/cloudimages/tags", tags.set_tag, "change_tags"),
    Route("GET", "/v1/cloudimages/tags", tags.list_tags, "list_tags", query=None),
    Route("DELETE", "/v1/{project_id}/cloudimages/{id}/tags/delete", tags.delete_tags, "change_tags"),
    Route("POST", "/v2/{project_id}/images/{id}/tags", tags.add_tag, "change_tags"),
    Route("GET", "/v2/{project_id}/images/{id}/tags", tags.list_image_tags, "list_tags"),
    Route("POST", "/v2/{project_id}/images/{id}/tags/action", tags.change_tags, "change_tags"),
    Route("DELETE", "/v2/{project_id}/images/{id}/tags/{key}", tags.delete_key, "change_tags"),
    Route("GET", "/v2/{project_id}/images/tags", tags.list_project_tags, "list_tags"),
    Route("POST", "/v2/{project_id}/images/resource_instances/action", tags.find_by_tags, "list_by_tags"),
    Route("POST", "/v2/images/{id}/members", members.add_member, "change_members"),
    Route("GET", "/v2/images/{id}/members", members.list_members, "list_members", query=("limit", "marker")),
    Route("GET", "/v2/images/{id}/members/{member_id}", members.show_member, "list_members"),
    Route("PUT", "/v2/images/{id}/members/{member_id}", members.answer_offer, "change_members"),
    Route("DELETE", "/v2/images/{id}/members/{member_id}", members.remove_member, "change_members"),
    Route("POST", "/v1/cloudimages/members", members.add_members, "change_members"),
    Route("PUT", "/v1/cloudimages/members", members.answer_offers, "change_members"),
    Route("DELETE", "/v1/cloudimages/members", members.remove_members, "change_members"),
    Route(
        "GET",
        "/v1/{project_id}/cloudimages/{id}/members",
        members.list_members,
        "list_members",
        query=("limit", "marker"),
    ),
    Route("GET", "/v1/{project_id}/cloudimages/{id}/members/{member_id}", members.show_member, "list_members"),
    Route("PUT", "/v2/images/{id}/file", files.upload_file, "upload", media_types=(files.OCTETS,)),
    Route("GET", "/v2/images/{id}/file", files.download_file, "download"),
    Route("PUT", "/v1/cloudimages/{id}/upload", files.register_file, "register"),
    Route("POST", "/v1/cloudimages/{id}/file", files.export_file, "export"),
    Route("POST", "/v2.1/cloudimages/{id}/file", files.export_file, "export"),
    Route("POST", "/v1/cloudimages/{id}/copy", files.copy_image, "copy"),
    Route("POST", "/v2.1/cloudimages/{id}/copy", files.copy_image, "copy"),
    Route("POST", "/v1/cloudimages/{id}/cross_region_copy", files.copy_to_region, "copy"),
    Route("GET", "/v1/{project_id}/jobs/{job_id}", jobs.show_job, "show_job"),
    Route("GET", "/v1/cloudimages/job/{job_id}", jobs.show_job_progress, "show_job"),
    Route("GET", "/v2/schemas/image", json_schemas.show_image_schema, "show_schema"),
    Route("GET", "/v2/schemas/images", json_schemas.show_images_schema, "show_schema"),
    Route("GET", "/v2/schemas/member", json_schemas.show_member_schema, "show_schema"),
    Route("GET", "/v2/schemas/members", json_schemas.show_members_schema, "show_schema"),
    Route("GET", "/{version}", handlers.show_version, signed=False),
    Route("GET", "/v3", identity.show_version, signed=False),
    Route("GET", "/v3/projects", identity.list_projects, "list_projects", query=None),
    Route("GET", "/v3/projects/{id}", identity.show_project, "list_projects"),
    Route("GET", "/v3/regions", identity.list_regions, "list_regions"),
    Route("GET", "/v3/regions/{id}", identity.show_region, "list_regions"),
    Route("GET", "/v3/auth/projects", identity.list_projects, "list_projects"),
    Route("GET", "/v3/auth/domains", identity.list_domains, "list_domains"),
    Route("GET", "/v3/auth/catalog", identity.show_catalog, "show_catalog"),
    Route("GET", "/v3/auth/tokens", identity.check_token, "check_token", query=("nocatalog",)),
    Route("HEAD", "/v3/auth/tokens", identity.check_token, "check_token", query=("nocatalog",)),
    Route("POST", "/v3/auth/tokens", identity.issue_token, "issue_token", signed=False, query=("nocatalog",)),
    Route("GET", "/_emulator/page.css", webpage.show_style, signed=False),
    Route("GET", "/_emulator/page.js", webpage.show_script, signed=False),
    Route("GET", "/_emulator/page.json", webpage.show_settings, signed=False),
    Route("GET", "/_emulator/health", admin.show_health, signed=False),
    Route("POST", "/_emulator/reset", admin.reset, signed=False),
    Route("GET", "/_emulator/images", admin.list_all_images, signed=False, query=("limit", "offset", "name")),
    Route("GET", "/_emulator/requests", admin.list_requests, signed=False, query=("limit",)),
    Route("DELETE", "/_emulator/requests", admin.clear_requests, signed=False),
    Route("GET", "/_emulator/failures", admin.list_failures, signed=False),
    Route("POST", "/_emulator/failures", admin.add_failure, signed=False),
    Route("DELETE", "/_emulator/failures", admin.clear_failures, signed=False),
    Route("GET", "/_emulator/life-cycle", admin.show_life_cycle, signed=False),
    Route("PUT", "/_emulator/life-cycle", admin.set_life_cycle, signed=False),
    Route("GET", "/_emulator/clock", admin.show_clock, signed=False),
    Route("POST", "/_emulator/clock", admin.move_clock, signed=False),
    Route("GET", "/_emulator/quotas", admin.show_quotas, signed=False),
    Route("PUT", "/_emulator/quotas", admin.set_quotas, signed=False),
    Route("POST", "/_emulator/seed", admin.seed, signed=False),
    Route("GET", "/_emulator/snapshots", admin.list_snapshots, signed=False),
    Route("PUT", "/_emulator/snapshots/{name}", admin.save_snapshot, signed=False),
    Route("POST", "/_emulator/snapshots/{name}", admin.load_snapshot, signed=False),
    Route("DELETE", "/_emulator/snapshots/{name}", admin.delete_snapshot, signed=False),
    Route("GET", "/_emulator/openapi.json", admin.show_description, signed=False),
    Route("GET", "/_emulator/metrics", admin.show_metrics, signed=False),
    Route("PUT", "/_emulator/images/{id}/status", admin.schedule_status, signed=False),
    Route("PATCH", "/_emulator/images/{id}", admin.change_image, signed=False),
    Route("DELETE", "/_emulator/images/{id}", admin.remove_image, signed=False),
)
