"""Captures: what they take, in what order, and what their readers refuse."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.testing import Capture, Match, Template


def template(*values: Any) -> Template:
    things = {f"thing-{number}": {"value": value, "number": number} for number, value in enumerate(values)}
    return Template.from_json({"resource": {"thing": things}})


def test_takes_the_value_that_stands_there() -> None:
    capture = Capture()
    template({"a": ["x", "y"]}).has_resource_properties("thing", {"value": {"a": ["x", capture]}})

    assert capture.as_string() == "y"
    assert not capture.next()


def test_goes_on_to_the_next_block_that_matches() -> None:
    capture = Capture()
    template("a", "b", "c").has_resource_properties("thing", {"value": capture})
    values = [capture.as_string()]
    while capture.next():
        values.append(capture.as_string())

    assert values == ["a", "b", "c"]
    assert capture.as_string() == "c"


def test_takes_nothing_from_blocks_that_do_not_match_as_a_whole() -> None:
    capture = Capture()
    template("a", "b").has_resource_properties("thing", {"value": capture, "number": 1})

    assert capture.as_string() == "b"
    assert not capture.next()


def test_takes_only_what_its_pattern_matches() -> None:
    capture = Capture(Match.array_with(["Cat"]))
    template(["Flob", "Cat"], ["Qix", "Qux"]).has_resource_properties("thing", {"value": capture})

    assert capture.as_array() == ["Flob", "Cat"]
    assert not capture.next()


def test_takes_the_same_place_twice() -> None:
    outer, inner = Capture({"a": Match.any_value()}), Capture()
    template({"a": 1, "b": 2}).has_resource_properties("thing", {"value": outer})
    template({"a": 1, "b": 2}).has_resource_properties("thing", {"value": Capture({"a": inner})})

    assert (outer.as_object(), inner.as_number()) == ({"a": 1, "b": 2}, 1)


def test_takes_what_array_with_and_serialized_json_find() -> None:
    element, nested = Capture(Match.string_like_regexp("^b")), Capture()
    template(["a", "b1", "b2"]).has_resource_properties("thing", {"value": Match.array_with([element])})
    template('{"a": 1.5}').has_resource_properties("thing", {"value": Match.serialized_json({"a": nested})})

    assert (element.as_string(), nested.as_number()) == ("b1", 1.5)
    assert not element.next()


@pytest.mark.parametrize("fails", ["has", "not", "none"])
def test_takes_nothing_when_the_assertion_fails_or_negates(fails: str) -> None:
    capture = Capture()
    if fails == "has":
        with pytest.raises(AssertionError):
            template("a").has_resource_properties("thing", {"value": capture, "number": 5})
    elif fails == "not":
        template("a").has_resource_properties("thing", {"value": Match.not_(Match.object_like({"a": capture}))})
    else:
        template("a").has_no_resource_properties("thing", {"value": capture, "number": 5})

    with pytest.raises(AssertionError, match=r"No value captured"):
        capture.as_string()


def test_takes_from_find_get_all_counts_and_whole_templates() -> None:
    things, capture = template("a", "b"), Capture()
    things.find_resources("thing", {"value": capture})
    things.get_resource("thing", {"value": capture, "number": 1})
    things.all_resources("thing", {"value": capture})
    things.resource_properties_count_is("thing", {"value": capture}, 2)
    things.template_matches({"resource": {"thing": {"thing-0": {"value": capture}}}})
    values = [capture.as_string()]
    while capture.next():
        values.append(capture.as_string())

    assert values == ["a", "b", "b", "a", "b", "a", "b", "a"]


READERS = {
    "string": ("a", Capture.as_string),
    "number": (1, Capture.as_number),
    "boolean": (True, Capture.as_boolean),
    "array": ([1], Capture.as_array),
    "object": ({"a": 1}, Capture.as_object),
}


@pytest.mark.parametrize("type_", READERS)
@pytest.mark.parametrize("reader", READERS)
def test_readers_return_their_type_and_refuse_the_others(type_: str, reader: str) -> None:
    value, (_, read) = READERS[type_][0], READERS[reader]
    capture = Capture()
    template(value).has_resource_properties("thing", {"value": capture})
    if type_ == reader:
        assert read(capture) == value
        return
    with pytest.raises(AssertionError, match=f"Captured value is {type_}, expected {reader}: "):
        read(capture)
