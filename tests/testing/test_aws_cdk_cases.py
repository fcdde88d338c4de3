"""Cases of AWS CDK's own tests of its assertions: what matches there matches here, and what fails there fails here.

The cases are those of ``match``, ``template`` and ``capture`` in the tests of ``aws-cdk-lib/assertions``, on sections
of Terraform in place of CloudFormation's; messages are our own. One differs, and stands apart: null is absence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from constructs_ims.testing import Capture, Match, Template

UNDEFINED = object()
PEOPLE = [{"foo": "bar", "baz": "qux"}, {"waldo": "fred", "wobble": "flob"}]
HEADERS = Match.string_like_regexp(".*includeHeaders = true.*")
JSON = Match.serialized_json({"Foo": "Bar"})
NESTED_JSON = Match.serialized_json(Match.object_like({"Foo": Match.array_with(["Bar"])}))

PASSES: dict[str, tuple[Any, list[Any]]] = {
    "exactly, simple literals": (Match.exact("foo"), ["foo"]),
    "exactly, number": (Match.exact(3), [3]),
    "exactly, boolean": (Match.exact(True), [True]),
    "exactly, arrays": (Match.exact([4]), [[4]]),
    "exactly, arrays of two types": (Match.exact(["foo", 3]), [["foo", 3]]),
    "exactly, arrays of objects": (Match.exact(PEOPLE), [PEOPLE]),
    "exactly, objects": (Match.exact({"foo": "bar"}), [{"foo": "bar"}]),
    "exactly, objects with arrays": (Match.exact({"foo": [2, 3], "bar": "baz"}), [{"foo": [2, 3], "bar": "baz"}]),
    "array_with nothing": (Match.array_with([]), [[], [3]]),
    "array_with, subset": (Match.array_with([3]), [[3], [3, 5], [1, 3, 5]]),
    "array_with, gap": (Match.array_with([5, False]), [[5, False, "foo"], [5, "foo", False]]),
    "array_with, objects": (
        Match.array_with([{"foo": "bar"}]),
        [[{"fred": "waldo"}, {"foo": "bar"}, {"baz": "qux"}], [{"foo": "bar"}]],
    ),
    "array_with, nested object_like": (
        Match.array_with([Match.object_like({"foo": "bar"})]),
        [[{"baz": "qux"}, {"foo": "bar"}], [{"baz": "qux"}, {"foo": "bar", "fred": "waldo"}]],
    ),
    "array_equals": (Match.array_equals([5, False]), [[5, False]]),
    "object_like": (
        Match.object_like({"foo": "bar"}),
        [{"foo": "bar"}, {"foo": "bar", "baz": "qux"}, {"foo": "bar", "baz": {"fred": "waldo"}}],
    ),
    "object_like, partial inside": (
        Match.object_like({"baz": {"fred": "waldo"}}),
        [{"foo": "bar", "baz": {"fred": "waldo", "wobble": "flob"}}],
    ),
    "object_like, array_with inside": (
        Match.object_like({"foo": Match.array_with(["bar"])}),
        [{"foo": ["bar", "baz"], "fred": "waldo"}],
    ),
    "object_like, partial throughout arrays": (
        Match.object_like({"foo": [{"bar": "bar"}]}),
        [{"foo": [{"bar": "bar"}]}, {"boo": "boo", "foo": [{"bar": "bar"}]}, {"foo": [{"bar": "bar", "boo": "boo"}]}],
    ),
    "object_like, absent": (Match.object_like({"foo": Match.absent()}), [{"bar": "baz"}, {}]),
    "object_equals": (Match.object_equals({"foo": "bar"}), [{"foo": "bar"}]),
    "not, literal": (Match.not_("foo"), ["bar", 3]),
    "not, object": (Match.not_({"foo": "bar"}), ["bar", 3, {"foo": "baz"}, {"bar": "foo"}]),
    "not, array": (Match.not_(["foo", "bar"]), ["foo", [], ["bar"], ["foo", 3]]),
    "not, as a nested matcher": (
        Match.exact({"foo": {"bar": Match.not_([1, 2])}}),
        [{"foo": {"bar": [1]}}, {"foo": {"bar": ["baz"]}}],
    ),
    "not, with a nested matcher": (
        Match.not_({"foo": {"bar": Match.array_with([1])}}),
        [{"foo": {"bar": [2]}}, "foo"],
    ),
    "any_value": (Match.any_value(), ["foo", 5, False, [], {}]),
    "any_value in an array": (
        Match.array_equals(["foo", Match.any_value(), "bar"]),
        [["foo", "baz", "bar"], ["foo", 3, "bar"]],
    ),
    "any_value in an object": (Match.object_like({"foo": Match.any_value()}), [{"foo": "bar"}, {"foo": [1, 2]}]),
    "serialized_json, all types": (
        Match.serialized_json({"Foo": "Bar", "Baz": 3, "Boo": True, "Fred": [1, 2]}),
        ['{ "Foo": "Bar", "Baz": 3, "Boo": true, "Fred": [1, 2] }'],
    ),
    "serialized_json": (JSON, ['{ "Foo": "Bar" }']),
    "serialized_json, nested matcher": (
        NESTED_JSON,
        ['{ "Foo": ["Bar"] }', '{ "Foo": ["Bar", "Baz"] }', '{ "Foo": ["Bar", "Baz"], "Fred": "Waldo" }'],
    ),
    "absent": (Match.absent(), [UNDEFINED]),
    "string_like_regexp": (HEADERS, ["const includeHeaders = true;"]),
    "string_like_regexp in an object": (Match.object_like({"foo": HEADERS}), [{"foo": "const includeHeaders = true;"}]),
}

FAILS: dict[str, tuple[Any, list[tuple[Any, list[str]]]]] = {
    "exactly, simple literals": (
        Match.exact("foo"),
        [("bar", ['expected "foo", found "bar"']), (5, ['expected "foo" (string), found 5'])],
    ),
    "exactly, number": (Match.exact(3), [(5, ["expected 3, found 5"]), ("foo", ["expected 3 (number)"])]),
    "exactly, boolean": (Match.exact(True), [(False, ["expected true, found false"]), ("foo", ["true (boolean)"])]),
    "exactly, arrays": (Match.exact([4]), [([4, 5], ["[1]: expected nothing"]), ("foo", ["expected [4]"])]),
    "exactly, arrays of two types": (
        Match.exact(["foo", 3]),
        [(["bar", 3], ['[0]: expected "foo", found "bar"']), (["foo", 5], ["[1]: expected 3, found 5"])],
    ),
    "exactly, arrays of objects": (
        Match.exact(PEOPLE),
        [
            (PEOPLE[:1], ["[1]: expected", "found nothing"]),
            (
                [PEOPLE[0], {"waldo": "flob", "wobble": "fred"}],
                ['[1].waldo: expected "fred", found "flob"', '[1].wobble: expected "flob", found "fred"'],
            ),
            ([PEOPLE[0], {"waldo": "fred"}], ['[1].wobble: expected "flob", found nothing']),
        ],
    ),
    "exactly, objects": (
        Match.exact({"foo": "bar"}),
        [
            (5, ['expected {"foo": "bar"}, found 5']),
            (["3", 5], ['expected {"foo": "bar"}, found ["3", 5]']),
            ({"baz": "qux"}, ['baz: expected nothing, found "qux"', 'foo: expected "bar", found nothing']),
        ],
    ),
    "exactly, objects with arrays": (
        Match.exact({"foo": [2, 3], "bar": "baz"}),
        [
            ({}, ["foo: expected [2, 3], found nothing", 'bar: expected "baz", found nothing']),
            ({"bar": [2, 3], "foo": "baz"}, ['foo: expected [2, 3], found "baz"', 'bar: expected "baz" (string)']),
            ({"foo": [3, 5], "bar": "baz"}, ["foo[0]: expected 2, found 3", "foo[1]: expected 3, found 5"]),
        ],
    ),
    "array_with, subset": (Match.array_with([3]), [([5], ["expected 3 (the closest element), found 5"])]),
    "array_with, gap": (Match.array_with([5, False]), [([5, "foo"], ["[1]: expected false"])]),
    "array_with, objects": (
        Match.array_with([{"foo": "bar"}]),
        [
            ([{"foo": "baz"}], ['[0].foo: expected "bar" (the closest element), found "baz"']),
            ([{"baz": "qux"}], ['[0].foo: expected "bar" (the closest element), found nothing']),
        ],
    ),
    "array_with, not array": (
        Match.array_with([3]),
        [(3, ["expected an array with [3]"]), ({"val": 3}, ["expected an array with [3]"])],
    ),
    "array_with, out of order": (
        Match.array_with([3, 5]),
        [([5, 3], ["expected an element 5 after the first 2, found nothing"])],
    ),
    "array_with, nested object_like": (
        Match.array_with([Match.object_like({"foo": "bar"})]),
        [([{"foo": "baz", "fred": "waldo"}], ['[0].foo: expected "bar" (the closest element)'])],
    ),
    "array_equals": (
        Match.array_equals([5, False]),
        [([5, "foo", False], ["[2]: expected nothing"]), ([5, "foo"], ["[1]: expected false (boolean)"])],
    ),
    "object_like": (
        Match.object_like({"foo": "bar"}),
        [
            ({"foo": "baz"}, ['foo: expected "bar", found "baz"']),
            ({"foo": ["bar"]}, ['foo: expected "bar" (string), found ["bar"]']),
            ({"bar": "foo"}, ['foo: expected "bar", found nothing']),
            (["foo", "bar"], ['expected {"foo": "bar"}']),
            ("foo", ['expected {"foo": "bar"}, found "foo"']),
        ],
    ),
    "object_like in object_like": (
        Match.object_like({"foo": Match.object_like({"baz": "qux"})}),
        [({"foo": "baz"}, ['foo: expected {"baz": "qux"}, found "baz"'])],
    ),
    "object_like, array_with inside": (
        Match.object_like({"foo": Match.array_with(["bar"])}),
        [({"foo": ["baz"], "fred": "waldo"}, ['foo[0]: expected "bar" (the closest element)'])],
    ),
    "object_like, absent": (
        Match.object_like({"foo": Match.absent()}),
        [({"foo": "baz"}, ["foo: expected nothing"]), ({"foo": [1, 2]}, ["foo: expected nothing, found [1, 2]"])],
    ),
    "object_equals": (Match.object_equals({"foo": "bar"}), [({"foo": "bar", "baz": "qux"}, ["baz: expected nothing"])]),
    "not, literal": (Match.not_("foo"), [("foo", ['expected not "foo"'])]),
    "not, object": (Match.not_({"foo": "bar"}), [({"foo": "bar"}, ['expected not {"foo": "bar"}'])]),
    "not, array": (Match.not_(["foo", "bar"]), [(["foo", "bar"], ['expected not ["foo", "bar"]'])]),
    "not, as a nested matcher": (
        Match.exact({"foo": {"bar": Match.not_([1, 2])}}),
        [({"foo": {"bar": [1, 2]}}, ["foo.bar: expected not [1, 2]"])],
    ),
    "not, with a nested matcher": (
        Match.not_({"foo": {"bar": Match.array_with([1])}}),
        [({"foo": {"bar": [1, 2]}}, ["expected not "])],
    ),
    "any_value": (Match.any_value(), [(None, ["expected any value, found null"]), (UNDEFINED, ["found nothing"])]),
    "any_value in an array": (
        Match.array_equals(["foo", Match.any_value(), "bar"]),
        [(["foo", None, "bar"], ["[1]: expected any value, found null"])],
    ),
    "any_value in an object": (
        Match.object_like({"foo": Match.any_value()}),
        [({"foo": None}, ["foo: expected any value"]), ({}, ["foo: expected any value, found nothing"])],
    ),
    "serialized_json": (
        JSON,
        [
            ('{ "Foo": "Baz" }', ['Foo: expected "Bar", found "Baz"']),
            ('{ "Foo": 4 }', ['Foo: expected "Bar" (string), found 4']),
            ('{ "Bar": "Baz" }', ["Bar: expected nothing", 'Foo: expected "Bar", found nothing']),
            ('{ "Foo"', ["expected a string with JSON"]),
        ],
    ),
    "serialized_json, nested matcher": (
        NESTED_JSON,
        [('{ "Foo": ["Baz"] }', ['Foo[0]: expected "Bar"']), ('{ "Bar": ["Baz"] }', ["Foo: expected an array with"])],
    ),
    "absent": (Match.absent(), [("foo", ['expected nothing, found "foo"'])]),
    "string_like_regexp": (HEADERS, [("const includeHeaders = false;", ["expected a string like /"])]),
    "string_like_regexp in an object": (
        Match.object_like({"foo": HEADERS}),
        [({"foo": "const includeHeaders = false;"}, ["foo: expected a string like /"])],
    ),
}


def things(*values: Any) -> Template:
    bodies = [{} if value is UNDEFINED else {"value": value} for value in values]
    return Template.from_json({"resource": {"thing": {f"thing-{at}": body for at, body in enumerate(bodies)}}})


@pytest.mark.parametrize(("pattern", "values"), PASSES.values(), ids=PASSES)
def test_matches_what_it_matches_there(pattern: Any, values: list[Any]) -> None:
    for value in values:
        things(value).has_resource_properties("thing", {"value": pattern})
    things(*values).all_resources_properties("thing", {"value": pattern})


@pytest.mark.parametrize(("pattern", "cases"), FAILS.values(), ids=FAILS)
def test_fails_where_it_fails_there(pattern: Any, cases: list[tuple[Any, list[str]]]) -> None:
    for value, messages in cases:
        with pytest.raises(AssertionError) as failure:
            things(value).has_resource_properties("thing", {"value": pattern})
        for message in messages:
            assert message in str(failure.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Match.exact(Match.array_with(["foo"])),
        lambda: Match.exact(Match.absent()),
        lambda: Match.array_with(["foo", Match.absent()]),
        lambda: Match.array_with(["foo", Match.any_value()]),
    ],
    ids=["array_with in exact", "absent in exact", "absent in array_with", "any_value in array_with"],
)
def test_patterns_that_are_refused_there_are_refused_when_made(make: Callable[[], Any]) -> None:
    with pytest.raises(TypeError):
        make()


def test_null_is_absence_for_terraform() -> None:
    things({"foo": None}).has_resource_properties("thing", {"value": {"foo": Match.absent()}})


QUX = {"foo_bar": {"foo": {"baz": "qux"}}}
BARE = {"foo_bar": {"foo": {}}}
TWO = {"foo_bar": {"foo": {"lorem": "ipsum"}, "foo2": {"baz": "qux"}}, "not_foo": {"not_foo": {"fred": "waldo"}}}
PARTIAL = {
    "foo_bar": {"foo": {"baz": "qux", "fred": "waldo", "lorem": "ipsum"}, "foo2": {"baz": "qux", "fred": "waldo"}}
}
ARRAYS = {"foo_bar": {"foo1": {"foo": ["flob", "qux"]}, "foo2": {"flob": ["qux"]}}}
OBJECTS = {"foo_bar": {"foo1": {"foo": {"flob": "qux"}}, "foo2": {"flob": "waldo"}}}
Assertion = Callable[[Template], Any]

HOLD: dict[str, tuple[Any, Assertion]] = {
    "count": (BARE, lambda t: t.resource_count_is("foo_bar", 1)),
    "count of none": ({}, lambda t: t.resource_count_is("foo_bar", 0)),
    "properties count": (QUX, lambda t: t.resource_properties_count_is("foo_bar", {"baz": "qux"}, 1)),
    "properties count of none": ({}, lambda t: t.resource_properties_count_is("foo_bar", {"baz": "qux"}, 0)),
    "properties count, absent": (QUX, lambda t: t.resource_properties_count_is("foo_bar", {"bar": Match.absent()}, 1)),
    "properties count, not absent": (
        QUX,
        lambda t: t.resource_properties_count_is("foo_bar", {"baz": Match.absent()}, 0),
    ),
    "properties count, absent without properties": (
        BARE,
        lambda t: t.resource_properties_count_is("foo_bar", {"bar": Match.absent(), "baz": "qux"}, 0),
    ),
    "properties count, all absent": (BARE, lambda t: t.resource_properties_count_is("foo_bar", Match.absent(), 1)),
    "properties count, not": (QUX, lambda t: t.resource_properties_count_is("foo_bar", Match.not_({"baz": "boo"}), 1)),
    "properties count, not without properties": (
        BARE,
        lambda t: t.resource_properties_count_is("foo_bar", Match.not_({"baz": "qux"}), 1),
    ),
    "template_matches": (QUX, lambda t: t.template_matches({"resource": {"foo_bar": {"foo": {"baz": "qux"}}}})),
    "has_resource": (QUX, lambda t: t.has_resource("foo_bar", {"baz": "qux"})),
    "has_resource, array_with": (ARRAYS, lambda t: t.has_resource("foo_bar", {"foo": Match.array_with(["qux"])})),
    "has_resource, object_like": (PARTIAL, lambda t: t.has_resource("foo_bar", Match.object_like({"fred": "waldo"}))),
    "has_resource, absent": (QUX, lambda t: t.has_resource("foo_bar", Match.object_like({"foo": Match.absent()}))),
    "properties, absent": (QUX, lambda t: t.has_resource_properties("foo_bar", {"bar": Match.absent()})),
    "properties, all absent": (BARE, lambda t: t.has_resource_properties("foo_bar", Match.absent())),
    "properties, not": (QUX, lambda t: t.has_resource_properties("foo_bar", Match.not_({"baz": "boo"}))),
    "properties, not without properties": (
        BARE,
        lambda t: t.has_resource_properties("foo_bar", Match.not_({"baz": "qux"})),
    ),
    "all resources": (PARTIAL, lambda t: t.all_resources("foo_bar", {"baz": "qux", "fred": "waldo"})),
    "all resources, not": (TWO, lambda t: t.all_resources("foo_bar", Match.not_({"baz": "boo"}))),
    "all properties": (PARTIAL, lambda t: t.all_resources_properties("foo_bar", {"baz": "qux", "fred": "waldo"})),
    "all properties, not": (TWO, lambda t: t.all_resources_properties("foo_bar", Match.not_({"baz": "boo"}))),
}

FAIL: dict[str, tuple[Any, Assertion, list[str]]] = {
    "count, fewer": (BARE, lambda t: t.resource_count_is("foo_bar", 0), ["Expected 0 resources", "found 1"]),
    "count, more": (BARE, lambda t: t.resource_count_is("foo_bar", 2), ["Expected 2 resources", "found 1"]),
    "count, other type": (BARE, lambda t: t.resource_count_is("foo_baz", 1), ["Expected 1 resource", "found 0"]),
    "count of none": ({}, lambda t: t.resource_count_is("foo_bar", 1), ["Expected 1 resource", "found 0"]),
    "properties count": (
        QUX,
        lambda t: t.resource_properties_count_is("foo_bar", {"baz": "nope"}, 1),
        ["Expected 1 resource of type foo_bar, found 0", 'expected "nope", found "qux"'],
    ),
    "properties count, other type": (
        QUX,
        lambda t: t.resource_properties_count_is("foo_baz", {"baz": "qux"}, 1),
        ["Expected 1 resource of type foo_baz, found 0"],
    ),
    "template_matches": (
        QUX,
        lambda t: t.template_matches({"resource": {"foo_bar": {"foo": {"baz": "waldo"}}}}),
        ['expected "waldo", found "qux"'],
    ),
    "has_resource": (QUX, lambda t: t.has_resource("foo_bar", {"baz": "waldo"}), ['expected "waldo", found "qux"']),
    "has_resource, missing": (
        QUX,
        lambda t: t.has_resource("foo_bar", {"baz": "qux", "fred": "waldo"}),
        ['fred: expected "waldo", found nothing'],
    ),
    "array_with, several resources": (
        ARRAYS,
        lambda t: t.has_resource("foo_bar", {"foo": Match.array_with(["waldo"])}),
        ["2 resources of type foo_bar, but none matches", "closest", "flob"],
    ),
    "object_like, several resources": (
        OBJECTS,
        lambda t: t.has_resource("foo_bar", Match.object_like({"foo": {"flob": "foo"}})),
        ["closest", '"flob": "qux"'],
    ),
    "has_resource, absent": (
        QUX,
        lambda t: t.has_resource("foo_bar", Match.object_like({"baz": Match.absent()})),
        ["baz: expected nothing"],
    ),
    "has_resource, other type": (
        QUX,
        lambda t: t.has_resource("foo_baz", {"baz": "qux"}),
        ["no resource of type foo_baz"],
    ),
    "properties, absent without properties": (
        BARE,
        lambda t: t.has_resource_properties("foo_bar", {"bar": Match.absent(), "baz": "qux"}),
        ['baz: expected "qux", found nothing'],
    ),
    "all resources, none": (
        TWO,
        lambda t: t.all_resources("foo_bar", {"fred": "waldo"}),
        ["2 resources of type foo_bar, but none matches", "foo_bar.foo", "foo_bar.foo2"],
    ),
    "all resources, some": (
        TWO,
        lambda t: t.all_resources("foo_bar", {"lorem": "ipsum"}),
        ["2 resources of type foo_bar, but only 1", "foo_bar.foo2"],
    ),
    "all properties, some": (
        TWO,
        lambda t: t.all_resources_properties("foo_bar", {"lorem": "ipsum"}),
        ["2 resources of type foo_bar, but only 1", "foo_bar.foo2"],
    ),
}


@pytest.mark.parametrize(("resources", "assertion"), HOLD.values(), ids=HOLD)
def test_assertion_holds_as_there(resources: Any, assertion: Assertion) -> None:
    assertion(Template.from_json({"resource": resources}))


@pytest.mark.parametrize(("resources", "assertion", "messages"), FAIL.values(), ids=FAIL)
def test_assertion_fails_as_there(resources: Any, assertion: Assertion, messages: list[str]) -> None:
    with pytest.raises(AssertionError) as failure:
        assertion(Template.from_json({"resource": resources}))

    for message in messages:
        assert message in str(failure.value)


def test_find_outputs_as_there() -> None:
    outputs = {"foo": {"value": "fred", "description": "a"}, "bar": {"value": "fred"}, "baz": {"value": "waldo"}}
    template = Template.from_json({"output": outputs})

    assert template.find_outputs("*", {"value": "fred"}) == {name: outputs[name] for name in ("foo", "bar")}
    assert template.find_outputs("*", {"value": "other"}) == {}
    assert template.find_outputs("foo", {"value": "fred"}) == {"foo": outputs["foo"]}
    assert template.find_outputs("foo", {"value": "waldo"}) == {}
    with pytest.raises(AssertionError, match=r"1 output named baz, but none matches(.|\n)*expected \"fred\""):
        template.has_output("baz", {"value": "fred"})
    with pytest.raises(AssertionError, match="no output named fred"):
        template.has_output("fred", {"value": "fred"})


def test_captures_as_there() -> None:
    capture = Capture()
    with pytest.raises(AssertionError, match="No value captured"):
        capture.as_string()
    bars = {
        "bar1": {"baz": "qux", "real": True},
        "bar2": {"baz": "waldo", "real": True},
        "bar3": {"baz": 1, "real": False},
    }
    Template.from_json({"resource": {"foo_bar": bars}}).has_resource(
        "foo_bar", Match.object_like({"baz": capture, "real": True})
    )

    assert capture.as_string() == "qux"
    assert capture.next()
    assert capture.as_string() == "waldo"
    assert not capture.next()


def test_captures_inside_of_array_with_and_object_like_as_there() -> None:
    color = Capture()
    hair = Match.object_like({"Name": "HairColor", "Value": color})
    people = [{"Name": "Alice", "Attributes": [{"Name": "HairColor", "Value": "Black"}]}]
    things(people).has_resource_properties(
        "thing", {"value": Match.array_with([{"Name": "Alice", "Attributes": [hair]}])}
    )

    assert color.as_string() == "Black"
