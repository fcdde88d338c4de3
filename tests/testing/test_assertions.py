"""Assertions on blocks: which hold, which fail, and what a failure says. Many cases are AWS CDK's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.testing import Match, Template

THREE = {
    "bucket": {
        "first": {"name": "a", "size": 1, "tags": ["x"]},
        "second": {"name": "b", "size": 2, "tags": ["x", "y"]},
        "third": {"name": "c", "size": 2},
    },
    "queue": {"only": {"//": {"metadata": {"path": "stack/only", "uniqueId": "only"}}, "count": 2}},
}


@pytest.fixture(scope="module")
def template() -> Template:
    return Template.from_json({"resource": THREE, "output": {"id": {"value": "${bucket.first.id}"}}})


Assertion = Callable[[Template], Any]

HOLD: dict[str, Assertion] = {
    "count": lambda t: t.resource_count_is("bucket", 3),
    "count of none": lambda t: t.resource_count_is("topic", 0),
    "count by properties": lambda t: t.resource_properties_count_is("bucket", {"size": 2}, 2),
    "count by properties of none": lambda t: t.resource_properties_count_is("bucket", {"size": 3}, 0),
    "count by absence": lambda t: t.resource_properties_count_is("bucket", {"tags": Match.absent()}, 1),
    "one has": lambda t: t.has_resource_properties("bucket", {"name": "b", "size": 2}),
    "one has, by matcher": lambda t: t.has_resource_properties("bucket", Match.object_equals({"name": "c", "size": 2})),
    "one has no": lambda t: t.has_resource_properties("bucket", {"tags": Match.absent()}),
    "no argument at all, in part": lambda t: t.has_resource_properties("queue", {}),
    "no argument at all, absent": lambda t: t.has_resource_properties("queue", Match.absent()),
    "no argument at all, absent inside": lambda t: t.has_resource_properties("queue", {"name": Match.absent()}),
    "no argument at all, not": lambda t: t.has_resource_properties("queue", Match.not_({"name": "a"})),
    "no argument at all, not inside": lambda t: t.has_resource_properties("queue", {"name": Match.not_("a")}),
    "no argument at all, exactly": lambda t: t.has_resource_properties("queue", Match.object_equals({})),
    "whole block": lambda t: t.has_resource("queue", {"count": 2}),
    "whole block, exactly": lambda t: t.has_resource("queue", Match.exact({"count": 2})),
    "none has": lambda t: t.has_no_resource("bucket", {"size": 3}),
    "none of the type": lambda t: t.has_no_resource("topic"),
    "none has among none": lambda t: t.has_no_resource_properties("topic", {"size": 3}),
    "all have": lambda t: t.all_resources_properties("bucket", {"name": Match.string_like_regexp("^[abc]$")}),
    "all have as whole blocks": lambda t: t.all_resources("queue", {"count": 2}),
    "all are without": lambda t: t.all_resources_properties("queue", Match.absent()),
    "template": lambda t: t.template_matches({"resource": {"bucket": {"first": {"size": 1}}}}),
    "template, exactly": lambda t: t.template_matches(
        Match.exact({"resource": THREE | {"queue": {"only": {"count": 2}}}, "output": {"id": Match.any_value()}})
    ),
}


@pytest.mark.parametrize("assertion", HOLD.values(), ids=HOLD)
def test_holds(template: Template, assertion: Assertion) -> None:
    assertion(template)


FAIL: dict[str, tuple[Assertion, str]] = {
    "count": (
        lambda t: t.resource_count_is("bucket", 2),
        "Expected 2 resources of type bucket, found 3.\n   bucket.first\n   bucket.second\n   bucket.third",
    ),
    "count of one": (
        lambda t: t.resource_count_is("topic", 1),
        "Expected 1 resource of type topic, found 0.\nIt has bucket (3), queue.",
    ),
    "count by properties, too few": (
        lambda t: t.resource_properties_count_is("bucket", {"size": 2}, 3),
        "Expected 3 resources of type bucket, found 2 among 3.\n   bucket.second\n   bucket.third\n"
        "The closest is bucket.first, with 1 mismatch:",
    ),
    "count by properties, too many": (
        lambda t: t.resource_properties_count_is("bucket", {"size": 2}, 1),
        "Expected 1 resource of type bucket, found 2 among 3.\n   bucket.second\n   bucket.third",
    ),
    "none of the type": (
        lambda t: t.has_resource("topic", {}),
        "Template has no resource of type topic. It has bucket (3), queue.",
    ),
    "a similar type": (
        lambda t: t.has_resource_properties("buckets", {}),
        'Template has no resource of type buckets. It has bucket (3), queue. Did you mean "bucket"?',
    ),
    "a section that is not there": (
        lambda t: t.has_data_source("x", {}),
        "Template has no data source of type x. It has no data source at all.",
    ),
    "the only candidate": (
        lambda t: t.has_resource("queue", {"count": 3}),
        "Template has 1 resource of type queue, but none matches.\n"
        "The closest is queue.only (stack/only), with 1 mismatch:\n"
        "   {\n"
        '>>   "count": 2  <- expected 3\n'
        "   }\n"
        "   count: expected 3, found 2",
    ),
    "the candidate with the fewest mismatches": (
        lambda t: t.has_resource_properties("bucket", {"name": "c", "size": 2, "tags": ["x", "y"]}),
        "Template has 3 resources of type bucket, but none matches.\n"
        "The closest is bucket.second, with 1 mismatch:\n"
        "   {\n"
        '>>   "name": "b",  <- expected "c"\n'
        '     "size": 2,\n'
        '     "tags": ["x", "y"]\n'
        "   }\n"
        '   name: expected "c", found "b"',
    ),
    "what is missing": (
        lambda t: t.has_resource_properties("bucket", {"name": "c", "tags": ["x"], "size": 2}),
        '>>   "tags": nothing  <- expected ["x"]\n   }\n   tags: expected ["x"], found nothing',
    ),
    "what should not be there": (
        lambda t: t.has_resource_properties("bucket", Match.object_equals({"name": "c"})),
        '>>   "size": 2  <- expected nothing\n',
    ),
    "an element": (
        lambda t: t.has_resource_properties("bucket", {"name": "b", "tags": ["x", "z"]}),
        '     "tags": [\n       "x",\n>>     "y"  <- expected "z"\n     ]\n',
    ),
    "all": (
        lambda t: t.all_resources_properties("bucket", {"size": 2}),
        "Template has 3 resources of type bucket, but only 2 match.\nThe closest is bucket.first, with 1 mismatch:",
    ),
    "all, of which none": (
        lambda t: t.all_resources_properties("bucket", {"size": 5, "name": "c"}),
        "Template has 3 resources of type bucket, but none matches.\nThe closest is bucket.third, with 1 mismatch:",
    ),
    "all, lists the others": (
        lambda t: t.all_resources_properties("bucket", {"size": 5}),
        "bucket.second does not match either.\nbucket.third does not match either.",
    ),
    "all, of no resource": (
        lambda t: t.all_resources("topic", {}),
        "Template has no resource of type topic. It has bucket (3), queue.",
    ),
    "all, of no resource, absent": (lambda t: t.all_resources("topic", Match.absent()), "no resource of type topic"),
    "not there, of no resource": (lambda t: t.has_resource("topic", Match.not_({"a": 1})), "no resource of type topic"),
    "none should have": (
        lambda t: t.has_no_resource_properties("bucket", {"size": 2}),
        "Template has 2 resources of type bucket that should not be there:\n   bucket.second\n   bucket.third",
    ),
    "none should be": (
        lambda t: t.has_no_resource("queue"),
        "Template has 1 resource of type queue that should not be there:\n   queue.only (stack/only)",
    ),
    "an output": (
        lambda t: t.has_output("id", {"value": "${bucket.second.id}"}),
        'value: expected "${bucket.second.id}", found "${bucket.first.id}"',
    ),
    "an output of another name": (
        lambda t: t.has_output("ids"),
        'Template has no output named ids. It has id. Did you mean "id"?',
    ),
    "no backend": (lambda t: t.has_backend("s3"), "Template has no backend named s3. It has no backend at all."),
    "template": (
        lambda t: t.template_matches({"resource": {"bucket": {"first": {"size": 2}}}}),
        "Template does not match.\n"
        "   {\n"
        '     "output": {"id": {"value": "${bucket.first.id}"}},\n'
        '     "resource": {\n'
        '       "bucket": {\n'
        '         "first": {\n'
        '           "name": "a",\n'
        '>>         "size": 1,  <- expected 2\n'
        '           "tags": ["x"]\n'
        "         },\n"
        '         "second": {"name": "b", "size": 2, "tags": ["x", "y"]},\n'
        '         "third": {"name": "c", "size": 2}\n'
        "       },\n"
        '       "queue": {"only": {"count": 2}}\n'
        "     }\n"
        "   }\n"
        "   resource.bucket.first.size: expected 2, found 1",
    ),
}


@pytest.mark.parametrize(("assertion", "message"), FAIL.values(), ids=FAIL)
def test_failure_explains_itself(template: Template, assertion: Assertion, message: str) -> None:
    with pytest.raises(AssertionError) as failure:
        assertion(template)

    assert message in str(failure.value)


def test_find_returns_blocks_by_address(template: Template) -> None:
    assert template.find_resources("bucket", {"size": 2}) == {
        "bucket.second": THREE["bucket"]["second"],
        "bucket.third": THREE["bucket"]["third"],
    }
    assert list(template.find_resources("bucket")) == ["bucket.first", "bucket.second", "bucket.third"]
    assert template.find_resources("bucket", {"size": 3}) == {}
    assert template.find_resources("topic") == {}
    assert template.find_outputs("id") == {"id": {"value": "${bucket.first.id}"}}


def test_what_find_returns_is_a_copy(template: Template) -> None:
    template.find_resources("bucket")["bucket.first"].clear()

    template.resource_properties_count_is("bucket", {"name": "a"}, 1)


def test_get_returns_the_one_address(template: Template) -> None:
    assert template.get_resource("queue") == "queue.only"
    assert template.get_resource("bucket", {"name": "b"}) == "bucket.second"
    assert template.get_output("*") == "id"


@pytest.mark.parametrize(
    ("subject", "props", "message"),
    [
        ("topic", {}, "Template has no resource of type topic."),
        ("bucket", {"size": 3}, "but none matches"),
        ("bucket", {"size": 2}, "Template has 2 resources of type bucket that match, expected one.\n   bucket.second"),
    ],
)
def test_get_fails_for_none_and_for_several(template: Template, subject: str, props: Any, message: str) -> None:
    with pytest.raises(AssertionError) as failure:
        template.get_resource(subject, props)

    assert message in str(failure.value)


@pytest.mark.parametrize("count", [-1, "1", True, 1.0, None])
def test_count_is_a_number_of_blocks(template: Template, count: Any) -> None:
    with pytest.raises(TypeError, match="is no number of resources"):
        template.resource_count_is("bucket", count)


SECTIONS = ("resource", "data", "output", "locals", "provider", "terraform", "module", "variable")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "//", "metadata"]), inner, max_size=2)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(SECTIONS), JSON, max_size=3))
def test_any_json_is_a_template_or_refused(document: dict[str, Any]) -> None:
    try:
        any_template = Template.from_json(document)
    except ValueError:
        return
    for find in (any_template.find_resources, any_template.find_data_sources, any_template.find_outputs):
        find("*", {})
    any_template.template_matches({})


def test_long_lists_are_cut() -> None:
    many = Template.from_json({"resource": {"thing": {f"thing-{number}": {"x": number} for number in range(30)}}})

    with pytest.raises(AssertionError) as failure:
        many.resource_count_is("thing", 2)
    assert str(failure.value).endswith("   and 20 more")
    with pytest.raises(AssertionError) as failure:
        many.all_resources("thing", {"x": 0})
    assert str(failure.value).endswith("does not match either.\nNor do 19 more.")
    with pytest.raises(AssertionError) as failure:
        many.template_matches({"resource": {"thing": {f"thing-{number}": {"x": -1} for number in range(30)}}})
    assert str(failure.value).endswith("   and 10 more")


def test_among_many_values_those_that_mismatch_are_drawn() -> None:
    many = {f"key-{number:03}": number for number in range(1000)}
    template = Template.from_json({"resource": {"thing": {"one": many | {"list": list(range(1000))}}}})

    with pytest.raises(AssertionError) as failure:
        template.has_resource("thing", {"key-500": 1, "list": [*range(998), 0, 999]})
    assert str(failure.value).splitlines()[1:] == [
        "The closest is thing.one, with 2 mismatches:",
        "   {",
        "     ... 498 more",
        '     "key-498": 498,',
        '     "key-499": 499,',
        '>>   "key-500": 500,  <- expected 1',
        '     "key-501": 501,',
        '     "key-502": 502,',
        "     ... 495 more",
        '     "key-998": 998,',
        '     "key-999": 999,',
        '     "list": [',
        "       ... 996 more",
        "       996,",
        "       997,",
        ">>     998,  <- expected 0",
        "       999",
        "     ]",
        "   }",
        "   key-500: expected 1, found 500",
        "   list[998]: expected 0, found 998",
    ]
    with pytest.raises(AssertionError) as failure:
        template.has_resource("thing", {"list": [-1] * 1000})
    lines = str(failure.value).splitlines()
    assert ">>       ... 978 more" not in lines
    assert ">>     ... 978 more" in lines
    assert len(lines) < 60


def test_long_value_is_cut_in_the_line_of_its_mismatch() -> None:
    template = Template.from_json({"resource": {"thing": {"one": {"list": ["x" * 100] * 100}}}})

    with pytest.raises(AssertionError) as failure:
        template.has_resource("thing", {"list": "x"})
    assert '>>   "list": [ ... ]  <- expected "x" (string)' in str(failure.value)
    assert str(failure.value).splitlines()[-1].endswith("x...")
    assert len(str(failure.value)) < 600


@pytest.mark.parametrize(("count", "end"), [(10, "   thing.t9"), (11, "   and 1 more")])
def test_ten_blocks_are_listed(count: int, end: str) -> None:
    things = {f"t{number}": {"x": 1} for number in range(count)}
    template = Template.from_json({"resource": {"thing": things}})

    with pytest.raises(AssertionError) as failure:
        template.resource_count_is("thing", 99)
    assert str(failure.value).splitlines()[-1] == end


@pytest.mark.parametrize(("count", "end"), [(20, "thing.x19: expected 2, found 1"), (21, "   and 1 more")])
def test_twenty_mismatches_are_listed(count: int, end: str) -> None:
    template = Template.from_json({"resource": {"thing": {"one": {f"x{number}": 1 for number in range(count)}}}})

    with pytest.raises(AssertionError) as failure:
        template.has_resource("thing", {f"x{number}": 2 for number in range(count)})
    assert str(failure.value).splitlines()[-1].endswith(end.removeprefix("thing."))


@pytest.mark.parametrize(("count", "is_cut"), [(10, False), (11, True)])
def test_ten_types_are_named(count: int, is_cut: bool) -> None:
    template = Template.from_json({"resource": {f"type_{number}": {"one": {}} for number in range(count)}})

    with pytest.raises(AssertionError) as failure:
        template.has_resource("other", {})
    assert (", ...." in str(failure.value), str(failure.value).count("type_")) == (is_cut, 10)


def test_nine_others_are_told_beside_the_closest() -> None:
    template = Template.from_json({"resource": {"thing": {f"t{number}": {"x": 1} for number in range(11)}}})

    with pytest.raises(AssertionError) as failure:
        template.all_resources("thing", {"x": 2})
    assert str(failure.value).count("does not match either.") == 9


def test_large_values_that_match_are_abridged() -> None:
    large = {f"key-{number}": "value" for number in range(20)}
    template = Template.from_json({"resource": {"thing": {"one": {"large": large, "list": [large], "x": 1}}}})

    with pytest.raises(AssertionError) as failure:
        template.has_resource("thing", {"x": 2})
    assert '"large": { ... }' in str(failure.value)
    assert '"list": [ ... ]' in str(failure.value)


SECRET = "not to be shown"
KEYS = {"access_key": "AK", "secret_key": SECRET, "region": "r", "assume_role_with_oidc": [{"id_token": SECRET}]}


@pytest.mark.parametrize(
    "assertion",
    [
        lambda t: t.has_provider("huaweicloud", {"region": "other"}),
        lambda t: t.has_provider("huaweicloud", {"secret_key": "guess"}),
        lambda t: t.has_provider("huaweicloud", {"assume_role_with_oidc": [{"id_token": "guess"}]}),
        lambda t: t.template_matches({"provider": {"huaweicloud": [{"secret_key": "guess"}]}}),
        lambda t: t.template_matches({"output": 1}),
    ],
)
def test_credentials_are_not_shown(assertion: Assertion) -> None:
    template = Template.from_json({"provider": {"huaweicloud": [KEYS]}})

    template.has_provider("huaweicloud", {"secret_key": SECRET})
    with pytest.raises(AssertionError) as failure:
        assertion(template)
    assert SECRET not in str(failure.value)
    assert "guess" not in str(failure.value)


def test_template_shows_what_it_holds(template: Template) -> None:
    assert repr(template) == "Template(4 resources)"


CALLS = Template.from_json(
    {
        "module": {
            "net": {"source": "./net", "for_each": {"a": 1}, "cidr": "10.0.0.0/16"},
            "disk": {"source": "acme/disk/any", "version": "1.2.3", "cidr": "10.1.0.0/16"},
        },
        "provider": {"cloud": [{"region": "a", "alias": "west"}, {"region": "b"}]},
    }
)

INPUTS_HOLD: dict[str, Assertion] = {
    "module has": lambda t: t.has_module_properties("net", Match.object_equals({"cidr": "10.0.0.0/16"})),
    "module has none": lambda t: t.has_no_module_properties("disk", {"size": Match.any_value()}),
    "modules by inputs": lambda t: t.module_properties_count_is({"cidr": Match.string_like_regexp("^10")}, 2),
    "all modules": lambda t: t.all_modules_properties(Match.object_equals({"cidr": Match.any_value()})),
    "provider has": lambda t: t.has_provider_properties("cloud.west", Match.object_equals({"region": "a"})),
    "provider has none": lambda t: t.has_no_provider_properties("*", {"zone": Match.any_value()}),
    "providers by settings": lambda t: t.provider_properties_count_is({"region": "b"}, 1),
    "all providers": lambda t: t.all_providers_properties(Match.object_equals({"region": Match.any_value()})),
}


@pytest.mark.parametrize("assertion", INPUTS_HOLD.values(), ids=INPUTS_HOLD)
def test_inputs_and_settings_are_compared_without_meta_arguments(assertion: Assertion) -> None:
    assertion(CALLS)


@pytest.mark.parametrize(
    ("assertion", "message"),
    [
        (lambda t: t.has_module_properties("net", {"cidr": "./net"}), "1 module named net, but none matches"),
        (lambda t: t.has_no_module_properties("net", {"cidr": "10.0.0.0/16"}), "1 module named net that should not be"),
        (lambda t: t.module_properties_count_is({"cidr": "1.2.3"}, 1), "Expected 1 module, found 0"),
        (lambda t: t.all_modules_properties({"cidr": "10.0.0.0/16"}), "2 modules, but only 1 matches"),
        (lambda t: t.has_provider_properties("cloud.west", {"region": "west"}), "but none matches"),
        (lambda t: t.all_providers_properties({"region": "b"}), "but only 1 matches"),
    ],
)
def test_inputs_and_settings_that_differ_are_told(assertion: Assertion, message: str) -> None:
    with pytest.raises(AssertionError) as failure:
        assertion(CALLS)

    assert message in str(failure.value)


BLOCK = {"a": 1, "b": 2, "c": [3, 4]}


@pytest.mark.parametrize(
    ("pattern", "nothing_of_it", "nearer"),
    [
        ({"block": BLOCK, "n": 1}, {"n": 1}, {"block": {"a": 1, "b": 0, "c": [3, 0]}, "n": 0}),
        ({"block": [BLOCK], "n": 1}, {"block": [], "n": 1}, {"block": [{**BLOCK, "a": 0}], "n": 0}),
        ({"block": [BLOCK], "n": 1}, {"block": {}, "n": 1}, {"block": [{**BLOCK, "c": [0, 4]}], "n": 0}),
        ({"block": Match.array_with([BLOCK]), "n": 1}, {"n": 1}, {"block": [{**BLOCK, "c": [0, 4]}], "n": 0}),
        ({"block": Match.array_with([BLOCK]), "n": 1}, {"block": [], "n": 1}, {"block": [{**BLOCK, "a": 0}], "n": 0}),
        (
            {"text": Match.serialized_json(BLOCK), "n": 1},
            {"text": "x", "n": 1},
            {"text": '{"a": 1, "b": 0, "c": [3, 4]}', "n": 0},
        ),
    ],
)
def test_closest_is_the_one_of_which_most_is_as_expected(pattern: Any, nothing_of_it: Any, nearer: Any) -> None:
    template = Template.from_json({"resource": {"bucket": {"a": nothing_of_it, "b": nearer}}})

    with pytest.raises(AssertionError, match=r"The closest is bucket\.b"):
        template.has_resource_properties("bucket", pattern)


def test_mismatch_inside_a_serialized_text_is_drawn_where_it_stands() -> None:
    template = Template.from_json({"resource": {"bucket": {"a": {"policy": '{"Statement": [{"Effect": "Allow"}]}'}}}})

    with pytest.raises(AssertionError) as raised:
        template.has_resource_properties(
            "bucket", {"policy": Match.serialized_json({"Statement": [{"Effect": "Deny"}]})}
        )

    assert (
        '     "policy": a string with JSON {\n'
        '       "Statement": [\n'
        "         {\n"
        '>>         "Effect": "Allow"  <- expected "Deny"\n'
        "         }\n"
        "       ]\n"
        "     }\n"
    ) in str(raised.value)
