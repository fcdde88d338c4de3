"""Expressions made up by the kind of their value, for tests that hold answers against each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

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


ARGUMENTS = {
    "number": ["0", "1", "2", "3", "-1", "10", "0.5", "-2.5", "1.999", "16", "62", "255"],
    "string": [
        '""', '"a"', '"A b"', '"héllo"', '"a,b,,c"', '"10.0.0.0/16"', '"fe80::/10"', '"10.1.2.3/8"', '"255"', '"ff"',
        '"-7"', '"2.50"', '"true"', '"2020-02-29T23:59:59.25Z"', '"2020-02-29T23:59:59.05+05:30"', '"-1h30m"', '"36h"',
        '"YYYY-MM-DD hh:mm:ss ZZZ"', '"EEEE, DD\'th\' MMM YY h:m:s AA Z"', '"%s-%v"', '"%05d|%-6s|%q"', '"%+.2e %x"',
        '"{\\"a\\": [1, null]}"', '"a: [1, x]"', '"k,v\\n1,2\\n"', '"YWJj"', '"/a(b)?/"', '"([a-z])([0-9])?"', '"a1 b"',
        '"  x\\n"', '"UTF-16LE"', '"dns"', '"a.b/c"', '"x%20y"', '"://"', '"aXbXc"', '"X"', '" "',
    ],
    "bool": ["true", "false"],
    "dynamic": [
        "null", "[]", "{}", '["a", "b", "a"]', "[1, 2.5, -3]", '{a = 1, b = 2}', '{b = "x", a = "y"}',
        '[["a"], ["b", "c"]]',
        '[[1, [2]], 3]', 'toset(["b", "a"])', '{a = {c = 1}}', '["", null, "z"]', "[true, false]", '[{a = 1}, {a = 2}]',
        'tomap({x = ["1"], y = ["1", "2"]})', 'sensitive(["s"])', '[sensitive("s"), "t"]', '"a"', "1", "true",
        '["3", "1"]',
    ],
}  # fmt: skip
"""Arguments for functions, by the type of their parameter; some are of no use to most functions, and are refused."""


def calls(random: Random, name: str, signature: Mapping[str, Any], count: int) -> list[str]:
    """Make up calls of a function; what it is given fits its parameters' types most of the time."""
    return sorted({f"{name}({', '.join(_arguments(random, signature))})" for _ in range(count)})


def _arguments(random: Random, signature: Mapping[str, Any]) -> list[str]:
    parameters = [type_ for _, type_, _ in signature["parameters"]]
    if variadic := signature.get("variadic"):
        parameters += [variadic[1]] * random.randrange(4)
    return [_argument(random, type_) for type_ in parameters]


def _argument(random: Random, type_: Any) -> str:
    if random.random() < 0.1:
        type_ = random.choice(sorted(ARGUMENTS))
    match type_:
        case str():
            kind = type_ if type_ != "dynamic" or random.random() < 0.7 else random.choice(sorted(ARGUMENTS))
            return random.choice(ARGUMENTS[kind])
        case ["map", inner]:
            return f"{{a = {_argument(random, inner)}, b = {_argument(random, inner)}}}"
        case [_, inner]:
            return f"[{', '.join(_argument(random, inner) for _ in range(random.randrange(4)))}]"
        case _:
            return random.choice(ARGUMENTS["dynamic"])
