"""The signer agrees with the vendor's own, request for request."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import quote

from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.client.signing import Credentials, canonical_query, sign

AT = datetime(2026, 1, 31, 8, 0, 0, tzinfo=UTC)
TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=10).map(lambda name: f"X-{name}")
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
SEGMENTS = st.lists(
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="/%"), max_size=8), max_size=4
)


def vendor_authorization(
    method: str, path: str, query: list[tuple[str, str]], headers: dict[str, str], body: bytes, key: Credentials
) -> str:
    request = SdkRequest(
        method=method,
        schema="http",
        host=headers["Host"],
        resource_path=path,
        uri=path,
        query_params=list(query),
        header_params={**headers, "X-Sdk-Date": AT.strftime("%Y%m%dT%H%M%SZ")},
        body=body,
    )
    signer = Signer(SimpleNamespace(ak=key.access_key, sk=key.secret_key))
    return str(signer.sign(request).header_params["Authorization"])


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    segments=SEGMENTS,
    query=st.lists(st.tuples(TEXT, TEXT), max_size=5),
    headers=st.dictionaries(NAMES, VALUES, max_size=4),
    body=st.binary(max_size=64),
    secret=st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable()),
)
def test_agrees_with_the_vendor(
    method: str,
    segments: list[str],
    query: list[tuple[str, str]],
    headers: dict[str, str],
    body: bytes,
    secret: str,
) -> None:
    path = "/" + "/".join(quote(segment, safe="") for segment in segments)
    unique = {name.lower(): value for name, value in headers.items()} | {"Host": "127.0.0.1:8765"}
    key = Credentials("ACCESSKEY", secret)

    ours = sign(key, method, path, query, unique, body, AT)

    assert ours["Authorization"] == vendor_authorization(method, path, query, unique, body, key)


def test_known_signature() -> None:
    """One signature in full, so that a change of both libraries at once is seen."""
    signed = sign(
        Credentials("ACCESSKEY", "secret"),
        "GET",
        "/v2/cloudimages",
        [("id", "7"), ("__os_bit", "64")],
        {"Host": "127.0.0.1:8765"},
        b"",
        AT,
    )

    assert signed["X-Sdk-Date"] == "20260131T080000Z"
    assert signed["Authorization"] == (
        "SDK-HMAC-SHA256 Access=ACCESSKEY, SignedHeaders=host;x-sdk-date, "
        "Signature=f5ab034969bc50914071f1a75f00366dfb11a0abd594939f54ebd2216bcd665b"
    )


def test_security_token_is_sent_and_signed() -> None:
    signed = sign(Credentials("AK", "SK", "token"), "GET", "/", [], {"Host": "localhost"}, b"", AT)

    assert signed["X-Security-Token"] == "token"
    assert "SignedHeaders=host;x-sdk-date;x-security-token" in signed["Authorization"]


def test_secrets_stay_out_of_the_repr() -> None:
    assert repr(Credentials("AK", "sesame", "open")) == "Credentials(access_key='AK')"


def test_query_is_sorted_and_encoded() -> None:
    assert canonical_query([("b", "a b"), ("a", "x=y&z"), ("a", "é")]) == "a=x%3Dy%26z&a=%C3%A9&b=a%20b"
