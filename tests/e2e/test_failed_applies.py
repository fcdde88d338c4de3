"""Applies that fail half way, by Terraform and by the engine with the same provider: equal states, equal next plans."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.emulator import Store, create_app
from constructs_ims.backend.emulator.server import EmulatorServer
from constructs_ims.backend.engine.engine import Engine
from constructs_ims.backend.engine.lang.json_text import to_compact
from constructs_ims.backend.engine.render.plan_json import plan_to_json
from constructs_ims.backend.engine.state.model import State
from constructs_ims.backend.engine.state.statefile import write_state
from constructs_ims.backend.provider.configuration import LocalService
from constructs_ims.backend.provider.provider import ImageProvider

from .conftest import ACCOUNT, Terraform

pytestmark = pytest.mark.e2e


class Service:
    """A local IMS that refuses some requests: ``refuse["GET"] = "before"`` it does the work, or ``"after"``."""

    def __init__(self, store: Store) -> None:
        self.refuse: dict[str, str] = {}
        self._app = create_app(store, ACCOUNT)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        when = self.refuse.get(environ["REQUEST_METHOD"]) if environ["PATH_INFO"].startswith("/v2/") else None
        if when == "after":
            list(self._app(environ, lambda *_: lambda _: None))  # type: ignore[arg-type, return-value]
        if when is None:
            return self._app(environ, start_response)
        start_response("500 Internal Server Error", [("Content-Type", "application/json")])
        return [b'{"error": {"message": "out of order", "code": "IMG.0000"}}']


class Ours:
    """The engine, with the provider that Terraform gets, over HTTP."""

    def __init__(self, directory: Path, endpoint: str) -> None:
        directory.mkdir()
        local = LocalService(endpoint, ACCOUNT.access_key, ACCOUNT.secret_key)
        self.directory, self.known = directory, State()
        self.engine = Engine(lambda _: ImageProvider(sandbox=local, environment={}))

    def apply(self) -> bool:
        outcome = self.engine.apply(self.engine.plan(self.directory, self.known))
        self.known = outcome.state
        return outcome.succeeded

    def state(self) -> Any:
        return json.loads(write_state(self.known))

    def plan(self) -> Any:
        return json.loads(to_compact(plan_to_json(self.engine.plan(self.directory, self.known))))


class Theirs:
    """Terraform."""

    def __init__(self, terraform: Terraform) -> None:
        self.terraform, self.directory = terraform, terraform.directory

    def apply(self) -> bool:
        return self.terraform.run("apply", "-auto-approve").returncode == 0

    def state(self) -> Any:
        return self.terraform.state()

    def plan(self) -> Any:
        return self.terraform.plan()


Both = list[tuple["Ours | Theirs", Service]]


@pytest.fixture
def both(tmp_path: Path, terraform_program: str, mirror: Path) -> Iterator[Both]:
    """The engine and Terraform, each beside a service of its own."""
    with ExitStack() as stack:
        services = [Service(stack.enter_context(Store(":memory:"))) for _ in range(2)]
        servers = [stack.enter_context(EmulatorServer(service)) for service in services]
        terraform = Terraform(terraform_program, tmp_path / "theirs", mirror, servers[1].endpoint)
        terraform.configure({"a": {"name": "a"}})
        terraform.succeed("init")
        yield [(Ours(tmp_path / "ours", servers[0].endpoint), services[0]), (Theirs(terraform), services[1])]


def configured(both: Both, **image: Any) -> None:
    for actor, _ in both:
        text = json.dumps(
            {
                "terraform": {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}},
                "provider": {"huaweicloud": {"region": "cn-north-4", **_way(actor)}},
                "resource": {"huaweicloud_ims_image_metadata": {"a": {"enable_force_new": "true", **image}}},
            }
        )
        (actor.directory / "main.tf.json").write_text(text)


def _way(actor: Ours | Theirs) -> dict[str, Any]:
    if isinstance(actor, Ours):
        return {}
    endpoint = actor.terraform.endpoint
    keys = {"access_key": ACCOUNT.access_key, "secret_key": ACCOUNT.secret_key}
    return {**keys, "auth_url": f"{endpoint}/v3", "endpoints": {"ims": f"{endpoint}/"}}


def objects(state: Any) -> list[tuple[str, str, bool, str]]:
    """The objects of a state: name, status, whether deposed, and the name that the image has."""
    return sorted(
        (resource["name"], one.get("status", ""), "deposed" in one, one["attributes"]["name"])
        for resource in state["resources"]
        for one in resource["instances"]
    )


def actions(plan: Any) -> list[tuple[str, bool, list[str], str | None]]:
    return [
        (change["address"], "deposed" in change, change["change"]["actions"], change.get("action_reason"))
        for change in plan["resource_changes"]
    ]


OLD, NEW = {"name": "old"}, {"name": "new"}
FIRST = {"lifecycle": {"create_before_destroy": True}}


@pytest.mark.parametrize(
    ("before", "after", "refused", "left", "next_actions"),
    [
        pytest.param(
            None, NEW, {"POST": "before"}, [], [(False, ["create"])],
            id="creation refused",
        ),
        pytest.param(
            None, NEW, {"POST": "after"}, [], [(False, ["create"])],
            id="creation carried out, its answer lost",
        ),
        pytest.param(
            None, NEW, {"GET": "before"}, [("tainted", False, "new")], [(False, ["delete", "create"])],
            id="created, but not to be read back",
        ),
        pytest.param(
            OLD, NEW, {"POST": "before"}, [], [(False, ["create"])],
            id="replaced: destroyed, creation refused",
        ),
        pytest.param(
            OLD, NEW, {"DELETE": "before"}, [("", False, "old")], [(False, ["delete", "create"])],
            id="replaced: destruction refused",
        ),
        pytest.param(
            {**OLD, **FIRST}, {**NEW, **FIRST}, {"POST": "before"},
            [("", False, "old")], [(False, ["create", "delete"])],
            id="created before destroyed: creation refused",
        ),
        pytest.param(
            {**OLD, **FIRST}, {**NEW, **FIRST}, {"DELETE": "before"},
            [("", False, "new"), ("", True, "old")], [(False, ["no-op"]), (True, ["delete"])],
            id="created before destroyed: destruction refused",
        ),
    ],
)  # fmt: skip
def test_state_and_next_plan_are_terraforms(
    both: Both,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    refused: dict[str, str],
    left: list[tuple[str, bool, str]],
    next_actions: list[tuple[bool, list[str]]],
) -> None:
    found = []
    if before is not None:
        configured(both, **before)
        assert [actor.apply() for actor, _ in both] == [True, True]
    configured(both, **after)
    for actor, service in both:
        service.refuse = dict(refused)
        assert not actor.apply()
        service.refuse = {}
        state, plan = actor.state(), actor.plan()
        found.append((objects(state), actions(plan)))
        assert actor.apply()
        assert objects(actor.state()) == [("a", "", False, "new")]

    ours, theirs = found
    assert ours == theirs
    assert [found[1:] for found in ours[0]] == left
    assert [(deposed, acts) for _, deposed, acts, _ in ours[1]] == next_actions
