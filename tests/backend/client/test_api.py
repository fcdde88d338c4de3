"""Each operation asks for the documented path and reads the documented shape, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from constructs_ims.backend.client import IamClient, ImsClient, Session
from constructs_ims.backend.client.errors import BadAnswerError, EndpointError, NotFoundError, RegionError

from .conftest import ENDPOINT, Script, answer

Play = Callable[..., Script]


def asked(script: Script) -> str:
    request = script.sent[-1]
    return f"{request.method} {(request.url or '').removeprefix(ENDPOINT)}"


def test_create_image(session: Session, play: Play) -> None:
    script = play(answer(201, '{"id": "7", "status": "queued"}'))

    assert ImsClient(session, ENDPOINT).create_image({"name": "n"}) == {"id": "7", "status": "queued"}
    assert asked(script) == "POST /v2/images"
    assert json.loads(script.sent[0].body or b"") == {"name": "n"}


def test_find_image(session: Session, play: Play) -> None:
    script = play(answer(200, '{"images": [{"id": "7"}]}'), answer(200, '{"images": []}'))
    ims = ImsClient(session, ENDPOINT)

    assert ims.find_image("7") == {"id": "7"}
    assert asked(script) == "GET /v2/cloudimages?id=7"
    assert ims.find_image("7") is None


def test_another_image_than_the_one_asked_for_is_refused(session: Session, play: Play) -> None:
    play(answer(200, '{"images": [{"id": "8"}]}'))

    with pytest.raises(BadAnswerError, match='another image than "7"'):
        ImsClient(session, ENDPOINT).find_image("7")


def test_creation_is_marked_and_found_by_its_mark(session: Session, play: Play) -> None:
    script = play(answer(201, '{"id": "7"}'), answer(200, '{"images": [{"id": "7"}]}'), answer(200, '{"images": []}'))
    ims = ImsClient(session, ENDPOINT)

    assert ims.create_image({"name": "n"}, "one") == {"id": "7"}
    assert script.sent[-1].headers["X-Constructs-Ims-Creation-Id"] == "one"
    assert ims.find_created("one") == {"id": "7"}
    assert script.sent[-1].headers["X-Constructs-Ims-Creation-Id"] == "one"
    assert asked(script) == "GET /v2/cloudimages"
    assert ims.find_created("two") is None


def test_creation_without_an_id_bears_no_mark(session: Session, play: Play) -> None:
    script = play(answer(201, '{"id": "7"}'))

    ImsClient(session, ENDPOINT).create_image({"name": "n"})

    assert "X-Constructs-Ims-Creation-Id" not in script.sent[-1].headers


def test_delete_image(session: Session, play: Play) -> None:
    script = play(answer(204, ""))

    ImsClient(session, ENDPOINT).delete_image("a/b?c")

    assert asked(script) == "DELETE /v2/images/a%2Fb%3Fc"


def test_deleting_an_unknown_image_is_an_error(session: Session, play: Play) -> None:
    play(answer(404, '{"error": {"code": "IMG.0144", "message": "The image does not exist."}}'))

    with pytest.raises(NotFoundError, match="Resource not found"):
        ImsClient(session, ENDPOINT).delete_image("7")


def test_project_is_named_in_a_header(session: Session, play: Play) -> None:
    script = play(answer(200, '{"images": []}'), answer(200, '{"images": []}'))

    ImsClient(session, ENDPOINT, "0" * 32).find_image("7")
    ImsClient(session, ENDPOINT).find_image("7")

    assert script.sent[0].headers["X-Project-Id"] == "0" * 32
    assert "x-project-id" in script.sent[0].headers["Authorization"]
    assert "X-Project-Id" not in script.sent[1].headers


def test_project_of_a_region(session: Session, play: Play) -> None:
    script = play(answer(200, '{"projects": [{"id": "a", "name": "cn-north-4"}]}'))

    assert IamClient(session, f"{ENDPOINT}/v3/").project_id("cn-north-4") == "a"
    assert asked(script) == "GET /v3/projects?name=cn-north-4"


def test_unknown_region_has_the_vendors_text(session: Session, play: Play) -> None:
    play(answer(200, '{"projects": []}'))

    with pytest.raises(RegionError, match=r"^Wrong name or no access to the region: cn-nort-4$"):
        IamClient(session, f"{ENDPOINT}/v3").project_id("cn-nort-4")


def test_domain(session: Session, play: Play) -> None:
    script = play(answer(200, '{"domains": [{"id": "d"}]}'))

    assert IamClient(session, f"{ENDPOINT}/v3").domain_id() == "d"
    assert asked(script) == "GET /v3/auth/domains"


@pytest.mark.parametrize("body", ["{}", '{"images": null}', '{"images": {}}', '{"images": [1]}', "[]"])
def test_images_of_another_shape_are_refused(body: str, session: Session, play: Play) -> None:
    play(answer(200, body))

    with pytest.raises(BadAnswerError):
        ImsClient(session, ENDPOINT).find_image("7")


@pytest.mark.parametrize("body", ["{}", '{"projects": 1}', '{"projects": [{"id": 1}]}', '{"projects": ["a"]}'])
def test_projects_of_another_shape_are_refused(body: str, session: Session, play: Play) -> None:
    play(answer(200, body))

    with pytest.raises(BadAnswerError):
        IamClient(session, f"{ENDPOINT}/v3").project_id("cn-north-4")


def test_account_without_a_domain_is_refused(session: Session, play: Play) -> None:
    play(answer(200, '{"domains": []}'))

    with pytest.raises(BadAnswerError, match="lists no domain"):
        IamClient(session, f"{ENDPOINT}/v3").domain_id()


def test_foreign_endpoint_is_refused_at_once(session: Session) -> None:
    with pytest.raises(EndpointError):
        ImsClient(session, "https://ims.cn-north-4.myhuaweicloud.com/")
    with pytest.raises(EndpointError):
        IamClient(session, "https://iam.cn-north-4.myhuaweicloud.com/v3")
