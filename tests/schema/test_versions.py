"""Version constraints as Terraform writes them."""

from __future__ import annotations

import pytest

from constructs_ims.schema.versions import read_constraint, read_numbers

MET = {
    "1.2.3": ("1.2.3", "1.2.3.0"),
    "= v1.2": ("1.2.0",),
    "!= 1.2": ("1.2.1", "0.1"),
    "> 1.2.3": ("1.2.4", "2"),
    ">=1.2,<2": ("1.2.0", "1.10"),
    "<= 1.2.3": ("1.2.3", "0.9.9"),
    "~> 1.2": ("1.2.0", "1.9.9"),
    "~> 1.2.3": ("1.2.3", "1.2.9"),
    "~> 0": ("1.11.4",),
    "~> 1": ("1.0.0", "1.9", "2.0.0"),
    "> 1.2.3-beta1": ("1.2.3",),
    "!= 1.2.3-beta1": ("1.2.3",),
    "1.2.3+build.5": ("1.2.3",),
}
UNMET = {
    "1.2.3": ("1.2.4", "1.2"),
    "!= 1.2": ("1.2.0",),
    "> 1.2.3": ("1.2.3", "1.2"),
    ">=1.2,<2": ("1.1.9", "2.0.0"),
    "<= 1.2.3": ("1.2.4",),
    "~> 1.2": ("1.1.9", "2.0.0"),
    "~> 1.2.3": ("1.2.2", "1.3.0"),
    "~> 1": ("0.9",),
    "1.2.3-beta1": ("1.2.3",),
    "<= 1.2.3-beta1": ("1.2.3",),
}


def allows(constraint: str, version: str) -> bool:
    return all(clause.allows(read_numbers(version)) for clause in read_constraint(constraint))


@pytest.mark.parametrize(("constraint", "version"), [(one, version) for one in MET for version in MET[one]])
def test_version_meets_a_constraint(constraint: str, version: str) -> None:
    assert allows(constraint, version)


@pytest.mark.parametrize(("constraint", "version"), [(one, version) for one in UNMET for version in UNMET[one]])
def test_version_does_not_meet_a_constraint(constraint: str, version: str) -> None:
    assert not allows(constraint, version)


@pytest.mark.parametrize("text", ["", "latest", "1.", "1.2,", "=> 1", "1 2", "1.x", "\u0661.0", "9" * 20, "9" * 4000])
def test_text_that_is_no_constraint(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_constraint(text)
