"""Files that are no JSON: every fault as Terraform 1.11.4 tells it, where it stands, and what is read of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.backend.engine.configuration.source import read_source
from constructs_ims.schema.values import Unknown

START = "A JSON value must start with a brace, a bracket, a number, a string, or a keyword."
NO_BRACE = "No closing brace was found for this JSON object."
NO_BRACKET = "No closing bracket was found for this JSON array."
NO_COMMA = "A comma must appear between each property definition in an object."
NO_COMMA_IN_ARRAY = "A comma must appear between each value in an array."
NO_TEXT = "A JSON object property name must be a string"
NUMBER = "There is a syntax error in the given JSON number."
STRING = "There is a syntax error in the given JSON string."


@pytest.mark.parametrize(
    ("text", "faults", "data"),
    [
        ('{"a": [1, 2', [("Unclosed object", NO_BRACKET, 7), ("Unclosed object", NO_BRACE, 1)], Unknown),
        ('{"a": {"b": 1', [("Unclosed object", NO_BRACE, 7), ("Unclosed object", NO_BRACE, 1)], Unknown),
        (
            '{"a": 1,}',
            [
                (
                    "Trailing comma in object",
                    "JSON does not permit a trailing comma after the final property in an object.",
                    8,
                )
            ],
            Unknown,
        ),
        (
            "[1,]",
            [
                (
                    "Trailing comma in array",
                    "JSON does not permit a trailing comma after the final value in an array.",
                    3,
                )
            ],
            Unknown,
        ),
        (
            '{"a": 1]',
            [("Mismatched braces", "A JSON object must be closed with a brace, not a bracket.", 9)],
            Unknown,
        ),
        ("[1}", [("Mismatched brackets", "A JSON array must be closed with a bracket, not a brace.", 4)], Unknown),
        ('{"a": 1 "b": 2}', [("Missing attribute seperator comma", NO_COMMA, 16)], Unknown),
        ("[1 2]", [("Missing attribute seperator comma", NO_COMMA_IN_ARRAY, 6)], Unknown),
        ('[1 {"x": [2]} ]', [("Missing attribute seperator comma", NO_COMMA_IN_ARRAY, 16)], Unknown),
        (
            '{"a": [1 2], "b": 3}',
            [("Missing attribute seperator comma", NO_COMMA_IN_ARRAY, 12)],
            {"a": Unknown, "b": 3},
        ),
        (
            '{"a": {"x": 1 "y": 2}, "b": tru}',
            [
                ("Missing attribute seperator comma", NO_COMMA, 22),
                ("Invalid JSON keyword", '"tru" is not a valid JSON keyword. Did you mean "true"?', 29),
            ],
            {"a": Unknown, "b": Unknown},
        ),
        (
            "{a: 1}",
            [
                ("Invalid JSON keyword", '"a" is not a valid JSON keyword.', 2),
                ("Invalid object property name", NO_TEXT, 2),
            ],
            Unknown,
        ),
        ("{1: 2}", [("Invalid object property name", NO_TEXT, 2)], Unknown),
        ("{,}", [("Invalid start of value", START, 2), ("Invalid object property name", NO_TEXT, 2)], Unknown),
        (
            '{"a" 1}',
            [
                (
                    "Missing property value colon",
                    "A colon must appear between an object property's name and its value.",
                    6,
                )
            ],
            Unknown,
        ),
        (
            '{"a" = 1}',
            [
                (
                    "Missing property value colon",
                    "JSON uses a colon as its name/value delimiter, not an equals sign.",
                    6,
                )
            ],
            Unknown,
        ),
        *(
            (
                text,
                [
                    (
                        "Missing object value",
                        "A JSON object attribute must have a value, introduced by a colon.",
                        5,
                    )
                ],
                Unknown,
            )
            for text in ('{"a"}', '{"a",}')
        ),
        ('{"a": }', [("Missing JSON value", START, 7)], {"a": Unknown}),
        (
            '{"a": ]}',
            [
                ("Missing array element value", START, 7),
                ("Mismatched braces", "A JSON object must be closed with a brace, not a bracket.", 8),
            ],
            Unknown,
        ),
        ("", [("Missing value", "The JSON data ends prematurely.", 1)], Unknown),
        ("{} {}", [("Extraneous data after value", "Extra characters appear after the JSON value.", 4)], {}),
        ("[1, 2] x", [("Extraneous data after value", "Extra characters appear after the JSON value.", 8)], [1, 2]),
        ('{"a": none}', [("Invalid JSON keyword", '"none" is not a valid JSON keyword.', 7)], {"a": Unknown}),
        *(
            (
                f'{{"a": {word}}}',
                [("Invalid JSON keyword", f'The JavaScript identifier "{word}" cannot be used in JSON.', 7)],
                {"a": Unknown},
            )
            for word in ("NaN", "Infinity", "undefined")
        ),
        *(
            (f'{{"a": {number}, "b": [true, false, null]}}', [("Invalid JSON number", NUMBER, 7)], None)
            for number in ("01", "1.2.3", "+1", ".5", "-")
        ),
        ('{"a": "x', [("Invalid JSON string", STRING, 9), ("Unclosed object", NO_BRACE, 1)], Unknown),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_faults_are_told_with_their_places(text: str, faults: list[tuple[str, str, int]], data: Any) -> None:
    source, found = read_source("cdk.tf.json", text)

    places = [(one.summary, one.detail, one.subject.start.column if one.subject else 0) for one in found]
    assert places == faults
    assert source.data == ({"a": Unknown, "b": [True, False, None]} if data is None else data)


def test_fault_in_a_later_line_stands_there() -> None:
    _, found = read_source("cdk.tf.json", '{"a": 1,\n "b": [1,\n}')

    assert [(one.summary, one.subject and (one.subject.start.line, one.subject.start.column)) for one in found] == [
        ("Missing JSON value", (3, 1)),
        ("Mismatched brackets", (3, 2)),
        ("Unclosed object", (1, 1)),
    ]
