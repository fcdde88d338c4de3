"""Expressions made up by the kind of their value, for tests that hold answers against each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random

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


def expression(
    random: Random,
    kind: str,
    depth: int,
    leaves: Mapping[str, list[str]] = LEAVES,
    productions: Mapping[str, list[str]] = PRODUCTIONS,
) -> str:
    """Make up an expression whose value is of a kind, most of the time."""
    if kind == "any" and (depth == 0 or "any" not in productions or random.random() < 0.5):
        kind = random.choice(sorted(leaves))
    if depth == 0:
        return random.choice(leaves[kind])
    pattern = random.choice(productions[kind])

    def part(placeholder: re.Match[str]) -> str:
        return expression(random, placeholder[1], random.randrange(depth), leaves, productions)

    return re.sub("<([a-z]+)>", part, pattern)
