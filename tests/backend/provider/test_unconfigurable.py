"""What only the service sets may not stand in a configuration; what is told of timeouts and tags, and when."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.backend.provider.image_metadata import empty_object, plan_change
from constructs_ims.backend.provider.provider import ImageProvider
from constructs_ims.schema.image_metadata import IMAGE_METADATA, RESOURCE_TYPE
from constructs_ims.schema.types import BOOL, NUMBER, STRING, SetType
from constructs_ims.schema.values import Unknown

DECIDED = [one for one in IMAGE_METADATA.block.attributes if one.computed and not one.is_argument]
SAMPLES: dict[Any, Any] = {STRING: "active", NUMBER: 1, BOOL: True}


def verdict(**given: Any) -> list[tuple[str, str]]:
    provider = ImageProvider(environment={})
    found = provider.validate_resource(RESOURCE_TYPE, {**empty_object(), "name": "a", **given})
    return [(one.summary, one.detail) for one in found]


@pytest.mark.parametrize("attribute", DECIDED, ids=lambda one: one.name)
@pytest.mark.parametrize("value", ["given", "unknown", "empty"])
def test_attribute_of_the_service_is_refused(attribute: Any, value: str) -> None:
    sample = ["a=b"] if isinstance(attribute.type, SetType) else SAMPLES[attribute.type]
    given = {"given": sample, "unknown": Unknown, "empty": type(sample)()}[value]

    [(summary, detail)] = verdict(**{attribute.name: given})

    assert summary == "Value for unconfigurable attribute"
    assert detail.startswith(f'Can\'t configure a value for "{attribute.name}": its value will be decided')


def test_id_is_no_argument() -> None:
    assert verdict(id="6d1e") == [("Invalid or unknown key", "")]


@pytest.mark.parametrize("timeouts", [{"delete": "5m"}, {"delete": "10"}, {}, None])
def test_changed_timeouts_alone_change_nothing(timeouts: Any) -> None:
    prior = {**empty_object(), "id": "6d1e", "name": "a", "tags": [], "timeouts": {"delete": "1m"}}

    result = plan_change(prior, {**prior, "timeouts": timeouts}, force_new=False, private=b"before")

    assert (result.planned, result.private, list(result.diagnostics)) == (prior, b"before", [])


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("10", 'missing unit in duration "10"'),
        ("soon", 'invalid duration "soon"'),
        ("", 'invalid duration ""'),
        ("5d", 'unknown unit "d" in duration "5d"'),
        ("1h5", 'missing unit in duration "1h5"'),
        ("-", 'invalid duration "-"'),
    ],
)
@pytest.mark.parametrize("prior", [None, {"name": "before", "enable_force_new": "true"}])
def test_bad_timeout_is_told_of_where_it_is_used(given: str, reason: str, prior: Any) -> None:
    wanted = {**empty_object(), "name": "a", "enable_force_new": "true", "timeouts": {"delete": given}}
    before = None if prior is None else {**empty_object(), "id": "6d1e", **prior}

    [fault] = plan_change(before, wanted, force_new=False).diagnostics

    assert fault.summary == f'Error parsing "delete" timeout: time: {reason}'
    assert verdict(timeouts={"delete": given}) == []


def test_tags_with_an_unknown_element_are_unknown_and_not_refused() -> None:
    prior = {**empty_object(), "id": "6d1e", "name": "a", "tags": ["a=b"]}

    created = plan_change(None, {**prior, "id": None, "tags": ["a=b", Unknown]}, force_new=False)
    changed = plan_change(prior, {**prior, "tags": ["a=b", Unknown]}, force_new=False)

    assert created.planned is not None
    assert created.planned["tags"] is Unknown
    assert changed.planned is not None
    assert (changed.planned["tags"], changed.requires_replace, list(changed.diagnostics)) == (Unknown, (), [])
