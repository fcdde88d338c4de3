"""``terraform-ims``: Terraform's command line over the offline sandbox, for cdktf-cli and other tools.

Flags, prompts, exit statuses and JSON are Terraform's. ``CONSTRUCTS_IMS_ENGINE=terraform`` makes the same command line
run the real Terraform on a copy of the stack inside the sandbox.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(words: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status; ``words`` default to the process's own."""
    from constructs_ims.cli.pipes import guarded
    from constructs_ims.cli.terraform.entry import run

    try:
        return guarded(lambda: run(sys.argv[1:] if words is None else list(words), os.environ))
    except KeyboardInterrupt:
        return 1
