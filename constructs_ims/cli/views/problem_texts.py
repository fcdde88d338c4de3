"""What is wrong with a project's stacks: which stack, which construct, which line, in words for a person or as JSON."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from constructs_ims.backend.engine.configuration.source import SourceFile, Steps
from constructs_ims.backend.engine.render.diagnostics_text import diagnostic_to_json
from constructs_ims.backend.engine.render.snippets import snippet_of
from constructs_ims.backend.engine.render.text_layout import wrap_line
from constructs_ims.cli.views.stack_files import StackFiles, object_around
from constructs_ims.schema.diagnostics import Diagnostic, SourceRange

if TYPE_CHECKING:
    from constructs_ims.cli.project.problems import Problem
    from constructs_ims.cli.views.style import Palette

WIDTH: Final = 100
_MOST_LINES: Final = 4
_ADDRESS: Final = re.compile(r"(?P<data>data\.)?(?P<type>[\w-]+)\.(?P<name>[\w-]+)")
_WORDS: Final = (
    (re.compile(r"(?<![\w-])-(?=(?:var-file|var|target|replace)\b)"), "--"),
    (re.compile(r'add a "variable" block to the configuration'), "add a TerraformVariable to the stack"),
    (re.compile(r"\broot module\b"), "stack"),
    (re.compile(r'\s*For most commands, you can disable locking with the "-lock=false"\s+flag.*', re.DOTALL), ""),
)
"""What Terraform says of its options and its language, and what that is here."""


def problem_json(problem: Problem, files: StackFiles) -> dict[str, Any]:
    """Return Terraform's form of a diagnostic, with ``stack`` and ``construct`` where they are known."""
    names = {"stack": problem.stack.name if problem.stack else None, "construct": _construct(problem, files)}
    located = replace(_readable(problem.diagnostic), subject=_subject(problem))
    texts = _texts(problem, files)
    return {**diagnostic_to_json(located, texts), **{key: name for key, name in names.items() if name}}


def problem_text(problem: Problem, style: Palette, files: StackFiles) -> str:
    """Return a problem for a person: what, where, and how to mend it."""
    told = _readable(problem.diagnostic)
    name, paint = ("Error", style.red) if problem.diagnostic.is_error else ("Warning", style.yellow)
    parts = [f"{paint(name)}: {style.bold(told.summary)}", *(f"  {line}" for line in _place(problem, style, files))]
    if told.detail:
        parts += ["", *_wrapped(told.detail)]
    return "\n" + "\n".join(parts) + "\n"


def _place(problem: Problem, style: Palette, files: StackFiles) -> list[str]:
    address, construct, subject = problem.diagnostic.address, _construct(problem, files), _telling(problem, files)
    lines = [f'in stack "{problem.stack.name}"'] if problem.stack else []
    if construct:
        lines.append(f"in construct {construct}")
    if address:
        lines.append(f"with {address}")
    if subject is not None:
        lines.append(f"on {subject.filename} line {subject.start.line}")
        if snippet := snippet_of(subject, _texts(problem, files)):
            code = snippet.code.split("\n")[:_MOST_LINES]
            lines += (style.dim(f"{snippet.start_line + index:4d}: {line}") for index, line in enumerate(code))
        explanation = problem.diagnostic.explanation
        lines += (
            f"      {reference} {statement}" for reference, statement in (explanation.values if explanation else ())
        )
    return lines


def _construct(problem: Problem, files: StackFiles) -> str | None:
    """Return the path of the construct: the one given, or that of the object, as the stack's metadata has it."""
    source = files.source(problem.stack) if problem.stack else None
    block = _block(problem, source)
    if problem.construct or source is None or block is None:
        return problem.construct
    entry = source.data
    for step in (*block, "//", "metadata", "path"):
        entry = entry.get(step) if isinstance(entry, Mapping) else None
    return entry if isinstance(entry, str) else None


def _block(problem: Problem, source: SourceFile | None) -> Steps | None:
    """Return where in the stack's file the object stands that a problem is about, by its address or its line."""
    if found := _ADDRESS.match(problem.diagnostic.address or ""):
        return "data" if found["data"] else "resource", found["type"], found["name"]
    subject = _subject(problem)
    return object_around(source, subject) if source and subject else None


def _telling(problem: Problem, files: StackFiles) -> SourceRange | None:
    """Return where in a file it is; for what Terraform places at an object's closing bracket, the object's name."""
    subject, source = _subject(problem), files.source(problem.stack) if problem.stack else None
    block = _block(problem, source)
    if source is None or block is None or source.end_range(block) != subject:
        return subject
    return source.key_range(block)


def _subject(problem: Problem) -> SourceRange | None:
    """Return where in a file it is, the file named as one would name it from here."""
    subject = problem.diagnostic.subject
    if subject is None or problem.stack is None:
        return subject
    return replace(subject, filename=os.path.relpath(problem.stack.directory / subject.filename))


def _texts(problem: Problem, files: StackFiles) -> Mapping[str, str]:
    """Return the text of the file that is spoken of, under its name from here."""
    subject = problem.diagnostic.subject
    return files.texts(problem.stack, [subject.filename]) if problem.stack and subject else {}


def _readable(diagnostic: Diagnostic) -> Diagnostic:
    """Return a diagnostic in its own plain words where it has some, else in Terraform's with ours in their midst."""
    if diagnostic.plain is not None:
        return diagnostic.plainly()
    return replace(diagnostic, summary=_in_our_words(diagnostic.summary), detail=_in_our_words(diagnostic.detail))


def _in_our_words(text: str) -> str:
    for theirs, ours in _WORDS:
        text = theirs.sub(ours, text)
    return text


def _wrapped(detail: str) -> list[str]:
    return [line if line.startswith((" ", "\t")) else wrap_line(line, WIDTH) for line in detail.split("\n")]
