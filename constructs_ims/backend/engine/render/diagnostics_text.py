"""Diagnostics as Terraform prints them: in a box on a color terminal, plain elsewhere, short where asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from constructs_ims.backend.engine.lang.json_text import Record
from constructs_ims.backend.engine.render.snippets import Sources, range_to_json, snippet_of
from constructs_ims.backend.engine.render.text_layout import PLAIN, TextLayout, wrap_line
from constructs_ims.schema.diagnostics import Diagnostic, Explanation, Severity

_COLORS: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow"}
_RULE_WIDTH: Final = 2
_SHARED_WIDTH: Final = 1


def diagnostic_text(diagnostic: Diagnostic, sources: Sources, terminal: TextLayout = PLAIN) -> str:
    """Write a diagnostic with the object and the lines it is about."""
    return _boxed(diagnostic, sources, terminal) if terminal.color else _plain(diagnostic, sources, terminal)


def diagnostics_text(diagnostics: Iterable[Diagnostic], sources: Sources, terminal: TextLayout = PLAIN) -> str:
    """Write diagnostics one after the other, warnings of one kind as one."""
    return "".join(diagnostic_text(one, sources, terminal) for one in consolidate(in_order(diagnostics)))


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics as they are shown: warnings first, then those without a place, then by place."""
    return sorted(diagnostics, key=_order)


def _order(diagnostic: Diagnostic) -> tuple[bool, bool, str, int]:
    subject = diagnostic.subject
    if subject is None:
        return diagnostic.is_error, False, "", 0
    return diagnostic.is_error, True, subject.filename, subject.start.byte


def _plain(diagnostic: Diagnostic, sources: Sources, terminal: TextLayout) -> str:
    head = f"\n{_severity(diagnostic)}: {diagnostic.summary}\n\n"
    return head + _place(diagnostic, sources, replace(terminal, color=False)) + _detail(diagnostic, terminal.width - 1)


def _boxed(diagnostic: Diagnostic, sources: Sources, terminal: TextLayout) -> str:
    color = _COLORS[diagnostic.severity]
    head = terminal.paint(f"[bold][{color}]{_severity(diagnostic)}: [reset]")
    # Only a format is painted, so that a summary with brackets in it stays what it is.
    before, behind = terminal.paint("[bold]\0[reset]\n\n").split("\0")
    body = f"{head}{before}{diagnostic.summary}{behind}{_place(diagnostic, sources, terminal)}"
    body += _detail(diagnostic, terminal.width - _RULE_WIDTH - _SHARED_WIDTH)
    start, line, end = (
        terminal.paint(f"[{color}]{mark}[reset]{gap}") for mark, gap in (("╷", ""), ("│", " "), ("╵", ""))
    )
    lines = body.removesuffix("\n").split("\n")
    return "\n".join([start, *(f"{line if text else line.strip()}{text}" for text in lines), end]) + "\n"


def _severity(diagnostic: Diagnostic) -> str:
    return "Error" if diagnostic.is_error else "Warning"


def _detail(diagnostic: Diagnostic, width: int) -> str:
    if not diagnostic.detail:
        return ""
    lines = diagnostic.detail.split("\n")
    if width > 0:
        lines = [line if line.startswith(" ") else wrap_line(line, width) for line in lines]
    return "".join(f"{line}\n" for line in lines)


def _place(diagnostic: Diagnostic, sources: Sources, terminal: TextLayout) -> str:
    subject = diagnostic.subject
    text = f"  with {diagnostic.address},\n" if diagnostic.address else ""
    if subject is None:
        return f"{text}\n" if text else ""
    snippet = snippet_of(subject, sources)
    where = f"  on {subject.filename} line {subject.start.line}"
    if snippet is None:
        return f"{text}{where}:\n  (source code not available)\n\n"
    context = f", in {snippet.context}" if snippet.context else ""
    before, inside, behind = snippet.parts
    start, end, last = terminal.paint("[underline]\0[reset]\0").split("\0")
    code = f"{before}{start}{inside}{end}{behind}{last}".split("\n")
    lines = "".join(f"{snippet.start_line + index:4d}: {line}\n" for index, line in enumerate(code))
    return f"{text}{where}{context}:\n{lines}{_explanation(diagnostic.explanation, terminal)}\n"


def _explanation(explanation: Explanation | None, terminal: TextLayout) -> str:
    """Write what stood around an expression, in lines below its code."""
    if explanation is None or not (explanation.values or explanation.signature):
        return ""
    rule, bar = (terminal.paint(f"    [dark_gray]{mark}[reset]") for mark in ("├────────────────", "│"))
    bold, plain = terminal.paint("[bold]\0[reset]").split("\0")
    lines = [rule]
    if explanation.signature is not None:
        parameters = [name for name, _ in explanation.signature.parameters]
        if explanation.signature.variadic is not None:
            parameters.append(f"{explanation.signature.variadic[0]}...")
        lines.append(f"{bar} while calling {bold}{explanation.called}{plain}({', '.join(parameters)})")
    lines += (f"{bar} {bold}{reference}{plain} {statement}" for reference, statement in explanation.values)
    return "".join(f"{line}\n" for line in lines)


def consolidate(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics with warnings of one summary as one that counts; those without a place stay as they are."""
    found = list(diagnostics)
    alike: dict[str, list[Diagnostic]] = defaultdict(list)
    for one in filter(_can_join, found):
        alike[one.summary].append(one)
    return [
        _counted(one, len(alike[one.summary]) - 1) if _can_join(one) else one
        for one in found
        if not _can_join(one) or one is alike[one.summary][0]
    ]


def _can_join(diagnostic: Diagnostic) -> bool:
    return not diagnostic.is_error and diagnostic.subject is not None


def _counted(diagnostic: Diagnostic, others: int) -> Diagnostic:
    if not others:
        return diagnostic
    warnings = f"{others} more similar warning{'s' * (others > 1)} elsewhere"
    return replace(diagnostic, detail=f"{diagnostic.detail}\n\n(and {warnings})")


def compact_warnings_text(warnings: Iterable[Diagnostic], terminal: TextLayout = PLAIN) -> str:
    """Write warnings in two lines each: what, and where; those without a place in one line each."""
    found = list(warnings)
    alike: dict[str, list[Diagnostic]] = defaultdict(list)
    for one in filter(_can_join, found):
        alike[one.summary].append(one)
    lines: list[str] = []
    for one in found:
        if one.is_error or one.subject is None:
            lines.append(f"- {one.summary}")
        elif one is alike[one.summary][0]:
            others = len(alike[one.summary]) - 1
            more = f" (and {others} more)" if others else ""
            lines += [f"- {one.summary}", f"  on {one.subject.filename} line {one.subject.start.line}{more}"]
    return terminal.paint("[bold][yellow]Warnings:[reset]\n\n") + "".join(f"{line}\n" for line in lines)


def diagnostic_to_json(diagnostic: Diagnostic, sources: Sources) -> Record:
    """Return a diagnostic as event streams and ``validate -json`` have it."""
    fields = Record(severity=str(diagnostic.severity), summary=diagnostic.summary, detail=diagnostic.detail)
    if diagnostic.address:
        fields["address"] = diagnostic.address
    if diagnostic.subject is not None:
        fields["range"] = range_to_json(diagnostic.subject)
        if snippet := snippet_of(diagnostic.subject, sources):
            fields["snippet"] = snippet.to_json(diagnostic.explanation)
    return fields
