"""``fmt``: JSON has one form as good as another, so all there is to find are files that are not JSON, or not ours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.schema.diagnostics import Diagnostic, error

if TYPE_CHECKING:
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import Session

_HCL: Final = (".tf", ".tfvars", ".tftest.hcl")


def fmt(parsed: Parsed, session: Session) -> int:
    """Check every file that is named, or the stack's; Terraform leaves the layout of JSON alone, and so do we."""
    faults = [
        fault
        for path in _files(session.directory, parsed.words, parsed["recursive"])
        for fault in _faults(path, session.directory)
    ]
    if faults:
        raise CommandFailedError(*faults)
    return 0


def _files(directory: Path, names: Sequence[str], recursive: bool) -> Iterator[Path]:
    for path in (directory / name for name in names) if names else [directory]:
        if path.is_dir():
            found = path.rglob("*") if recursive else path.iterdir()
            yield from sorted(file for file in found if file.name.endswith((*_HCL, ".tf.json")))
        else:
            yield path


def _faults(path: Path, directory: Path) -> Iterator[Diagnostic]:
    shown = path.relative_to(directory) if path.is_relative_to(directory) else path
    if path.name.endswith(_HCL):
        detail = f"{shown} is written in HCL, and this engine reads JSON alone. Set CONSTRUCTS_IMS_ENGINE=terraform."
        yield error("Needs Terraform", detail)
        return
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        yield error("No such file", f"There is no file or directory at {shown}.")
    except (ValueError, RecursionError) as failure:
        yield error("Invalid JSON", f"{shown} does not hold JSON: {failure}.")
