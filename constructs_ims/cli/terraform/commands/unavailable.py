"""Commands that make no sense without a network or without Terraform: each says so and fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.schema.diagnostics import error

if TYPE_CHECKING:
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession

_WITH_TERRAFORM = "Set CONSTRUCTS_IMS_ENGINE=terraform to have the real Terraform do it inside the sandbox."


def login(_parsed: Parsed, _session: CommandSession) -> int:
    """Refuse to obtain credentials."""
    _refuse("login", "The sandbox needs no credentials of a remote host, and sends none.")


def logout(_parsed: Parsed, _session: CommandSession) -> int:
    """Refuse to remove credentials."""
    _refuse("logout", "The sandbox keeps no credentials of a remote host, and leaves those of Terraform alone.")


def fmt(_parsed: Parsed, _session: CommandSession) -> int:
    """Refuse to format files."""
    _refuse("fmt", f"What a CDK synthesizes needs no form. {_WITH_TERRAFORM}")


def graph(_parsed: Parsed, _session: CommandSession) -> int:
    """Refuse to draw the graph."""
    _refuse("graph", f"The drawing is Terraform's own. {_WITH_TERRAFORM}")


def metadata(_parsed: Parsed, _session: CommandSession) -> int:
    """Refuse to describe Terraform's functions."""
    _refuse("metadata", f"The descriptions are Terraform's own. {_WITH_TERRAFORM}")


def test(_parsed: Parsed, _session: CommandSession) -> int:
    """Refuse to run Terraform's own tests."""
    _refuse("test", f"Test files are written in HCL, which this engine does not read. {_WITH_TERRAFORM}")


def providers_mirror(_parsed: Parsed, _session: CommandSession) -> int:
    """Refuse to download providers."""
    detail = (
        'Providers are not downloaded. "constructs-ims provider install DIR" lays this package\'s provider into DIR.'
    )
    _refuse("providers mirror", detail)


def _refuse(name: str, detail: str) -> NoReturn:
    raise CommandFailedError(error("Not available offline", f'"{name}" cannot be honest here. {detail}'))
