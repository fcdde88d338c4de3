"""Tags: the calls that change them, those that list them, and the query by tags."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.emulator import Account
from constructs_ims.backend.emulator.account import project_in

from .conftest import Caller, refusal


@pytest.fixture
def project(account: Account) -> str:
    return account.default_project.id


def tags_of(call: Caller, id: str) -> list[str]:
    return list(call("GET", f"/v2/images/{id}").json["tags"])


def test_whole_tags_come_and_go(call: Caller) -> None:
    id = call.create(tags=["a=1"])["id"]

    assert call("PUT", f"/v2/images/{id}/tags/plain").status_code == 204
    assert call("PUT", f"/v2/images/{id}/tags/plain").status_code == 204
    assert tags_of(call, id) == ["a=1", "plain"]
    assert call("DELETE", f"/v2/images/{id}/tags/a=1").status_code == 204
    assert tags_of(call, id) == ["plain"]
    assert refusal(call("DELETE", f"/v2/images/{id}/tags/a=1")) == (404, "IMG.0121")


def test_tag_of_the_same_key_is_overwritten(call: Caller, project: str) -> None:
    id = call.create(tags=["team=a", "other"])["id"]

    assert call("POST", f"/v2/{project}/images/{id}/tags", {"tag": {"key": "team", "value": "b"}}).status_code == 204
    assert call("POST", f"/v2/{project}/images/{id}/tags", {"tag": {"key": "new", "value": ""}}).status_code == 204
    assert tags_of(call, id) == ["team=b", "other", "new"]
    assert call("DELETE", f"/v2/{project}/images/{id}/tags/team").status_code == 204
    assert refusal(call("DELETE", f"/v2/{project}/images/{id}/tags/team")) == (404, "IMG.0121")
    assert call("GET", f"/v2/{project}/images/{id}/tags").json == {
        "tags": [{"key": "other", "value": ""}, {"key": "new", "value": ""}]
    }


@pytest.mark.parametrize(
    "given",
    [{"tag": "team.b.c"}, {"tag": "team=b.c"}, {"image_tag": {"key": "team", "value": "b.c"}}],
    ids=["dot", "equals sign", "pair"],
)
def test_tag_in_each_form(given: dict[str, Any], call: Caller) -> None:
    id = call.create(tags=["team=a"])["id"]

    assert call("PUT", "/v1/cloudimages/tags", {"image_id": id, **given}).status_code == 204
    assert tags_of(call, id) == ["team=b.c"]


def test_several_tags_at_once(call: Caller, project: str) -> None:
    id = call.create(tags=["a=1", "b=2"])["id"]
    more = [{"key": "b", "value": "3"}, {"key": "c", "value": "4"}]

    path = f"/v2/{project}/images/{id}/tags/action"
    assert call("POST", path, {"action": "create", "tags": more}).status_code == 204
    assert tags_of(call, id) == ["a=1", "b=3", "c=4"]
    gone = [{"key": "a"}, {"key": "b", "value": "other"}, {"key": "none", "value": "x"}]
    assert call("POST", path, {"action": "delete", "tags": gone}).status_code == 204
    assert tags_of(call, id) == ["b=3", "c=4"]
    url = f"/v1/{project}/cloudimages/{id}/tags/delete"
    assert call("DELETE", url, {"tags": [{"key": "b", "value": "3"}]}).status_code == 204
    assert tags_of(call, id) == ["c=4"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"tag": {"key": "", "value": "x"}}, "IMG.0115"),
        ({"tag": {"key": "k" * 37, "value": "x"}}, "IMG.0115"),
        ({"tag": {"key": "k", "value": "v" * 44}}, "IMG.0115"),
        ({"tag": {"key": "k.", "value": "v"}}, "IMG.0115"),
        ({"tag": {"key": "k", "value": "v w"}}, "IMG.0115"),
        ({"tag": {"key": "k", "value": 7}}, "IMG.0115"),
        ({"tag": {"key": "k", "value": "v", "more": "x"}}, "IMG.0115"),
        ({"tag": "k=v"}, "IMG.0115"),
        ({"tags": [{"key": "k", "value": "v"}]}, "IMG.0001"),
        ([], "IMG.0001"),
    ],
)
def test_tags_that_are_none(body: object, code: str, call: Caller, project: str) -> None:
    id = call.create(tags=["a=1"])["id"]

    assert refusal(call("POST", f"/v2/{project}/images/{id}/tags", body)) == (400, code)
    assert tags_of(call, id) == ["a=1"]


KEYS = st.text("aZ0_-团äé٣ .=/&", min_size=1, max_size=40)
VALUES = st.text("aZ0_-.团äé٣ =/&", max_size=45)


def is_text_of(text: str, letters: str, longest: int) -> bool:
    """Whether a text has the letters that the vendor's pages name, and is no longer than they say."""
    known = string.ascii_letters + string.digits + letters
    return len(text) <= longest and all(letter in known or "\u4e00" <= letter <= "\u9fff" for letter in text)


@given(key=KEYS, value=VALUES)
def test_one_rule_holds_for_every_call_that_gives_a_tag(key: str, value: str, call: Caller, account: Account) -> None:
    project, id = account.default_project.id, call.create()["id"]
    pair = {"key": key, "value": value}
    path = f"/v2/{project}/images/{id}/tags"
    answers = {
        "one": call("POST", path, {"tag": pair}),
        "several": call("POST", f"{path}/action", {"action": "create", "tags": [pair]}),
        "vendor": call("PUT", "/v1/cloudimages/tags", {"image_id": id, "image_tag": pair}),
    }
    if "=" not in key:
        answers["text"] = call("PUT", "/v1/cloudimages/tags", {"image_id": id, "tag": f"{key}={value}"})

    fits = is_text_of(key, "_-", 36) and is_text_of(value, "_-.", 43)
    for way, answer in answers.items():
        assert answer.status_code == (204 if fits else 400), (way, answer.text)
        assert fits or refusal(answer) == (400, "IMG.0115"), way


@given(key=KEYS.filter(lambda key: "/" not in key) | st.integers(250, 260).map("k".__mul__))
def test_tag_in_a_path_is_a_key(key: str, call: Caller) -> None:
    id = call.create()["id"]

    answer = call("PUT", f"/v2/images/{id}/tags/{key}")

    fits = is_text_of(key, "_-", 255)
    assert answer.status_code == (204 if fits else 400)
    assert tags_of(call, id) == ([key] if fits else [])


@pytest.mark.parametrize("tag", ["a=1", "image = imagevalue", "é!"])
def test_tag_of_a_creation_can_be_taken_away(tag: str, call: Caller) -> None:
    id = call.create(tags=[tag])["id"]

    assert call("DELETE", f"/v2/images/{id}/tags/{tag}").status_code == 204
    assert tags_of(call, id) == []


@pytest.mark.parametrize("id", ["", "7", "x" * 5000])
def test_unknown_image_gets_no_tag(id: str, call: Caller) -> None:
    assert refusal(call("PUT", "/v1/cloudimages/tags", {"image_id": id, "tag": "a.b"})) == (404, "IMG.0144")


@pytest.mark.parametrize(
    ("key", "value"), [("k" * 36, "v" * 43), ("团队", "映像"), ("a-b_C", "1.0-b_C"), ("k", "")], ids=repr
)
def test_tags_at_the_edge(key: str, value: str, call: Caller, project: str) -> None:
    id = call.create()["id"]

    answer = call("POST", f"/v2/{project}/images/{id}/tags", {"tag": {"key": key, "value": value}})

    assert answer.status_code == 204
    assert call("GET", f"/v2/{project}/images/{id}/tags").json["tags"] == [{"key": key, "value": value}]


@pytest.mark.parametrize(
    "body",
    [
        {"action": "create", "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
        {"action": "create", "tags": []},
        {"action": "create"},
    ],
)
def test_batches_that_are_none(body: object, call: Caller, project: str) -> None:
    id = call.create()["id"]

    assert refusal(call("POST", f"/v2/{project}/images/{id}/tags/action", body)) == (400, "IMG.0115")


@pytest.mark.parametrize("action", ["CREATE", "update", None])
def test_other_actions_are_refused(action: object, call: Caller, project: str) -> None:
    body = {"action": action, "tags": [{"key": "a", "value": "1"}]}

    assert refusal(call("POST", f"/v2/{project}/images/{call.create()['id']}/tags/action", body)) == (400, "IMG.0001")


def test_ten_tags_and_no_more(call: Caller, project: str) -> None:
    id = call.create(tags=[f"k{number}=v" for number in range(9)])["id"]

    assert call("PUT", f"/v2/images/{id}/tags/tenth").status_code == 204
    assert refusal(call("PUT", f"/v2/images/{id}/tags/eleventh")) == (400, "IMG.0116")
    path = f"/v2/{project}/images/{id}/tags"
    assert refusal(call("POST", path, {"tag": {"key": "eleventh", "value": "v"}})) == (400, "IMG.0116")
    assert call("POST", path, {"tag": {"key": "tenth", "value": "v"}}).status_code == 204
    assert len(tags_of(call, id)) == 10


def test_tags_of_the_project(call: Caller, project: str) -> None:
    call.create(name="a", tags=["team=x", "env=dev"])
    call.create(name="b", tags=["team=y", "plain"])
    elsewhere = {"X-Project-Id": project_in("ap-southeast-1").id}
    call("POST", "/v2/images", {"tags": ["far=away"]}, headers=elsewhere)

    assert call("GET", f"/v2/{project}/images/tags").json["tags"] == [
        {"key": "env", "values": ["dev"]},
        {"key": "plain", "values": [""]},
        {"key": "team", "values": ["x", "y"]},
    ]
    assert call("GET", "/v1/cloudimages/tags").json == {"tags": ["env=dev", "plain", "team=x", "team=y"]}
    assert call("GET", "/v1/cloudimages/tags?name=b").json == {"tags": ["plain", "team=y"]}
    assert call("GET", "/v1/cloudimages/tags?limit=3&page=2").json == {"tags": ["team=y"]}
    assert call("GET", "/v1/cloudimages/tags?marker=plain").json == {"tags": ["team=x", "team=y"]}


def test_path_of_another_project_is_refused(call: Caller) -> None:
    other = project_in("ap-southeast-1").id
    own = {"X-Project-Id": project_in("cn-north-4").id}

    assert refusal(call("GET", f"/v2/{other}/images/tags", headers=own)) == (400, "IMG.0030")
    assert call("GET", f"/v2/{other}/images/tags").json == {"tags": []}
    assert refusal(call("GET", "/v2/nowhere/images/tags")) == (400, "IMG.0030")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, "abcd"),
        ({"tags": [{"key": "team", "values": ["x", "z"]}]}, "a"),
        ({"tags": [{"key": "team"}, {"key": "env", "values": []}]}, "a"),
        ({"tags_any": [{"key": "env"}, {"key": "plain"}]}, "abc"),
        ({"not_tags": [{"key": "team"}, {"key": "env"}]}, "bcd"),
        ({"not_tags_any": [{"key": "team"}, {"key": "env"}]}, "d"),
        ({"tags_any": [{"key": "env"}], "not_tags": [{"key": "team"}]}, "c"),
        ({"without_any_tag": True}, "d"),
        ({"matches": [{"key": "resource_name", "value": "b"}]}, "b"),
    ],
)
def test_images_are_found_by_their_tags(query: dict[str, Any], names: str, call: Caller, project: str) -> None:
    for name, tags in {"a": ["team=x", "env=dev"], "b": ["team=y", "plain"], "c": ["env=dev"], "d": []}.items():
        call.create(name=name, tags=tags)
    path = f"/v2/{project}/images/resource_instances/action"

    found = call("POST", path, {"action": "filter", **query}).json

    assert "".join(resource["resource_name"] for resource in found["resources"]) == names
    assert found["total_count"] == len(names)
    assert call("POST", path, {"action": "count", **query}).json == {"total_count": len(names)}
    page = call("POST", path, {"action": "filter", "offset": "1", "limit": "2", **query}).json
    assert "".join(resource["resource_name"] for resource in page["resources"]) == names[1:3]
    assert page["total_count"] == len(names)


@pytest.mark.parametrize(
    "query",
    [
        {"action": "find"},
        {"action": "filter", "tags": {}},
        {"action": "filter", "tags": [{"key": 7}]},
        {"action": "filter", "tags": [{"key": "a", "values": "b"}]},
        {"action": "filter", "matches": [{"key": "name", "value": "b"}]},
        {"action": "filter", "limit": "0"},
        {"action": "filter", "offset": "-1"},
        {"action": "filter", "without_any_tag": "yes"},
        {"action": "filter", "other": []},
        {"action": "count", "limit": "1"},
    ],
)
def test_queries_that_are_none(query: object, call: Caller, project: str) -> None:
    path = f"/v2/{project}/images/resource_instances/action"

    assert refusal(call("POST", path, query)) == (400, "IMG.0001")


KEYS = st.sampled_from("abcdef")


@given(steps=st.lists(st.tuples(st.sampled_from(["create", "delete"]), st.dictionaries(KEYS, KEYS, min_size=1))))
def test_batches_end_in_what_they_say(steps: list[tuple[str, dict[str, str]]], call: Caller, project: str) -> None:
    id, expected = call.create()["id"], dict[str, str]()
    for action, pairs in steps:
        tags = [{"key": key, "value": value} for key, value in pairs.items()]
        body = {"action": action, "tags": tags}
        assert call("POST", f"/v2/{project}/images/{id}/tags/action", body).status_code == 204
        if action == "create":
            expected.update(pairs)
        else:
            expected = {key: value for key, value in expected.items() if pairs.get(key) != value}

    assert tags_of(call, id) == [f"{key}={value}" for key, value in expected.items()]


def test_tag_takes_the_place_of_one_of_its_key_and_no_other(call: Caller) -> None:
    image = call.create(tags=["a=b", "a=c", "word", "k=old"])
    path = f"/v2/{image['owner']}/images/{image['id']}/tags"

    assert call("POST", path, {"tag": {"key": "k", "value": "v"}}).status_code == 204
    assert call("GET", f"/v2/images/{image['id']}").json["tags"] == ["a=b", "a=c", "word", "k=v"]
    assert call("POST", path, {"tag": {"key": "new", "value": "v"}}).status_code == 204
    assert call("GET", f"/v2/images/{image['id']}").json["tags"] == ["a=b", "a=c", "word", "k=v", "new=v"]
    assert call("POST", path, {"tag": {"key": "a", "value": "d"}}).status_code == 204
    assert call("GET", f"/v2/images/{image['id']}").json["tags"] == ["a=d", "word", "k=v", "new=v"]


def test_matches_have_a_key_and_a_value_alone(call: Caller, account: Account) -> None:
    path = f"/v2/{account.default_project.id}/images/resource_instances/action"
    match = {"key": "resource_name", "value": "a", "extra": 1}

    assert refusal(call("POST", path, {"action": "filter", "matches": [match]})) == (400, "IMG.0001")
