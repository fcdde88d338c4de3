"""What the words of a command line mean."""

from __future__ import annotations

from constructs_ims.backend.engine.lang.addresses import InstanceAddress, parse_address
from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.schema.diagnostics import error


def read_address(word: str) -> InstanceAddress:
    """Read the address of an instance; ``CommandFailedError`` when it is none."""
    try:
        return parse_address(word)
    except ValueError as fault:
        raise CommandFailedError(error("Invalid address", str(fault))) from None
