"""Diagnostics as Terraform printed them, and the rules for many of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.lang.json_text import to_compact
from constructs_ims.backend.engine.render.diagnostics_text import (
    compact_warnings_text,
    diagnostic_text,
    diagnostic_to_json,
    diagnostics_text,
)
from constructs_ims.backend.engine.render.snippets import json_context
from constructs_ims.backend.engine.render.text_layout import TextLayout
from constructs_ims.schema.diagnostics import (
    Diagnostic,
    Severity,
    SourcePosition,
    SourceRange,
    error,
    warning,
)

RECORDED = json.loads((Path(__file__).parents[3] / "testdata" / "diagnostics.json").read_text())
CASES = [
    pytest.param(case, one, id=f"{case['name']}-{index}")
    for case in RECORDED
    for index, one in enumerate(case["diagnostics"])
]


def position(fields: dict[str, int]) -> SourcePosition:
    return SourcePosition(fields["line"], fields["column"], fields["byte"])


def diagnostic_of(fields: dict[str, Any]) -> Diagnostic:
    place = fields["range"]
    subject = SourceRange(place["filename"], position(place["start"]), position(place["end"]))
    return Diagnostic(Severity(fields["severity"]), fields["summary"], fields["detail"], subject=subject)


@pytest.mark.parametrize(("case", "fields"), CASES)
@pytest.mark.parametrize("color", [False, True], ids=["plain", "colored"])
def test_diagnostic_is_printed_as_terraform_did(case: dict[str, Any], fields: dict[str, Any], color: bool) -> None:
    text = diagnostic_text(diagnostic_of(fields), {"main.tf.json": case["file"]}, TextLayout(color=color))

    assert text in case["colored" if color else "plain"]


@pytest.mark.parametrize(("case", "fields"), CASES)
def test_diagnostic_is_json_as_terraforms(case: dict[str, Any], fields: dict[str, Any]) -> None:
    found = diagnostic_to_json(diagnostic_of(fields), {"main.tf.json": case["file"]})

    assert json.loads(to_compact(found)) == fields


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["name"])
def test_diagnostics_are_printed_in_the_order_of_their_places(case: dict[str, Any]) -> None:
    found = [diagnostic_of(fields) for fields in case["diagnostics"]]
    found.sort(key=lambda one: one.summary != "Unclosed object")

    assert diagnostics_text(found, {"main.tf.json": case["file"]}) == case["plain"]


def test_object_without_a_file_is_named() -> None:
    found = error("Invalid image name", "It is too long.").at(address="thing.a")

    assert diagnostic_text(found, {}) == "\nError: Invalid image name\n\n  with thing.a,\n\nIt is too long.\n"


def test_missing_source_is_admitted() -> None:
    place = SourceRange("gone.tf.json", SourcePosition(3, 1, 9), SourcePosition(3, 2, 10))

    assert "  on gone.tf.json line 3:\n  (source code not available)\n" in diagnostic_text(
        error("Broken").at(subject=place), {}
    )


def test_long_details_are_wrapped_and_indented_lines_kept() -> None:
    found = error("Sad", "word " * 30 + "\n  " + "x" * 100)

    lines = diagnostic_text(found, {}, TextLayout(width=40)).split("\n")

    assert max(len(line) for line in lines if line.startswith("word")) <= 39
    assert "  " + "x" * 100 in lines


def test_warnings_alike_are_told_once() -> None:
    place = SourceRange("x", SourcePosition(3, 1, 9), SourcePosition(3, 2, 10))
    odd = [warning("Odd", letter).at(subject=place) for letter in "abc"]

    text = diagnostics_text([error("Bad"), *odd], {})

    where = "  on x line 3:\n  (source code not available)\n\n"
    assert text == f"\nWarning: Odd\n\n{where}a\n\n(and 2 more similar warnings elsewhere)\n\nError: Bad\n\n"


def test_warnings_without_a_place_are_told_each() -> None:
    text = diagnostics_text([warning("Odd", "a"), warning("Odd", "b")], {})

    assert text == "\nWarning: Odd\n\na\n\nWarning: Odd\n\nb\n"


def test_compact_warnings_take_two_lines() -> None:
    place = SourceRange("main.tf.json", SourcePosition(3, 1, 9), SourcePosition(3, 2, 10))

    assert compact_warnings_text([*(warning("Odd").at(subject=place) for _ in "ab"), *[warning("Rare")] * 2]) == (
        "Warnings:\n\n- Odd\n  on main.tf.json line 3 (and 1 more)\n- Rare\n- Rare\n"
    )
    assert compact_warnings_text([warning("Odd")], TextLayout(color=True)) == (
        "\x1b[1m\x1b[33mWarnings:\x1b[0m\n\n\x1b[0m- Odd\n"
    )


@pytest.mark.parametrize(
    ("mark", "context"),
    [
        ("§1", "resource.a.b[0]"),
        ("§2", "resource.a.b[1].deep"),
        ("§3", "resource.a"),
        ("§4", ""),
    ],
)
def test_context_names_the_containers_around(mark: str, context: str) -> None:
    text = '{"resource": {"a": {"b": [{"x": "§1"}, {"deep": {"y, {": "§2"}}], "z": "§3"}}, "w": "§4"}'

    assert json_context(text, text.encode().index(mark.encode())) == context
