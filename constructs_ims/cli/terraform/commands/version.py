"""``version``: which Terraform this behaves as, and who answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_ims.backend.terraform.mirror import target_platform
from constructs_ims.schema.versions import TERRAFORM_VERSION

if TYPE_CHECKING:
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


def version(parsed: Parsed, session: CommandSession) -> int:
    """Print the version."""
    if parsed["json"]:
        document = {
            "terraform_version": TERRAFORM_VERSION,
            "platform": target_platform(),
            "provider_selections": {},
            "terraform_outdated": False,
        }
        session.terminal.say(json.dumps(document, indent=2))
        return 0
    session.terminal.say(f"Terraform v{TERRAFORM_VERSION}\non {target_platform()}\n+ offline engine of constructs-ims")
    return 0
