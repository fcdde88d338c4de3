from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.terraform.versions import DEFAULT_VERSION, VersionError, parse_version, suitable_version

MET = {
    "no constraint": ([], DEFAULT_VERSION),
    "the constructs' own": ([">= 1.73.2, < 2.0.0"], DEFAULT_VERSION),
    "any minor release": (["~> 1.73"], DEFAULT_VERSION),
    "any patch": (["~> 1.80.0"], "1.80.999"),
    "an exact release": (["1.80.1"], "1.80.1"),
    "an exact release, written out": (["= v1.80.1"], "1.80.1"),
    "an upper bound": (["<= 1.75.0"], "1.75.0"),
    "an upper bound, excluded": (["< 1.75.0"], "1.74.999"),
    "a narrow gap": (["> 1.80.1, < 1.80.3"], "1.80.2"),
    "a release left out": (["!= 1.999.0, >= 1.80"], "1.999.999"),
    "several demands": (["~> 1.80", "1.85.0"], "1.85.0"),
    "the first release alone": (["< 1.73.3"], "1.73.2"),
    "a later major release": ([">= 2.0"], "2.0.999"),
    "a major release": (["~> 2"], "2.0.999"),
}


@pytest.mark.parametrize(("constraints", "version"), MET.values(), ids=MET)
def test_a_version_that_meets_all_constraints(constraints, version):
    assert suitable_version(constraints) == version


UNMET = {
    "older than the resource": (["~> 1.60.0"], "the first is 1.73.2"),
    "against each other": (["1.80.1", "1.80.2"], 'meets "1.80.1" and "1.80.2"'),
    "not a constraint": (["latest"], '"latest" is no version constraint'),
    "empty": ([""], '"" is no version constraint'),
}


@pytest.mark.parametrize(("constraints", "text"), UNMET.values(), ids=UNMET)
def test_constraints_that_cannot_be_met(constraints, text):
    with pytest.raises(VersionError, match=re.escape(text)):
        suitable_version(constraints)


@given(st.text())
def test_any_text_is_met_or_refused(text):
    with suppress(VersionError):
        parse_version(suitable_version([text]))


@pytest.mark.parametrize("text", ["1", "1.2", "v1.2.3", "1.2.3-beta", "1.2.3.4", ""])
def test_versions_have_three_numbers(text):
    with pytest.raises(VersionError):
        parse_version(text)
