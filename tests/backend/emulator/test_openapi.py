"""The OpenAPI description, judged by schemathesis: it makes requests of it and holds the answers to it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.backend.emulator.controls import Controls
from constructs_ims.backend.emulator.openapi import openapi_document
from constructs_ims.backend.emulator.route import Route
from constructs_ims.backend.emulator.routes import ROUTES
from constructs_ims.backend.emulator.seeding import seed_images
from constructs_ims.backend.emulator.tokens import new_token, write_token
from constructs_ims.backend.emulator.updates import OLD_PATCH, PATCH

from .conftest import HOST, START, Caller, filled

ACCOUNT = Account("ACCESSKEY", "secret", password="sesame")
OWN = project_in("cn-north-4").id
HEADERS = {"X-Auth-Token": write_token(new_token(OWN, START), ACCOUNT), "Host": HOST}
EXAMPLES = int(os.environ.get("CONSTRUCTS_IMS_EXAMPLES", "10")) // 3
BEYOND_SCHEMAS = [schemathesis.checks.positive_data_acceptance, schemathesis.checks.unsupported_method]
DOCUMENT = openapi_document(ROUTES)


def is_strict(route: Route) -> bool:
    """Whether a call needs a body of JSON."""
    body = DOCUMENT["paths"][route.path][route.method.lower()].get("requestBody", {"required": False})
    return bool(body["required"]) and "application/octet-stream" not in body["content"]


def test_description_is_served_and_valid(call: Caller) -> None:
    answer = call("GET", "/_emulator/openapi.json", signed=False)

    assert answer.json == DOCUMENT
    assert answer.json["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(answer.json).validate()


def test_each_call_is_described() -> None:
    described = {(method.upper(), path) for path, calls in DOCUMENT["paths"].items() for method in calls}

    assert described == {(route.method, route.path) for route in ROUTES}
    for calls in DOCUMENT["paths"].values():
        for call in calls.values():
            assert call["summary"]


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_bodies_are_described_as_they_are_taken(route: Route) -> None:
    body = DOCUMENT["paths"][route.path][route.method.lower()].get("requestBody", {"content": {}})

    assert set(body["content"]) == set(route.media_types)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=str)
@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
def test_answers_are_of_media_types_that_are_described(
    route: Route, accept: str, call: Caller, account: Account
) -> None:
    made = call.create()["id"]
    known = {"{id}": made, "{project_id}": account.default_project.id, "{version}": "v2"}
    path = route.path
    for name, value in known.items():
        path = path.replace(name, value)
    answer = call("GET", filled(path), headers={"Accept": accept})

    described = DOCUMENT["paths"][route.path]["get"]["responses"]
    content = described.get(str(answer.status_code), {}).get("content", {})
    if answer.content:
        assert answer.headers["Content-Type"].partition(";")[0] in content


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with Store() as store:
        yield store


@pytest.fixture(scope="module")
def controls() -> Controls:
    return Controls()


@pytest.fixture(autouse=True)
def _nothing_is_left_of_what_another_test_ordered(store: Store, controls: Controls) -> None:
    store.restore_defaults()
    controls.reset()


@pytest.fixture(scope="module")
def schema(store: Store, controls: Controls) -> Any:
    app = create_app(store, ACCOUNT, clock=lambda: START, controls=controls)
    return schemathesis.openapi.from_wsgi("/_emulator/openapi.json", app, headers={"Host": HOST})


@schemathesis.serializer(PATCH, OLD_PATCH)
def as_patch(_context: object, value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_answers_are_as_described(route: Route, schema: Any, store: Store) -> None:
    """What the schemas allow may still break a rule that they cannot say."""
    answers(route, GenerationMode.POSITIVE, schema, store, BEYOND_SCHEMAS)


@pytest.mark.parametrize("route", [route for route in ROUTES if is_strict(route)], ids=str)
def test_bodies_that_are_not_as_described_are_refused(route: Route, schema: Any, store: Store) -> None:
    answers(route, GenerationMode.NEGATIVE, schema, store, [*BEYOND_SCHEMAS, schemathesis.checks.ignored_auth])


def answers(route: Route, mode: GenerationMode, schema: Any, store: Store, excluded: list[Any]) -> None:
    """Send what schemathesis makes of a call's description, and hold each answer to that."""
    seed = [{"name": "a", "tags": ["a=1"]}, {"name": "b", "status": "active"}]
    ids = [image.id for image in seed_images(store, ACCOUNT, seed)]
    known = {"id": ids, "project_id": [OWN], "version": ["v2"], "tag": ["a=1"], "key": ["a"]}
    operation = schema[route.path][route.method]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def hold(case: Any, data: st.DataObject) -> None:
        for name in set(case.path_parameters or {}) & known.keys():
            if data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(known[name]))
        case.headers = {**(case.headers or {}), **HEADERS}
        case.call_and_validate(excluded_checks=excluded)

    hold()
