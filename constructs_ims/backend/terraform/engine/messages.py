"""Terraform's messages as ``-json`` prints them: diagnostics, and how many objects an apply dealt with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from constructs_ims.backend.provider.image_metadata import in_plain_words
from constructs_ims.schema.diagnostics import Diagnostic, Severity, SourcePosition, SourceRange, error, has_errors

_RESOURCE: Final = re.compile(r"""(resource|data)(?:\.| ")([\w-]+)(?:\.|" ")([\w-]+)\b.*""")
"""How the context of a snippet names a block, in JSON and in HCL."""


@dataclass(frozen=True, slots=True)
class Messages:
    """What a command of Terraform printed: its diagnostics, and the objects that it dealt with by action."""

    diagnostics: tuple[Diagnostic, ...]
    imported: int
    added: int
    changed: int
    destroyed: int


def read_messages(output: str, complaint: str, *, failed: bool) -> Messages:
    """Read the lines that a command printed; ``complaint`` is what it said outside of its JSON.

    A command that ``failed`` without a diagnostic is given one that holds what it said.
    """
    lines = list(_objects(output))
    found = [_diagnostic(line["diagnostic"]) for line in lines if line.get("type") == "diagnostic"]
    if failed and not has_errors(found):
        found.append(error("Terraform failed", complaint.strip() or output.strip() or "It did not say why."))
    done = [line["hook"]["action"] for line in lines if line.get("type") == "apply_complete"]
    imported = [line["changes"].get("import", 0) for line in lines if _is_summary(line)]
    return Messages(
        tuple(dict.fromkeys(found)),
        imported=sum(imported),
        added=done.count("create"),
        changed=done.count("update"),
        destroyed=done.count("delete"),
    )


def _objects(output: str) -> Iterator[Mapping[str, Any]]:
    for line in output.splitlines():
        if line.startswith("{"):
            try:
                message = json.loads(line)
            except ValueError:
                continue
            yield message


def _is_summary(message: Mapping[str, Any]) -> bool:
    return message.get("type") == "change_summary" and message["changes"].get("operation") == "apply"


def _diagnostic(told: Mapping[str, Any]) -> Diagnostic:
    severity = Severity.ERROR if told.get("severity") == "error" else Severity.WARNING
    subject = _range(told["range"]) if told.get("range") else None
    address = told.get("address") or None
    concerns = None if address else _concerned(told.get("snippet"))
    return in_plain_words(
        Diagnostic(
            severity, told["summary"], told.get("detail", ""), address=address, subject=subject, concerns=concerns
        )
    )


def _concerned(snippet: Mapping[str, Any] | None) -> str | None:
    """Return the resource whose block a snippet shows, None when it shows another block."""
    found = _RESOURCE.fullmatch((snippet or {}).get("context") or "")
    return f"{'data.' if found[1] == 'data' else ''}{found[2]}.{found[3]}" if found else None


def _range(told: Mapping[str, Any]) -> SourceRange:
    start, end = (_position(told[name]) for name in ("start", "end"))
    return SourceRange(told["filename"], start, end)


def _position(told: Mapping[str, int]) -> SourcePosition:
    return SourcePosition(told["line"], told["column"], told["byte"])
