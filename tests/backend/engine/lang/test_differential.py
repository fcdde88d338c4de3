"""Expressions are worked out by the real Terraform and by us, and must come out the same."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from constructs_ims.backend.engine.lang import (
    FunctionSettings,
    MappingScope,
    evaluate_typed,
    parse_expression,
    render_console,
)

pytestmark = pytest.mark.e2e

TESTDATA = Path(__file__).parent / "testdata"


def test_terraform_still_gives_the_recorded_values(terraform: Any) -> None:
    recorded = json.loads((TESTDATA / "values.json").read_text(), parse_float=Decimal, parse_int=Decimal)

    assert dict(zip(recorded, terraform.values(list(recorded)), strict=True)) == recorded


def test_terraform_still_gives_the_recorded_errors(terraform: Any) -> None:
    recorded = json.loads((TESTDATA / "errors.json").read_text())
    found = terraform.errors(recorded)

    assert {text: faults[0][0] for text, faults in found.items()} == {
        text: faults[0][0] for text, faults in recorded.items()
    }


# Expressions by the kind of their value, so that most of them can be worked out; ``<kind>`` stands for another one.
LEAVES = {
    "number": ["0", "1", "2", "-3", "7", "0.5", "1.25", "0.1", "1e3", "100000000000000000000"],
    "text": ['""', '"a"', '"b"', '"ab"', '"a b"', '"1"', '"2.5"', '"true"', '"é"', '"x-y_z"', '"A"', '"\\n"', '"<&>"'],
    "truth": ["true", "false"],
    "list": ["[]", '["a", "b"]', "[1, 2, 2]", '["b", 1, true]', "[null, 3]", "[[1], []]", '["c", "a", "b"]'],
    "map": ["{}", "{a = 1}", '{b = "x", a = [1]}', '{a = null, "1" = true}'],
}
PRODUCTIONS = {
    "number": [
        "(<number> + <number>)", "(<number> - <number>)", "(<number> * <number>)", "(<number> / 3)", "(<number> / 0.7)",
        "(<number> % <number>)", "-(<number>)", "abs(<number>)", "ceil(<number>)", "floor(<number>)",
        "max(<number>, <number>)", "min(<number>, <number>)", "length(<any>)", "(<truth> ? <number> : <number>)",
        "sum(<list>)", "parseint(<text>, 10)", "index(<list>, <any>)", "tonumber(<any>)", "signum(<number>)",
        "one(<list>)", "coalesce(<number>, <number>)",
    ],
    "text": [
        '"<${<any>}|${<text>}>"', "upper(<text>)", "lower(<text>)", "title(<text>)", "trimspace(<text>)",
        "strrev(<text>)", "chomp(<text>)", "join(<text>, <list>)", "replace(<text>, <text>, <text>)",
        "substr(<text>, <number>, <number>)", 'format("%s-%v", jsonencode(<any>), [<any>])',
        'format("%5s|%-5v", "${<text>}", [<any>])',
        'format("%q %#v", "${<text>}", [<any>])', 'format("%.2f|%g|%d", <number> + 0, <number> - 1, <number> * 2)',
        "(<truth> ? <text> : <text>)", "(<truth> ? <text> : <number>)", "jsonencode(<any>)", "yamlencode(<any>)",
        "md5(<text>)", "sha256(<text>)", "base64encode(<text>)", "urlencode(<text>)", "indent(2, <text>)",
        '"%{ if <truth> }${<text>}%{ else }x%{ endif }"', '"%{ for v in <list> ~} ${jsonencode(v)} %{~ endfor }"',
        "element(<list>, <number>)", "tostring(<any>)", "trim(<text>, <text>)", "lookup(<map>, <text>, <any>)",
        "coalesce(<text>, <any>)", "base64decode(base64encode(<text>))", 'replace(<text>, "/[a-b]*/", <text>)',
    ],
    "truth": [
        "(<number> < <number>)", "(<number> >= <number>)", "(<any> == <any>)", "(<any> != <any>)",
        "(<truth> && <truth>)", "(<truth> || <truth>)", "!(<truth>)", "contains(<list>, <any>)", "can(<any>)",
        "startswith(<text>, <text>)", "strcontains(<text>, <text>)", "alltrue(<list>)", "anytrue(<list>)",
        "tobool(<any>)", "issensitive(<any>)",
    ],
    "list": [
        "[<any>, <any>]", "[for v in <list> : [v]]", "[for k, v in <any> : k if v != <any>]", "tolist(<list>)",
        "toset(<list>)", "reverse(<list>)", "distinct(<list>)", "flatten(<list>)", "sort(<list>)",
        "concat(<list>, <list>)", "keys(<map>)", "values(<map>)", "setunion(<list>, <list>)",
        "setintersection(<list>, <list>)", "setsubtract(<list>, <list>)", "slice(<list>, 0, <number>)",
        "split(<text>, <text>)", "chunklist(<list>, <number>)", "(<truth> ? <list> : <list>)", "<any>[*]",
        "setproduct(<list>, <list>)", "range(<number>)", "compact(<list>)", 'regexall("[a-c]*?.", <text>)',
        "formatlist(\"%v:%v\", <list>, jsonencode(<any>))", "coalescelist(<list>, <list>)",
        "matchkeys(<list>, <list>, <list>)",
        "jsondecode(jsonencode(<list>))", "yamldecode(yamlencode(<list>))", "[<map>, <map>][*].a",
    ],
    "map": [
        '{a = <any>, "b c" = <any>}', "{(tostring(<any>)) = <any>}", "{for k, v in <any> : k => v...}",
        "{for v in <list> : jsonencode(v) => v}", "merge(<map>, <map>)", "tomap(<map>)", "zipmap(<list>, <list>)",
        "(<truth> ? <map> : <map>)", "jsondecode(jsonencode(<map>))", "transpose(<map>)",
    ],
}  # fmt: skip


def expression(random: Random, kind: str, depth: int) -> str:
    """Make up an expression whose value is of a kind, most of the time."""
    if kind == "any":
        kind = random.choice(sorted(LEAVES))
    if depth == 0:
        return random.choice(LEAVES[kind])
    pattern = random.choice(PRODUCTIONS[kind])
    return re.sub("<([a-z]+)>", lambda found: expression(random, found[1], random.randrange(depth)), pattern)


def guarded(expression: str) -> str:
    """Wrap an expression so that a failure is a value too, and the types of values are kept."""
    return f'try([{expression}], ["failed"])'


def plain_zero(shown: str) -> str:
    """Take the sign off zero: Terraform has a negative zero, which we do not follow it in."""
    return re.sub(r"-0(?![.\d])", "0", shown)


def rendered(expression: str) -> str:
    return render_console(
        evaluate_typed(parse_expression(expression), MappingScope({}, FunctionSettings(TESTDATA))).value
    )


@settings(max_examples=3, derandomize=True, phases=[Phase.generate])
@given(st.randoms(use_true_random=True))
def test_generated_expressions(terraform: Any, random: Random) -> None:
    texts = [expression(random, "any", 4) for _ in range(150)]
    wrapped = [guarded(text) for text in texts]
    whole = f"[{', '.join(wrapped)}]"

    if plain_zero(rendered(whole)) != plain_zero(terraform.console(whole)):
        ours = {text: plain_zero(rendered(guarded(text))) for text in texts}
        assert ours == {text: plain_zero(terraform.console(guarded(text))) for text in texts}
