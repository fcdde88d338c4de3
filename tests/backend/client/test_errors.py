"""The error tree, and the texts that the vendor's provider has for each status."""

from __future__ import annotations

import inspect
import json

import pytest

from constructs_ims.backend.client import errors
from constructs_ims.backend.client.errors import ClientError, ServiceError, service_error_type

URL = "http://127.0.0.1:8765/v2/images"


def refusal(
    status: int, body: str = '{"error":{"code":"IMG.0055","message":"m"}}', method: str = "POST"
) -> ServiceError:
    return service_error_type(status)(method, URL, status, "42", body)


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (400, f"Bad request with: [POST {URL}], request_id: 42, error message: BODY"),
        (401, "Authentication failed"),
        (403, f"Action forbidden: [POST {URL}], request_id: 42, error message: BODY"),
        (404, f"Resource not found: [POST {URL}], request_id: 42, error message: BODY"),
        (405, "Method not allowed"),
        (408, "The server timed out waiting for the request"),
        (409, "The request could not be processed due to conflict in the request"),
        (
            418,
            f"Expected HTTP response code [200 201 202] when accessing [POST {URL}], but got 418 instead.\n"
            "request_id: 42, error message: BODY",
        ),
        (429, f"Too many requests: [POST {URL}], request_id: 42, error message: BODY"),
        (500, f"Internal Server Error: [POST {URL}], request_id: 42, error message: BODY"),
        (
            503,
            "The service is currently unable to handle the request due to a temporary overloading or maintenance."
            " This is a temporary condition. Try again later.",
        ),
    ],
)
def test_text_is_the_vendors(status: int, text: str) -> None:
    assert str(refusal(status, "BODY")) == text


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError), (401, errors.AuthenticationError), (403, errors.ForbiddenError),
        (404, errors.NotFoundError), (409, errors.ConflictError), (429, errors.ThrottledError),
        (418, ServiceError), (499, ServiceError), (500, errors.ServerError), (599, errors.ServerError),
    ],
)  # fmt: skip
def test_class_tells_the_status(status: int, kind: type[ServiceError]) -> None:
    assert type(refusal(status)) is kind


def test_long_forbidden_body_is_cut() -> None:
    assert str(refusal(403, "x" * 200)).endswith("error message: " + "x" * 200)
    assert str(refusal(403, "x" * 201)).endswith("error message: " + "x" * 200 + "\n...")
    assert str(refusal(403, "x" * 300)).endswith("error message: " + "x" * 200 + "\n...")
    assert str(refusal(403, "x" * 300 + "Request not authorized")).endswith("error message: Request not authorized")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ('{"error": {"message": "m", "code": "IMG.0055"}}', "IMG.0055", "m"),
        ('{"error_msg": "m", "error_code": "APIGW.0301", "request_id": "1"}', "APIGW.0301", "m"),
        ('{"errorCode": "X.1", "errorMsg": "m"}', "X.1", "m"),
        ('{"error": {"code": 401, "message": "m", "title": "Unauthorized"}}', "401", "m"),
        ("<html>", "", ""),
        ("[]", "", ""),
        ('{"error": "m"}', "", ""),
        ("[" * 100_000, "", ""),
    ],
    ids=["ims", "gateway", "camel case", "iam", "not JSON", "array", "no code", "too deep"],
)
def test_code_and_message_are_found(body: str, code: str, message: str) -> None:
    assert (refusal(400, body).code, refusal(400, body).message) == (code, message)


def test_docstring_draws_the_whole_tree() -> None:
    """The drawing and the classes are the same tree, with the same parents."""
    drawn: dict[str, str] = {}
    parents: list[tuple[int, str]] = []
    for line in (inspect.getdoc(errors) or "").splitlines():
        name = line.strip(" │├└─").partition(" ")[0]
        if not isinstance(getattr(errors, name, None), type):
            continue
        depth = line.index(name)
        parents = [parent for parent in parents if parent[0] < depth]
        drawn[name] = parents[-1][1] if parents else "Exception"
        parents.append((depth, name))
    declared = {
        name: value.__base__.__name__
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, ClientError) and value.__base__
    }

    assert drawn == declared


def test_every_error_has_a_summary_and_a_detail() -> None:
    body = json.dumps({"error": {"code": "IMG.0055", "message": "m"}})

    for error in (errors.EndpointError("Why."), errors.AnswerLostError("Why."), refusal(400, body)):
        assert error.summary[0].isupper()
        assert not error.summary.endswith(".")
        assert error.detail


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.EndpointError("x"), False),
        (errors.ConnectError("x"), False),
        (errors.TlsError("x"), False),
        (errors.AnswerLostError("x"), True),
        (errors.AnswerTimeoutError("x"), True),
        (errors.BadAnswerError("x"), True),
        (refusal(204), True),
        (refusal(302), True),
        (refusal(400), False),
        (refusal(404), False),
        (refusal(429), False),
        (refusal(500), True),
        (refusal(503), True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_error_tells_whether_the_request_may_have_been_carried_out(error: ClientError, expected: bool) -> None:
    assert error.reached_service is expected
