"""No diagnostic shows a sensitive value, whatever it is given to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.lang import (
    FunctionSettings,
    MappingScope,
    Sensitive,
    evaluate,
    parse_expression,
    render_console,
)

from .test_any_input import ARGUMENTS, BLOCKING, VARIABLES
from .test_function_signatures import SIGNATURES

MARKER = "hunter2secret"
NUMBER = 70368744177664
TEXTS = [
    MARKER, f"[{MARKER}", f"{MARKER}/{MARKER}", f"10.0.0.0/{MARKER}", f"%{MARKER}", f"'{MARKER}", f'{{"{MARKER}": ',
    f'["{MARKER}"', f"*{MARKER}", f"!!{MARKER} a", f"{MARKER},{MARKER}", f"2020-01-{MARKER}", f"2020-01-01T{MARKER}",
    f"${{{MARKER}}}", f"${{{MARKER}(1)}}", f"(?P<{MARKER}", f"/({MARKER}/", f"1{MARKER}", f"{{{MARKER}",
    f"&{MARKER} [*{MARKER}]",
]  # fmt: skip
SECRETS = {
    **{f"secret{position}": Sensitive(text) for position, text in enumerate(TEXTS)},
    "secret_number": Sensitive(NUMBER),
    "secret_list": [Sensitive(MARKER), Sensitive(MARKER)],
    "secret_whole_list": Sensitive([MARKER]),
    "secret_map": {"a": Sensitive(MARKER)},
    "secret_whole_map": Sensitive({MARKER: [MARKER]}),
}
SCOPE_VARIABLES = {**VARIABLES, **SECRETS}
NAMES = sorted(SECRETS)
ROOM = [
    "<> + 1", "1 - <>", "!<>", "-<>", "<> && true", "<> < 1", "<> ? 1 : 2", "true ? <> : []", "true ? {a = <>} : [<>]",
    "<>.name", "<>[0]", "<>.*.name", "<>[*].name", "list[<>]", "map[<>]", "[1][<>]", "{a = 1}[<>]", "{(<>) = 1}.b",
    "[for item in <> : item.name]", "{for item in [1, 2] : <> => item}", "{for key, value in <> : value => key}",
    "[for item in [1] : item if <>]", '"${<>}${[<>]}"', '"%{ if <> }%{ endif }"', '"%{ for x in <> }${x.y}%{ endfor }"',
    "{a = <>}.b", "tolist([<>, []])", 'try(<>.name, file(<>))', "can(file(<>))", "templatestring(<>, {})",
    'templatestring(text, {"a b" = <>})', "templatestring(template, {a = <>})", 'templatefile("file.txt", {a = <>})',
]  # fmt: skip


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("templates")
    (made / "file.txt").write_text("${file(a)}%{ for x in a }${x}%{ endfor }")
    return made


def messages(expression: str, directory: Path) -> str:
    """Return all that is said of an expression."""
    variables = {**SCOPE_VARIABLES, "template": "${file(a)}${a.b}"}
    result = evaluate(parse_expression(expression), MappingScope(variables, FunctionSettings(base_dir=directory)))
    shown = render_console(result.value) if result.ok else ""
    return "\n".join([shown, *(f"{fault.summary}\n{fault.detail}" for fault in result.diagnostics)])


def check(expression: str, directory: Path) -> None:
    said = messages(expression, directory)

    assert MARKER not in said.replace("nonsensitive", "")
    assert str(NUMBER) not in said


FUNCTIONS = sorted(set(SIGNATURES) - BLOCKING - {"nonsensitive"})


@given(
    name=st.sampled_from(FUNCTIONS),
    arguments=st.lists(st.sampled_from(NAMES) | ARGUMENTS, min_size=1, max_size=4),
    spread=st.booleans(),
)
def test_functions(directory: Path, name: str, arguments: list[str], spread: bool) -> None:
    check(f"{name}({', '.join(arguments)}{'...' if spread else ''})", directory)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_functions_given_nothing_but_secrets(directory: Path, count: int) -> None:
    for name in FUNCTIONS:
        for secret in NAMES:
            check(f"{name}({', '.join([secret] * count)})", directory)


@pytest.mark.parametrize("pattern", ROOM)
def test_operators_and_templates(directory: Path, pattern: str) -> None:
    for secret in NAMES:
        check(pattern.replace("<>", secret), directory)
