"""What is sent again and what is not: a creation that the service may have seen never is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

from constructs_ims.backend.client import Credentials, ImsClient, RetryPolicy, Session
from constructs_ims.backend.client.errors import (
    AnswerLostError,
    ClientError,
    NotFoundError,
    ServerError,
    ThrottledError,
)

from .conftest import ENDPOINT, Script, answer

Play = Callable[..., Script]


def refused_connection() -> requests.ConnectionError:
    inner = NewConnectionError(HTTPConnectionPool("127.0.0.1"), "refused")  # type: ignore[arg-type]
    return requests.ConnectionError(MaxRetryError(HTTPConnectionPool("127.0.0.1"), "/", inner))


FAILURES: dict[str, Callable[[], requests.Response | Exception]] = {
    "no connection": refused_connection,
    "connect timeout": lambda: requests.ConnectTimeout("slow"),
    "throttled": lambda: answer(429),
    "connection reset": lambda: requests.ConnectionError("reset"),
    "read timeout": lambda: requests.ReadTimeout("slow"),
    "body cut short": lambda: requests.exceptions.ChunkedEncodingError("cut"),
    "bad gateway": lambda: answer(502),
    "unavailable": lambda: answer(503),
    "gateway timeout": lambda: answer(504),
}
UNSEEN = ("no connection", "connect timeout", "throttled")
FINAL: dict[str, Callable[[], requests.Response | Exception]] = {
    "internal error": lambda: answer(500),
    "bad request": lambda: answer(400),
    "refused": lambda: answer(401),
    "redirect": lambda: answer(302, Location="http://127.0.0.1:1/"),
    "tls": lambda: requests.exceptions.SSLError("certificate"),
}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("failure", FAILURES)
def test_reads_and_deletions_are_repeated(method: str, failure: str, session: Session, play: Play) -> None:
    script = play(FAILURES[failure](), FAILURES[failure](), answer(200))

    assert session.send(method, ENDPOINT, "/x").status == 200
    assert len(script.sent) == 3


@pytest.mark.parametrize("failure", UNSEEN)
def test_creations_that_were_not_seen_are_repeated(failure: str, session: Session, play: Play) -> None:
    script = play(FAILURES[failure](), answer(201))

    assert session.send("POST", ENDPOINT, "/x", body={}).status == 201
    assert len(script.sent) == 2


@pytest.mark.parametrize("failure", sorted(set(FAILURES) - set(UNSEEN)))
def test_creations_that_may_have_been_seen_are_not_repeated(failure: str, session: Session, play: Play) -> None:
    script = play(FAILURES[failure]())

    with pytest.raises(ClientError):
        session.send("POST", ENDPOINT, "/x", body={})
    assert len(script.sent) == 1


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
@pytest.mark.parametrize("failure", FINAL)
def test_lasting_failures_are_not_repeated(method: str, failure: str, session: Session, play: Play) -> None:
    script = play(FINAL[failure]())

    with pytest.raises(ClientError):
        session.send(method, ENDPOINT, "/x")
    assert len(script.sent) == 1


def test_repetition_ends(session: Session, play: Play, waits: list[float]) -> None:
    script = play(answer(503), answer(503), answer(503))

    with pytest.raises(ServerError):
        session.send("GET", ENDPOINT, "/x")
    assert len(script.sent) == 3
    assert waits == [0.05, 0.1]


def test_each_attempt_is_signed_anew(session: Session, play: Play) -> None:
    script = play(answer(503), answer(200))

    session.send("GET", ENDPOINT, "/x")

    assert script.sent[0] is not script.sent[1]
    assert all("Authorization" in request.headers for request in script.sent)


@pytest.mark.parametrize(
    ("retry_after", "wait"), [("1", 1.0), ("3600", 2.0), ("0", 0.0), ("soon", 0.05), ("Mon, 01 Jan 2026", 0.05)]
)
def test_what_the_service_asks_for_is_kept_within_bounds(
    retry_after: str, wait: float, session: Session, play: Play, waits: list[float]
) -> None:
    play(answer(429, Retry_After=retry_after), answer(200))

    session.send("GET", ENDPOINT, "/x")

    assert waits == [wait]


@pytest.mark.parametrize(("attempt", "wait"), [(0, 0.1), (1, 0.2), (2, 0.4), (3, 0.5), (500, 0.5)])
def test_waits_double_up_to_the_most(attempt: int, wait: float) -> None:
    assert RetryPolicy(first=0.1, most=0.5).wait(attempt, None) == wait


def test_deletion_done_by_a_lost_attempt_is_success(session: Session, play: Play) -> None:
    """The first attempt deleted the image, its answer was lost, and the second finds nothing."""
    script = play(requests.ConnectionError("reset"), answer(404))

    ImsClient(session, ENDPOINT).delete_image("7")

    assert [(request.method, request.url) for request in script.sent] == [("DELETE", f"{ENDPOINT}/v2/images/7")] * 2


@pytest.mark.parametrize("first", [(), (refused_connection(),), (answer(429),)], ids=["once", "unseen", "throttled"])
def test_deletion_of_nothing_is_an_error(first: tuple[Any, ...], session: Session, play: Play) -> None:
    play(*first, answer(404))

    with pytest.raises(NotFoundError):
        ImsClient(session, ENDPOINT).delete_image("7")


def test_last_failure_is_the_one_raised(session: Session, play: Play) -> None:
    play(answer(503), requests.ConnectionError("reset"), answer(429))

    with pytest.raises(ThrottledError) as caught:
        session.send("DELETE", ENDPOINT, "/x")
    assert caught.value.retried


def test_no_retries_means_one_attempt(play: Play, script: Script) -> None:
    play(requests.ConnectionError("reset"))
    once = Session(Credentials("AK", "SK"), transport=script, retries=RetryPolicy(retries=0))

    with pytest.raises(AnswerLostError):
        once.send("GET", ENDPOINT, "/x")
    assert len(script.sent) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 499])
def test_refused_creation_was_not_carried_out(status: int, session: Session, play: Play) -> None:
    """Whoever looks for an image that may have been made is not sent to look for one that was refused."""
    play(*[answer(status)] * 3)

    with pytest.raises(ClientError) as caught:
        session.send("POST", ENDPOINT, "/v2/images", body={})
    assert not caught.value.reached_service


@pytest.mark.parametrize(
    "failure", [answer(500), answer(503), requests.ReadTimeout("slow"), requests.ConnectionError("x")]
)
def test_creation_without_a_good_answer_may_have_been_carried_out(
    failure: requests.Response | Exception, session: Session, play: Play
) -> None:
    play(failure)

    with pytest.raises(ClientError) as caught:
        session.send("POST", ENDPOINT, "/v2/images", body={})
    assert caught.value.reached_service
