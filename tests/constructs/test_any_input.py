"""Whatever is given, the answer is a checked value or an ``ImsValidationError``, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from constructs_ims import (
    HuaweicloudProviderConfig,
    ImsImageMetadataConfig,
    ImsImageMetadataTimeouts,
    ImsValidationError,
    OsVersion,
)
from constructs_ims.constructs.meta_arguments import META_ARGUMENTS
from constructs_ims.schema.image_metadata import IMAGE_METADATA
from constructs_ims.schema.provider import PROVIDER

texts = st.one_of(
    st.text(max_size=300),
    st.from_regex(r"[-\w. ]{0,20}(\$\{TfToken\[TOKEN\.\d\]\}|\$\{var\.a\}|%\{if|=)?[-\w. ]{0,20}", fullmatch=True),
    st.sampled_from([*OsVersion, "10m", "zvhd2", "bare", "true", "a=b"]),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts, st.binary(max_size=5))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=12),
        st.dictionaries(st.one_of(texts, st.integers()), inner, max_size=12),
        st.tuples(inner),
    ),
    max_leaves=15,
)
IMAGE_NAMES = [
    *(attribute.python_name for attribute in IMAGE_METADATA.block.arguments),
    "timeouts",
    *META_ARGUMENTS,
    "nonsense",
]
PROVIDER_NAMES = [
    *(attribute.python_name for attribute in PROVIDER.block.arguments),
    "alias",
    "assume_role",
    "assume_role_with_oidc",
    "version_constraint",
]


def answers(make: Callable[..., Any], arguments: dict[str, Any]) -> bool:
    """Tell whether the answer is a value, or an error whose every violation is a whole sentence."""
    try:
        return make(**arguments) is not None
    except ImsValidationError as fault:
        details = [diagnostic.detail for diagnostic in fault.diagnostics if diagnostic.is_error]
        return bool(details) and all(detail.endswith((".", "?")) for detail in details)


@given(st.dictionaries(st.sampled_from(IMAGE_NAMES), values, max_size=5))
def test_image(arguments: dict[str, Any]) -> None:
    assert answers(ImsImageMetadataConfig, arguments)


@given(st.dictionaries(st.sampled_from(PROVIDER_NAMES), values, max_size=5))
def test_provider(arguments: dict[str, Any]) -> None:
    assert answers(HuaweicloudProviderConfig, arguments)


@given(values)
def test_timeouts(value: Any) -> None:
    assert answers(ImsImageMetadataTimeouts, {"delete": value})
