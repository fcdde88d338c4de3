"""What stacks synthesize, kept in files: how it differs from the files, and writing it to them."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Final

from constructs_ims.backend.documents.normalization import Rule, normalized_stack
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.cli.project.stack import AppStack
from constructs_ims.schema.diagnostics import error

STACK_FILE: Final = "cdk.tf.json"
SUFFIX: Final = ".cdk.tf.json"
"""How the names of kept files end, after the name of the stack; files of other names are not looked at."""


class Status(enum.StrEnum):
    """How a file stands to what is synthesized."""

    CHANGED = "changed"
    MISSING = "missing"
    OBSOLETE = "obsolete"


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not as it should be; ``content`` is what it should hold, None where it should not be there."""

    path: Path
    status: Status
    content: str | None
    diff: str

    def settle(self) -> None:
        """Make the file as it should be."""
        if self.content is None:
            self.path.unlink()
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.content, encoding="utf-8", newline="\n")


def differences(
    directory: Path,
    stacks: Iterable[AppStack],
    all_names: Iterable[str] | None,
    rules: frozenset[Rule],
    project: Path,
) -> Iterator[Difference]:
    """Compare stacks with their files; where ``all_names`` has the names of all stacks, look for files of others too.

    Paths in stacks are counted from the directory of the ``project``.
    Raise ``ProjectError`` for a stack's JSON that cannot be read.
    """
    for stack in stacks:
        path, content = directory / f"{stack.name}{SUFFIX}", _content(stack, rules, project)
        kept = path.read_text(encoding="utf-8") if path.is_file() else None
        if kept != content:
            status = Status.MISSING if kept is None else Status.CHANGED
            yield Difference(path, status, content, _diff(path, kept or "", content))
    expected = None if all_names is None else {f"{name}{SUFFIX}" for name in all_names}
    for path in sorted(directory.glob(f"*{SUFFIX}")) if expected is not None else ():
        if path.name not in (expected or ()):
            yield Difference(path, Status.OBSOLETE, None, _diff(path, path.read_text(encoding="utf-8"), ""))


def _content(stack: AppStack, rules: frozenset[Rule], project: Path) -> str:
    """Return a stack's JSON, normalised by the rules."""
    file = stack.directory / STACK_FILE
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as failure:
        raise ProjectError(error("Broken stack", f"{file} is not JSON ({failure}). Synthesize the app anew.")) from None
    return json.dumps(normalized_stack(document, rules, project), indent=2, ensure_ascii=False) + "\n"


def _diff(path: Path, kept: str, synthesized: str) -> str:
    lines = unified_diff(kept.splitlines(), synthesized.splitlines(), f"{path}", f"{path} (synthesized)", lineterm="")
    return "\n".join(lines)


def difference_error(found: Sequence[Difference]) -> ProjectError:
    """Return the error that stacks are not as they are kept."""
    names = ", ".join(f"{each.path} ({each.status})" for each in found)
    detail = f"{names}: not what the app synthesizes. If the app is right, write it anew with --update, and commit it."
    return ProjectError(error("Synthesized stacks differ", detail))
