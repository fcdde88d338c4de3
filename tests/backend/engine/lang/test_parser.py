"""Parsing: what never meets the grammar, references, and that no text whatever raises."""

from __future__ import annotations

import subprocess
import sys
from random import Random
from typing import Any

import pytest

from constructs_ims.backend.engine.lang import (
    Invalid,
    Literal,
    MappingScope,
    Traversal,
    evaluate,
    parse_expression,
    parse_json,
    parse_template,
    parse_traversal,
    references,
    render_traversal,
    syntax_errors,
)
from constructs_ims.schema.diagnostics import SourcePosition

PIECES = [
    "a", "b.c", "for", "in", "if", "x", "1", "1.5e3", "0.", "${", "%{", "~", "}", "{", "[", "]", "(", ")", '"', "'",
    ",", ":", "::", "?", "=>", "=", "==", "!", "&&", "||", "&", "+", "-", "*", "/", "%", ".", "...", "\n", " ",
    "<<EOT\n", "EOT",
    "\\", "\\u00", "é", "\x00", "#", "//", "/*", "*/", "null", "true", "upper(", "endif", "else", "endfor", "$${", "@",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("${a.b.c}", ["a.b.c"], id="plain"),
        pytest.param("${a.b[0].c}", ["a.b[0].c"], id="position"),
        pytest.param('${a.b["k"].c}-${d.e}', ['a.b["k"].c', "d.e"], id="two"),
        pytest.param("${a.b[count.index].c}", ["a.b", "count.index"], id="computed index ends a reference"),
        pytest.param("${a.b[*].c}", ["a.b"], id="splat ends a reference"),
        pytest.param("${[for x in var.l : x.y if x.z == var.w]}", ["var.l", "var.w"], id="names of a loop"),
        pytest.param("${{for k, v in a.b : k => f(v, c.d)...}}", ["a.b", "c.d"], id="names of an object loop"),
        pytest.param("%{ for n in var.l }${n}${m.o}%{ endfor }", ["var.l", "m.o"], id="names of a directive"),
        pytest.param("${x.y ? {(a.b) = c.d} : e.f}", ["x.y", "a.b", "c.d", "e.f"], id="everywhere"),
    ],
)
def test_references(text: str, found: list[str]) -> None:
    assert list(map(render_traversal, references(parse_template(text)))) == found


def test_bound_names_are_no_references() -> None:
    assert references(parse_template("${tag.value}-${var.x}"), frozenset({"tag"})) == (parse_traversal("var.x"),)


def test_json_is_parsed_with_templates_in_keys_and_values() -> None:
    expr = parse_json({"${var.k}": ["${var.v}", 1, None, True, {"a": "x${var.v}"}]})

    value = evaluate(expr, MappingScope({"var": {"k": "key", "v": 5}})).value

    assert value == {"key": [5, 1, None, True, {"a": "x5"}]}


@pytest.mark.parametrize("text", ["a.b[0].c", "${a.b[0].c}"])
def test_traversal_is_parsed_bare_or_in_braces(text: str) -> None:
    parsed = parse_traversal(text)

    assert isinstance(parsed, Traversal)
    assert render_traversal(parsed) == "a.b[0].c"


@pytest.mark.parametrize("text", ["a.b[c.d]", "1 + 2", "", "a..b", "f(x)"])
def test_what_is_no_traversal_is_invalid(text: str) -> None:
    assert isinstance(parse_traversal(text), Invalid)


def test_a_fault_carries_its_place() -> None:
    (fault,) = syntax_errors(parse_template("ab ${1 +}", "main.tf.json", SourcePosition(3, 10, 40)))

    assert fault.subject is not None
    assert (fault.subject.filename, fault.subject.start) == ("main.tf.json", SourcePosition(3, 18, 48))


def test_constants_and_plain_references_need_no_grammar() -> None:
    script = (
        "import sys\n"
        "from constructs_ims.backend.engine.lang import MappingScope, evaluate, parse_template\n"
        "scope = MappingScope({'a': {'b': [{'c': 1}]}})\n"
        "print([evaluate(parse_template(text), scope).value for text in ('x', '${a.b[0].c}')])\n"
        "loaded = {name.rpartition('.')[2] for name in sys.modules if name.startswith('constructs_ims')}\n"
        "print(sorted(loaded & {'parser', 'template', 'lexer', 'strings', 'collections'}), 'lark' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines() == ["['x', 1]", "[] False"]


@pytest.mark.parametrize(
    ("opening", "closing"), [("(", ")"), ("[", "]"), ("{a=", "}"), ("upper(", ")"), ("-", ""), ("!", ""), ('"${', '}"')]
)
@pytest.mark.parametrize("depth", [30, 3000])
def test_nesting_is_bounded(opening: str, closing: str, depth: int) -> None:
    expr = parse_expression(f"{opening * depth}1{closing * depth}")
    summaries = {fault.summary for fault in syntax_errors(expr)}

    assert summaries == (set() if depth == 30 else {"Expression too deeply nested"})
    evaluate(expr, MappingScope({}))


@pytest.mark.parametrize("text", [" + ".join(["1"] * 3000), "a" + "[0]" * 3000, "a" + "[*].b" * 3000])
def test_long_chains_end_in_an_answer(text: str) -> None:
    result = evaluate(parse_expression(text), MappingScope({"a": None}))

    assert {fault.summary for fault in result.diagnostics} <= {
        "Expression too deeply nested",
        "Attempt to index null value",
    }


@pytest.mark.parametrize("seed", range(10))
def test_no_text_raises(seed: int) -> None:
    """A thousand made-up texts a seed go through every entry point of the parser and through the evaluator."""
    random = Random(seed)
    scope = MappingScope({"a": {"b": 1}, "b": {"c": [1, {"d": "x"}]}})
    for _ in range(1000):
        text = "".join(random.choice(PIECES) for _ in range(random.randint(1, 14)))
        for parsed in (parse_template(text), parse_template(f"${{{text}}}"), parse_expression(text)):
            answer: Any = evaluate(parsed, scope)
            assert isinstance(parsed, Literal) or answer.diagnostics or answer.ok
            references(parsed)
        assert isinstance(parse_traversal(text), Traversal | Invalid)
