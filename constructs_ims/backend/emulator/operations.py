"""The operations of the service by name, as failures and the log of requests speak of them."""

from __future__ import annotations

from typing import Final

OPERATIONS: Final = (
    "create",
    "read",
    "list",
    "update",
    "delete",
    "upload",
    "download",
    "register",
    "export",
    "copy",
    "change_tags",
    "list_tags",
    "list_by_tags",
    "change_members",
    "list_members",
    "show_job",
    "show_quota",
    "list_os_versions",
    "show_schema",
    "list_projects",
    "list_domains",
    "list_regions",
    "show_catalog",
    "issue_token",
    "check_token",
)
"""A list that is filtered by ``id`` counts as ``read``: that is how the provider reads an image."""
