"""Conversions, marks and JSON of values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from constructs_ims.backend.engine.lang import (
    ConversionError,
    EvaluationError,
    FunctionSettings,
    MappingScope,
    Sensitive,
    TfList,
    TfMap,
    TfSet,
    Traversal,
    convert,
    encode_json,
    equal,
    evaluate,
    from_json,
    is_sensitive,
    make_set,
    mark,
    mark_paths,
    parse_template,
    render_console,
    to_json,
    type_of,
    typed,
    undeclared,
    unmark,
)
from constructs_ims.schema.diagnostics import error
from constructs_ims.schema.paths import attribute_path
from constructs_ims.schema.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, MapType, ObjectType, SetType, Type
from constructs_ims.schema.values import Unknown


@pytest.mark.parametrize(
    ("value", "type_", "converted"),
    [
        pytest.param(Unknown, STRING, Unknown, id="unknown stays"),
        pytest.param(None, STRING, None, id="null stays"),
        pytest.param(1, STRING, "1", id="number to string"),
        pytest.param(Decimal("1.5"), STRING, "1.5", id="fraction to string"),
        pytest.param(True, STRING, "true", id="bool to string"),
        pytest.param("2.50", NUMBER, Decimal("2.5"), id="string to number"),
        pytest.param("true", BOOL, True, id="string to bool"),
        pytest.param([1, "a", None], ListType(STRING), ["1", "a", None], id="tuple to list"),
        pytest.param(["b", "a", "b"], SetType(STRING), ["a", "b"], id="tuple to set"),
        pytest.param({"a": 1}, MapType(STRING), {"a": "1"}, id="object to map"),
        pytest.param([1, Sensitive("s")], ListType(STRING), ["1", Sensitive("s")], id="marks stay"),
        pytest.param(
            {"a": 1, "extra": 2},
            ObjectType({"a": STRING, "b": NUMBER}, frozenset({"b"})),
            {"a": "1", "b": None},
            id="optional attribute",
        ),
        pytest.param([Unknown], ListType(STRING), [Unknown], id="unknown inside"),
    ],
)
def test_convert(value: Any, type_: Type, converted: Any) -> None:
    assert convert(value, type_) == converted


@pytest.mark.parametrize(
    ("value", "type_", "message"),
    [
        pytest.param("x", NUMBER, "a number is required", id="no number"),
        pytest.param("yes", BOOL, "a bool is required", id="no bool"),
        pytest.param([1], STRING, "string required", id="tuple for string"),
        pytest.param({}, ObjectType({"a": STRING}), 'attribute "a" is required', id="missing attribute"),
        pytest.param({"a": [[]]}, MapType(ListType(STRING)), 'element "a": element 0: string required', id="path"),
    ],
)
def test_refused_conversion(value: Any, type_: Type, message: str) -> None:
    with pytest.raises(ConversionError) as raised:
        convert(value, type_)

    assert str(raised.value) == message


def test_types_of_values() -> None:
    assert type_of(convert({"a": [1]}, MapType(ListType(DYNAMIC)))) == MapType(ListType(NUMBER))
    assert type_of(TfSet(["a"], STRING)) == SetType(STRING)
    assert type_of(None) == type_of(Unknown) == DYNAMIC


def test_marks_come_off_with_their_paths_and_go_back() -> None:
    value = {"a": [1, Sensitive("s")], "b": Sensitive({"c": 1})}

    plain, paths = unmark(value)

    assert plain == {"a": [1, "s"], "b": {"c": 1}}
    assert paths == (attribute_path("a", 1), attribute_path("b"))
    assert mark_paths(plain, paths) == value
    assert mark(mark("x")) == Sensitive("x")
    assert is_sensitive(value)


def test_a_mark_inside_a_set_goes_to_the_set() -> None:
    assert make_set(["b", Sensitive("a")], STRING) == Sensitive(TfSet(["a", "b"], STRING))


def test_json_there_and_back() -> None:
    value = from_json({"a": [1, Decimal("1.50")], "b": None}, None)

    assert value == {"a": [1, Decimal("1.5")], "b": None}
    assert to_json(value) == {"a": [1, 1.5], "b": None}
    assert encode_json({"b": "<&>", "a": Decimal("0.1")}) == '{"a":0.1,"b":"\\u003c\\u0026\\u003e"}'


def test_an_unknown_has_no_json() -> None:
    with pytest.raises(ValueError, match="unknown"):
        to_json([Unknown])


def test_equality_minds_types() -> None:
    assert equal([1, {"a": "x"}], [Decimal(1), {"a": "x"}])
    assert not equal(1, True)
    assert not equal(1, "1")
    assert not equal(TfList([1], NUMBER), [1])


def test_schema_types_show_through_a_scope() -> None:
    value = typed(
        {"id": Unknown, "tags": [], "name": None}, ObjectType({"id": STRING, "tags": SetType(STRING), "name": STRING})
    )
    scope = MappingScope({"x": {"y": value}})

    assert evaluate(parse_template("${true ? 1 : x.y.id}"), scope).value == "1"
    assert evaluate(parse_template("${x.y.id}"), scope).value is Unknown
    assert evaluate(parse_template("${x.y}"), scope).value == {"id": Unknown, "tags": [], "name": None}


def test_a_scope_resolves_as_far_as_it_likes() -> None:
    class Lazy:
        functions = FunctionSettings()

        def resolve(self, traversal: Traversal) -> tuple[Any, tuple[Any, ...]]:
            if traversal.root != "x":
                raise EvaluationError(error("Nowhere", traversal.root))
            return {"id": "i"}, traversal.steps[2:]

    result = evaluate(parse_template("${x.name[0].id}-${y.z}-${it.v}"), Lazy(), {"it": {"v": 1}})

    assert [fault.summary for fault in result.diagnostics] == ["Nowhere"]
    assert evaluate(parse_template("${x.name[0].id}-${it.v}"), Lazy(), {"it": {"v": 1}}).value == "i-1"


def test_a_near_name_is_suggested() -> None:
    assert undeclared(Traversal("var", attribute_path("regoin")), ["region"]).detail.endswith('Did you mean "region"?')


@pytest.mark.parametrize("name", ["timestamp()", "uuid()"])
def test_what_differs_each_time_waits_for_the_apply(name: str) -> None:
    expr = parse_template(f"${{{name}}}")

    assert evaluate(expr, MappingScope()).value is Unknown
    assert isinstance(evaluate(expr, MappingScope({}, FunctionSettings(applying=True))).value, str)


def test_the_moment_of_the_plan_comes_from_the_scope() -> None:
    scope = MappingScope({}, FunctionSettings(plan_timestamp="2026-01-02T03:04:05Z"))

    assert evaluate(parse_template("${plantimestamp()}"), scope).value == "2026-01-02T03:04:05Z"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(None, "null", id="null"),
        pytest.param(Unknown, "(known after apply)", id="unknown"),
        pytest.param(Sensitive("s"), "(sensitive value)", id="sensitive"),
        pytest.param("a\nb", "<<EOT\na\nb\nEOT", id="lines"),
        pytest.param([1, "x"], '[\n  1,\n  "x",\n]', id="tuple"),
        pytest.param(TfMap({"b": None}, STRING), 'tomap({\n  "b" = tostring(null)\n})', id="map"),
        pytest.param(TfSet([], STRING), "toset([])", id="empty set"),
        pytest.param({"a": ["x\ny"]}, '{\n  "a" = [\n    <<-EOT\n    x\n    y\n    EOT,\n  ]\n}', id="lines inside"),
    ],
)
def test_console_shows(value: Any, shown: str) -> None:
    assert render_console(value) == shown
