"""The client and the emulator together, in process and over a socket: one suite for both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from wsgiref.validate import validator

import pytest
import requests

from constructs_ims.backend.client import Credentials, IamClient, ImsClient, RetryPolicy, Session, WsgiAdapter
from constructs_ims.backend.client.errors import AuthenticationError, BadRequestError, NotFoundError, RegionError
from constructs_ims.backend.client.signing import sign
from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.backend.emulator.server import EmulatorServer

ACCOUNT = Account("ACCESSKEY", "secret")
CREDENTIALS = Credentials(ACCOUNT.access_key, ACCOUNT.secret_key)

Open = Callable[[Credentials], tuple[Session, str]]


@pytest.fixture(params=["in process", "socket"])
def service(request: pytest.FixtureRequest) -> Iterator[Open]:
    """Yield a function that makes a session with credentials, and names the endpoint."""
    with Store() as store:
        app = create_app(store, ACCOUNT)
        if request.param == "in process":
            strict = validator(app)
            yield lambda credentials: (Session(credentials, transport=WsgiAdapter(strict)), "http://127.0.0.1")
        else:
            with EmulatorServer(app) as server:
                yield lambda credentials: (Session(credentials, retries=RetryPolicy(retries=0)), server.endpoint)


@pytest.fixture
def ims(service: Open) -> Iterator[ImsClient]:
    session, endpoint = service(CREDENTIALS)
    with session:
        yield ImsClient(session, endpoint, project_in("cn-north-4").id)


def test_image_lives_and_dies(ims: ImsClient) -> None:
    made = ims.create_image({"name": "映像", "tags": ["a=b"], "__os_version": "Ubuntu 20.04 server 64bit"})

    assert ims.find_image(made["id"]) == made
    ims.delete_image(made["id"])
    assert ims.find_image(made["id"]) is None
    with pytest.raises(NotFoundError):
        ims.delete_image(made["id"])


@pytest.mark.parametrize("id", ["", "a b", "a/b", "a?b=c&d", "映像", "%2F", "..", "a" * 2000, "'; DROP TABLE images"])
def test_any_id_is_looked_for(id: str, ims: ImsClient) -> None:
    assert ims.find_image(id) is None


def test_refusal_has_the_vendors_text(ims: ImsClient) -> None:
    with pytest.raises(BadRequestError) as caught:
        ims.create_image({"min_disk": 5})

    refusal = caught.value
    assert str(refusal) == (
        f"Bad request with: [POST {refusal.url}], request_id: {refusal.request_id}, error message: {refusal.body}"
    )
    assert (refusal.code, refusal.message) == ("IMG.0055", "The memory or disk size is invalid.")
    assert len(refusal.request_id) == 32


def test_protected_image_stays(ims: ImsClient) -> None:
    made = ims.create_image({"protected": True})

    with pytest.raises(BadRequestError) as caught:
        ims.delete_image(made["id"])
    assert caught.value.code == "IMG.0091"


def test_regions_are_apart(service: Open) -> None:
    session, endpoint = service(CREDENTIALS)
    iam = IamClient(session, f"{endpoint}/v3")
    near, far = (ImsClient(session, endpoint, iam.project_id(region)) for region in ("cn-north-4", "ap-southeast-1"))

    made = far.create_image({})

    assert made["owner"] == project_in("ap-southeast-1").id
    assert near.find_image(made["id"]) is None
    assert iam.domain_id() == ACCOUNT.domain_id
    with pytest.raises(RegionError):
        iam.project_id("cn-nort-4")
    session.close()


def test_wrong_secret_is_refused(service: Open) -> None:
    session, endpoint = service(Credentials("ACCESSKEY", "another"))

    with session, pytest.raises(AuthenticationError, match=r"^Authentication failed$") as caught:
        ImsClient(session, endpoint).find_image("7")
    assert caught.value.code == "APIGW.0301"


def test_old_signature_is_refused() -> None:
    with Store() as store:
        transport = WsgiAdapter(create_app(store, ACCOUNT))
        slow = Session(CREDENTIALS, transport=transport, clock=lambda: datetime.now(UTC) - timedelta(hours=1))

        with pytest.raises(AuthenticationError) as caught:
            ImsClient(slow, "http://127.0.0.1").find_image("7")
    assert "15 minutes" in caught.value.message


def test_ten_threads_share_a_client(ims: ImsClient) -> None:
    def live(n: int) -> bool:
        made = ims.create_image({"name": f"image-{n}"})
        found = ims.find_image(made["id"])
        ims.delete_image(made["id"])
        return found == made and made["name"] == f"image-{n}" and ims.find_image(made["id"]) is None

    with ThreadPoolExecutor(10) as threads:
        assert all(threads.map(live, range(60)))


def test_connection_that_went_stale_is_replaced() -> None:
    """A service that was restarted between two requests is connected to anew, even for a creation."""
    with Store() as store, Session(CREDENTIALS, retries=RetryPolicy(retries=0)) as session:
        app = create_app(store, ACCOUNT)
        with EmulatorServer(app) as server:
            ImsClient(session, server.endpoint).create_image({})
        with EmulatorServer(app, port=server.port):
            ImsClient(session, server.endpoint).create_image({})

        assert store.count() == 2


def test_host_and_project_need_not_be_signed() -> None:
    """The vendor's Go SDK signs neither; the service takes the list of signed headers from the request."""
    with Store() as store:
        signature = sign(CREDENTIALS, "GET", "/v2/images", [("limit", "1")], {"Accept": "*/*"}, b"", datetime.now(UTC))
        request = requests.Request(
            "GET",
            "http://127.0.0.1/v2/images?limit=1",
            headers={
                "Accept": "*/*",
                "Host": "localhost:1",
                "X-Project-Id": project_in("ap-southeast-1").id,
                **signature,
            },
        )

        answer = WsgiAdapter(create_app(store, ACCOUNT)).send(request.prepare())

        assert "SignedHeaders=accept;x-sdk-date," in signature["Authorization"]
        assert answer.status_code == 200
