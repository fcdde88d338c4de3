"""Whatever comes in, the emulator answers with a refusal of the vendor's kind, never with a failure of its own."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from falcon.testing import TestClient, create_environ
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.app import MAX_BODY, MAX_UNSIGNED_BODY
from constructs_ims.backend.emulator.images import DISK_FORMATS
from constructs_ims.backend.emulator.route import Route
from constructs_ims.backend.emulator.routes import ROUTES
from constructs_ims.backend.emulator.tokens import new_token, write_token

from .conftest import HOST, START, filled

ACCOUNT = Account("ACCESSKEY", "secret", password="sesame")
HEADERS = {"Host": HOST, "X-Auth-Token": write_token(new_token(ACCOUNT.default_project.id, START), ACCOUNT)}

FIELDS = [
    "__os_version",
    "visibility",
    "name",
    "protected",
    "container_format",
    "disk_format",
    "tags",
    "min_ram",
    "min_disk",
    "status",
    "id",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=300)
    | st.sampled_from(["private", "bare", *DISK_FORMATS, "Ubuntu 20.04 server 64bit", "Windows 10 64bit"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=12) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
BODIES = st.one_of(
    st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=300), VALUES, max_size=6).map(json.dumps),
    VALUES.map(json.dumps),
    st.text(max_size=50),
).map(lambda text: text.encode(errors="surrogatepass")) | st.binary(max_size=50)
NAMES = st.sampled_from(
    [
        *("id", "name", "limit", "marker", "sort_key", "sort_dir", "tag", "created_at", "updated_at", "min_ram"),
        *("protected", "architecture", "page", "per_page"),
    ]
) | st.text(max_size=8)
ENCODED = st.binary(max_size=12).map(lambda raw: "".join(f"%{byte:02X}" for byte in raw)) | st.text(
    st.characters(min_codepoint=33, max_codepoint=126, blacklist_characters="?#"), max_size=12
)
TIMES = st.sampled_from(["gt:2026-01-31T08:00:00Z", "-1", "9" * 30, "true", "asc", "name"])
QUERIES = st.lists(
    st.tuples(NAMES.map(lambda name: name.encode(errors="replace").hex("%")), ENCODED | TIMES), max_size=4
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with Store() as store:
        yield TestClient(create_app(store, ACCOUNT, clock=lambda: START))


@given(body=BODIES)
@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("POST", "/v2/images", {201, 400}),
        ("POST", "/v3/auth/tokens", {400, 401}),
        ("PATCH", "/_emulator/images/7", {400, 404}),
    ],
)
def test_any_body(method: str, path: str, statuses: set[int], body: bytes, client: TestClient) -> None:
    answer = client.simulate_request(method, path, body=body, headers=HEADERS)

    assert answer.status_code in statuses
    assert isinstance(answer.json, dict)


@given(body=st.dictionaries(st.sampled_from(FIELDS), SCALARS, max_size=4))
def test_what_is_accepted_can_be_read_back(body: dict[str, object], client: TestClient) -> None:
    answer = client.simulate_post("/v2/images", body=json.dumps(body), headers=HEADERS)

    if answer.status_code == 201:
        assert {key: answer.json[key] for key in body} == body
        assert client.simulate_get(f"/v2/images/{answer.json['id']}", headers=HEADERS).json == answer.json


@given(query=QUERIES, id=ENCODED)
@pytest.mark.parametrize("path", sorted({route.path for route in ROUTES if route.method == "GET"}))
def test_any_query(path: str, query: str, id: str, client: TestClient) -> None:
    answer = client.simulate_get(filled(path, id), query_string=query, headers=HEADERS)

    assert answer.status_code in {200, 400, 403, 404}
    if answer.headers["Content-Type"] == "application/json":
        json.loads(answer.text)


HUGE = st.sampled_from(["9" * 5000, "-" + "9" * 5000, "1e400", "1E-400", "0" * 5000 + "1", "NaN", "Infinity", "%00"])


@given(query=st.lists(st.tuples(NAMES.map(quote), HUGE | ENCODED), max_size=4), repeated=st.sampled_from([1, 120]))
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_huge_parameters_and_many_of_them(
    route: Route, query: list[tuple[str, str]], repeated: int, client: TestClient
) -> None:
    text = "&".join(f"{name}={value}" for name, value in query * repeated)

    answer = client.simulate_request(route.method, filled(route.path), query_string=text, headers=HEADERS)

    assert answer.status_code < 500


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity", "9" * 5000, "1e308", "[" * 990 + "]" * 990])
@pytest.mark.parametrize("name", ["min_disk", "x"])
def test_numbers_beyond_what_an_image_can_hold(name: str, number: str, client: TestClient) -> None:
    id = client.simulate_post("/v2/images", body=b"{}", headers=HEADERS).json["id"]
    body = f'{{"{name}": {number}}}'.encode()

    assert client.simulate_post("/v2/images", body=body, headers=HEADERS).status_code == 400
    changed = client.simulate_patch(f"/_emulator/images/{id}", body=body, headers=HEADERS)

    assert changed.status_code == (200 if number == "1e308" else 400)
    assert client.simulate_get(f"/v2/images/{id}", headers=HEADERS).status_code == 200
    assert client.simulate_get("/v2/cloudimages", query_string="min_disk=7", headers=HEADERS).status_code == 200


@pytest.mark.parametrize(("count", "status"), [(100, 200), (101, 400), (1000, 400), (4000, 400), (20000, 414)])
def test_filters_are_counted(count: int, status: int, client: TestClient) -> None:
    query = "&".join(["name=x"] * count)

    for path in ("/v2/images", "/v2/cloudimages"):
        assert client.simulate_get(path, query_string=query, headers=HEADERS).status_code == status


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.media_types], ids=str)
def test_body_is_refused_where_none_is_taken(route: Route, client: TestClient) -> None:
    """Blanks are no body, and the type of one that is not sent says nothing: clients send it with every request."""
    path = filled(route.path.replace("{project_id}", ACCOUNT.default_project.id))
    for body, headers in ((b" ", HEADERS), (b"", HEADERS | {"Content-Type": "application/json"})):
        assert "takes no body" not in client.simulate_request(route.method, path, body=body, headers=headers).text
    answer = client.simulate_request(route.method, path, body=b"{}", headers=HEADERS)

    assert answer.status_code == 400
    if route.method != "HEAD":
        assert (answer.json["error_code"], answer.json["detail"]) == ("APIGW.0201", f"{route} takes no body.")


class Unreadable(io.RawIOBase):
    """A body that nobody may look at."""

    def read(self, size: int = -1, /) -> bytes:
        raise AssertionError("the body was read")


SIGNATURE = "SDK-HMAC-SHA256 Access={}, SignedHeaders=host, Signature=00"


@pytest.mark.parametrize("length", [1, 100, 10**6, 10**9])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Auth-Token": "x"},
        {"Authorization": SIGNATURE.format("OTHER")},
        {"Authorization": SIGNATURE.format("ACCESSKEY")},
    ],
    ids=["none", "token", "key", "date"],
)
def test_body_of_who_is_not_known_is_not_read(headers: dict[str, str], length: int, client: TestClient) -> None:
    sent = {"Host": HOST, "Content-Length": str(length), **headers}
    environ = create_environ("/v2/images", method="POST", headers=sent)
    environ["wsgi.input"] = Unreadable()
    statuses: list[str] = []

    list(client.app(environ, lambda status, *_: statuses.append(status)))  # type: ignore[call-arg, arg-type, unused-ignore]

    assert statuses == ["401 Unauthorized"]


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [("POST", "/v3/auth/tokens", MAX_UNSIGNED_BODY), ("PATCH", "/_emulator/images/7", MAX_BODY)],
)
def test_unsigned_bodies_are_bounded(method: str, path: str, most: int, client: TestClient) -> None:
    at_most = client.simulate_request(method, path, body=b" " * most, headers={"Host": HOST})
    more = client.simulate_request(method, path, body=b" " * (most + 1), headers={"Host": HOST})

    assert (at_most.status_code, more.status_code) == (400, 413)


@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "Authorization",
                "X-Sdk-Date",
                "X-Project-Id",
                "X-Auth-Token",
                "Origin",
                "Sec-Fetch-Site",
                "Content-Type",
                "Host",
            ]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=255, blacklist_characters="\x7f"), max_size=40)
        | st.just("SDK-HMAC-SHA256 Access=ACCESSKEY, SignedHeaders=host;x-sdk-date, Signature=00"),
    ),
)
def test_any_headers(headers: dict[str, str], client: TestClient) -> None:
    answer = client.simulate_get("/v2/images", headers={"Host": HOST, "X-Sdk-Date": "20260131T080000Z"} | headers)

    assert answer.status_code in {400, 401, 403}
