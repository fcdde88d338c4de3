"""What is wrong with a project's stacks: which stack, which construct, which line, in words for a person or as JSON."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from constructs_ims.backend.engine.configuration.source import SourceFile, Steps, read_source
from constructs_ims.backend.engine.render.diagnostics_text import diagnostic_to_json
from constructs_ims.backend.engine.render.snippets import snippet_of
from constructs_ims.backend.engine.render.terminal import wrap_line
from constructs_ims.cli.views.diagnostics import texts_for
from constructs_ims.schema.diagnostics import Diagnostic, SourceRange

if TYPE_CHECKING:
    from constructs_ims.cli.project.problems import Problem
    from constructs_ims.cli.views.style import Style

WIDTH: Final = 100
_MOST_LINES: Final = 4
_STACK_FILE: Final = "cdk.tf.json"
_ADDRESS: Final = re.compile(r"(?P<data>data\.)?(?P<type>[\w-]+)\.(?P<name>[\w-]+)")
_WORDS: Final = (
    (re.compile(r"(?<![\w-])-(?=(?:var-file|var|target|replace)\b)"), "--"),
    (re.compile(r'add a "variable" block to the configuration'), "add a TerraformVariable to the stack"),
    (re.compile(r"\broot module\b"), "stack"),
    (re.compile(r'\s*For most commands, you can disable locking with the "-lock=false"\s+flag.*', re.DOTALL), ""),
)
"""What Terraform says of its options and its language, and what that is here."""


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return Terraform's form of a diagnostic, with ``stack`` and ``construct`` where they are known."""
    texts = _texts(problem)
    names = {"stack": problem.stack.name if problem.stack else None, "construct": _construct(problem, texts)}
    located = replace(_readable(problem.diagnostic), subject=_subject(problem))
    return {**diagnostic_to_json(located, texts), **{key: name for key, name in names.items() if name}}


def problem_text(problem: Problem, style: Style) -> str:
    """Return a problem for a person: what, where, and how to mend it."""
    told = _readable(problem.diagnostic)
    name, paint = ("Error", style.red) if problem.diagnostic.is_error else ("Warning", style.yellow)
    parts = [f"{paint(name)}: {style.bold(told.summary)}", *(f"  {line}" for line in _place(problem, style))]
    if told.detail:
        parts += ["", *_wrapped(told.detail)]
    return "\n" + "\n".join(parts) + "\n"


def _place(problem: Problem, style: Style) -> list[str]:
    texts, address = _texts(problem), problem.diagnostic.address
    construct, subject = _construct(problem, texts), _telling(problem, texts)
    lines = [f'in stack "{problem.stack.name}"'] if problem.stack else []
    if construct:
        lines.append(f"in construct {construct}")
    if address:
        lines.append(f"with {address}")
    if subject is not None:
        lines.append(f"on {subject.filename} line {subject.start.line}")
        if snippet := snippet_of(subject, texts):
            code = snippet.code.split("\n")[:_MOST_LINES]
            lines += (style.dim(f"{snippet.start_line + index:4d}: {line}") for index, line in enumerate(code))
        explanation = problem.diagnostic.explanation
        lines += (
            f"      {reference} {statement}" for reference, statement in (explanation.values if explanation else ())
        )
    return lines


def _construct(problem: Problem, texts: Mapping[str, str]) -> str | None:
    """Return the path of the construct: the one given, or that of the object, as the stack's metadata has it."""
    if problem.construct:
        return problem.construct
    entry = _content(texts)
    for step in (*(_block(problem, texts) or ("",)), "//", "metadata", "path"):
        entry = entry.get(step) if isinstance(entry, Mapping) else None
    return entry if isinstance(entry, str) else None


def _block(problem: Problem, texts: Mapping[str, str]) -> Steps | None:
    """Return where in the stack's file the object stands that a problem is about, by its address or its line."""
    if found := _ADDRESS.match(problem.diagnostic.address or ""):
        return "data" if found["data"] else "resource", found["type"], found["name"]
    source, subject = _source(problem, texts), _subject(problem)
    if source is None or subject is None:
        return None
    blocks = ((kind, type_, name) for kind in ("resource", "data") for type_, name in _names(source.data, kind))
    return next((block for block in blocks if _holds(source.argument_range(block), subject)), None)


def _names(content: Any, kind: str) -> Iterator[tuple[str, str]]:
    types = content.get(kind) if isinstance(content, Mapping) else None
    for type_, named in types.items() if isinstance(types, Mapping) else ():
        for name in named if isinstance(named, Mapping) else ():
            yield type_, name


def _holds(outer: SourceRange | None, inner: SourceRange) -> bool:
    return outer is not None and outer.start.byte <= inner.start.byte < outer.end.byte


def _source(problem: Problem, texts: Mapping[str, str]) -> SourceFile | None:
    subject = _subject(problem)
    if subject is None or os.path.basename(subject.filename) != _STACK_FILE or subject.filename not in texts:
        return None
    return read_source(subject.filename, texts[subject.filename])[0]


def _telling(problem: Problem, texts: Mapping[str, str]) -> SourceRange | None:
    """Return where in a file it is; for what Terraform places at an object's closing bracket, the object's name."""
    subject, source, block = _subject(problem), _source(problem, texts), _block(problem, texts)
    if source is None or block is None or source.end_range(block) != subject:
        return subject
    return source.key_range(block)


def _subject(problem: Problem) -> SourceRange | None:
    """Return where in a file it is, the file named as one would name it from here."""
    subject = problem.diagnostic.subject
    if subject is None or problem.stack is None:
        return subject
    return replace(subject, filename=os.path.relpath(problem.stack.directory / subject.filename))


def _texts(problem: Problem) -> Mapping[str, str]:
    """Return the texts of the stack's file and of the one that is spoken of, under their names from here."""
    if problem.stack is None:
        return {}
    directory, subject = problem.stack.directory, problem.diagnostic.subject
    texts = texts_for({_STACK_FILE, *([subject.filename] if subject else [])}, directory)
    return {os.path.relpath(directory / name): text for name, text in texts.items()}


def _content(texts: Mapping[str, str]) -> Any:
    text = next((text for name, text in texts.items() if os.path.basename(name) == _STACK_FILE), "")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


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
