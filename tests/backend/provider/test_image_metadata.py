from __future__ import annotations

import json

import pytest

from constructs_ims.backend.provider.image_metadata import (
    DecodeError,
    empty_object,
    plan_change,
    request_body,
    state_from_image,
)
from constructs_ims.schema.image_metadata import NON_UPDATABLE
from constructs_ims.schema.paths import attribute_path
from constructs_ims.schema.values import Unknown

PRIOR = {
    **empty_object(),
    "id": "6d1e",
    "region": "cn-north-4",
    "name": "ubuntu",
    "visibility": "private",
    "protected": False,
    "min_ram": 0,
    "min_disk": 80,
    "tags": ["a=1", "b=2"],
    "status": "queued",
}


def changed(**given: object) -> dict[str, object]:
    return {**PRIOR, **given}


def test_creation_leaves_every_computed_attribute_that_is_not_given_unknown():
    plan = plan_change(None, {**empty_object(), "name": "ubuntu"}, force_new=False)
    assert plan.planned is not None
    known = {name for name, value in plan.planned.items() if value is not Unknown}
    assert known == {"name", "enable_force_new", "timeouts"}


def test_creation_remembers_the_timeout_as_the_vendors_provider_does():
    plan = plan_change(None, {**empty_object(), "timeouts": {"delete": "2m"}}, force_new=False)
    assert json.loads(plan.private) == {"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": {"delete": 120000000000}}


def test_an_id_in_the_configuration_cannot_choose_the_id():
    plan = plan_change(None, {**empty_object(), "id": "mine"}, force_new=False)
    assert plan.planned is not None
    assert plan.planned["id"] is Unknown


def test_deletion_keeps_what_the_provider_remembers():
    plan = plan_change(PRIOR, None, force_new=False, private=b"memory")
    assert (plan.planned, plan.private) == (None, b"memory")


CHANGES = {
    "name": ("renamed", "name can't be updated, ubuntu -> renamed"),
    "min_disk": (100, "min_disk can't be updated, 80 -> 100"),
    "protected": (True, "protected can't be updated, false -> true"),
    "tags": (["a=1"], "tags can't be updated, [a=1, b=2] -> [a=1]"),
    "disk_format": ("vhd", "disk_format can't be updated,  -> vhd"),
    "__os_version": (Unknown, "__os_version can't be updated,  -> (known after apply)"),
}


@pytest.mark.parametrize(("name", "value", "line"), [(n, v, t) for n, (v, t) in CHANGES.items()], ids=CHANGES)
def test_a_change_is_refused_in_the_vendors_words(name, value, line):
    plan = plan_change(PRIOR, changed(**{name: value}), force_new=False)
    [refusal] = plan.diagnostics
    assert refusal.summary == f"1 error occurred:\n\t* {line}\n\n"
    assert 'enable_force_new = "true"' in refusal.detail
    assert plan.requires_replace == ()


def test_all_refused_changes_are_named_in_the_vendors_order():
    plan = plan_change(PRIOR, changed(min_disk=100, name="renamed"), force_new=False)
    assert plan.diagnostics[0].summary == (
        "2 errors occurred:\n\t* name can't be updated, ubuntu -> renamed\n\t* min_disk can't be updated, 80 -> 100\n\n"
    )


def test_refused_changes_are_also_told_in_plain_words():
    (refusal,) = plan_change(PRIOR, changed(disk_format="vhd", name="renamed"), force_new=False).diagnostics
    plain = refusal.plainly()
    assert plain.summary == "Image cannot be updated"
    assert plain.detail.startswith(
        """name can't be updated, ubuntu -> renamed; disk_format can't be updated, "" -> vhd. The service cannot """
    )
    assert "set enable_force_new=True on the image" in plain.detail
    assert plain.plainly() == plain


FLAGS = [
    pytest.param(None, True, True, id="the provider allows"),
    pytest.param(None, False, False, id="nobody allows"),
    pytest.param("true", False, True, id="the resource allows what the provider does not"),
    pytest.param("false", True, False, id="the resource forbids what the provider allows"),
    pytest.param(Unknown, True, True, id="an unknown flag leaves it to the provider"),
]


@pytest.mark.parametrize(("own", "provider", "replaces"), FLAGS)
def test_who_allows_a_replacement(own, provider, replaces):
    plan = plan_change(PRIOR, changed(name="renamed", enable_force_new=own), force_new=provider)
    assert (plan.requires_replace == (attribute_path("name"),)) is replaces
    assert (plan.diagnostics == ()) is replaces


def test_another_region_replaces_without_any_flag():
    plan = plan_change(PRIOR, changed(region="cn-east-3"), force_new=False)
    assert plan.requires_replace == (attribute_path("region"),)
    assert not plan.diagnostics


@pytest.mark.parametrize(
    "given", [{"enable_force_new": "true"}, {"enable_force_new": "true", "timeouts": {"delete": "5m"}}]
)
def test_what_only_terraform_knows_changes_in_place(given):
    plan = plan_change(PRIOR, changed(**given), force_new=False)
    assert (plan.planned, plan.requires_replace, plan.diagnostics) == (changed(**given), (), ())


def test_the_request_leaves_out_what_is_empty_but_for_protected_and_tags():
    planned = {**dict.fromkeys(NON_UPDATABLE, Unknown), "min_ram": 0, "name": ""}
    assert request_body(planned) == {"protected": False, "tags": []}


def test_the_request_holds_what_is_given():
    planned = {**empty_object(), "name": "ubuntu", "protected": True, "min_disk": 80, "tags": ["", "a=1"]}
    assert request_body(planned) == {"name": "ubuntu", "protected": True, "min_disk": 80, "tags": ["a=1"]}


def test_what_the_service_leaves_out_is_empty_and_never_null():
    base = {"id": "6d1e", "enable_force_new": None, "timeouts": None}
    state = state_from_image({"name": None}, base, "cn-north-4")
    nulls = {name for name, value in state.items() if value is None}
    assert nulls == {"enable_force_new", "timeouts"}
    assert (state["name"], state["min_disk"], state["__system_support_market"], state["tags"]) == ("", 0, False, [])
    assert set(state) == set(empty_object())


def test_tags_come_sorted_and_once_each():
    assert state_from_image({"tags": ["b=2", "a=1", "b=2"]}, {}, "r")["tags"] == ["a=1", "b=2"]


WRONG = {
    "a number for a text": ({"__os_bit": 64}, "__os_bit: '' expected type 'string', got unconvertible type 'float64'"),
    "a text for a flag": ({"protected": "no"}, "protected: '' expected type 'bool', got unconvertible type 'string'"),
    "a flag for a number": ({"min_ram": True}, "min_ram: '' expected type 'int', got unconvertible type 'bool'"),
    "an object for tags": ({"tags": {}}, "tags: '' expected type '[]interface {}', got unconvertible type 'map"),
    "a number among tags": ({"tags": [1]}, "tags.0: '' expected type 'string'"),
}


@pytest.mark.parametrize(("image", "text"), WRONG.values(), ids=WRONG)
def test_a_value_of_another_type_is_an_error_in_the_vendors_words(image, text):
    with pytest.raises(DecodeError) as failure:
        state_from_image(image, {}, "r")
    assert str(failure.value).startswith(text)
