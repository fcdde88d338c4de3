"""Values that the configuration marks as sensitive are in nothing that a provider's answers lead to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from constructs_ims.backend.provider.provider import ImageProvider
from constructs_ims.backend.sandbox import Sandbox
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
from constructs_ims.schema.diagnostics import error
from constructs_ims.schema.image_metadata import IMAGE_METADATA
from constructs_ims.schema.paths import attribute_path

MARKER = "PLANTED"
TYPE = "huaweicloud_ims_image_metadata"
TEXTS = sorted(
    attribute.name
    for attribute in IMAGE_METADATA.block.arguments
    if repr(attribute.type).startswith("StringType") and attribute.name != "id"
)


def stack(directory: Path, image: Any, secret: Any, provider: Any = None) -> Path:
    content = {
        "terraform": {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}},
        "provider": {"huaweicloud": [{"region": "cn-north-4", **(provider or {})}]},
        "variable": {"secret": {"sensitive": True, "default": secret}},
        "resource": {TYPE: {"a": image}},
    }
    (directory / "cdk.tf.json").write_text(json.dumps(content))
    return directory


def failure_of(action: Callable[[], object]) -> str:
    """Return all that is said when an action fails, in Terraform's words and in plain ones; else nothing."""
    try:
        action()
    except OperationFailedError as failure:
        return f"{failure} {[*failure.diagnostics]} {[fault.plainly() for fault in failure.diagnostics]}"
    return ""


WORDS = st.builds(
    lambda before, after: f"{before}{MARKER}{after}",
    st.sampled_from(["", "x" * 300, "http://", " ", "é\n", "=", '"']),
    st.sampled_from(["", "x" * 300, "=1", "\n", "!?", "\\", "'"]),
)


@settings(max_examples=2 * settings.default.max_examples)
@given(name=st.sampled_from([*TEXTS, "tags", "timeouts"]), secret=WORDS)
@example(name="name", secret=MARKER + "x" * 300)
@example(name="name", secret=f'"{MARKER}{"x" * 300}')
@example(name="visibility", secret=MARKER)
@example(name="region", secret=MARKER)
def test_refused_values(name: str, secret: str) -> None:
    places = {"tags": ["${var.secret}", "${var.secret}0"], "timeouts": {"delete": "${var.secret}"}}
    image = {"name": "n", name: places.get(name, "${var.secret}")}
    with TemporaryDirectory() as directory, Sandbox() as sandbox:
        target = stack(Path(directory), image, secret)
        assert MARKER not in failure_of(lambda: sandbox.apply(sandbox.plan(target)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("auth_url", MARKER, id="no URL"),
        pytest.param("region", MARKER, id="no region"),
        pytest.param("endpoints", {"ims": f"https://{MARKER}.example"}, id="no endpoint of this machine"),
    ],
)
def test_refused_provider_blocks(tmp_path: Path, name: str, value: Any) -> None:
    written = dict.fromkeys(value, "${var.secret}") if isinstance(value, dict) else "${var.secret}"
    secret = next(iter(value.values())) if isinstance(value, dict) else value
    with Sandbox() as sandbox:
        said = failure_of(lambda: sandbox.apply(sandbox.plan(stack(tmp_path, {"name": "n"}, secret, {name: written}))))
    assert said
    assert MARKER not in said


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [("name", f"{MARKER}1", f"{MARKER}2"), ("min_disk", 841, 842), ("tags", f"{MARKER}=1", f"{MARKER}=2")],
)
def test_refused_updates(tmp_path: Path, name: str, before: Any, after: Any) -> None:
    value = ["${var.secret}"] if name == "tags" else "${var.secret}"
    with Sandbox() as sandbox:
        sandbox.apply(sandbox.plan(stack(tmp_path, {"name": "n", name: value}, before)))
        said = failure_of(lambda: sandbox.plan(stack(tmp_path, {"name": "n", name: value}, after)))
    assert "(sensitive value)" in said
    assert not any(text in said for text in (MARKER, "841", "842"))


def _inconsistent(method: Callable[..., Any]) -> Callable[..., Any]:
    def answer(*arguments: Any) -> Any:
        result = method(*arguments)
        return replace(result, state={**result.state, "name": f"other {MARKER}"})

    return answer


def _refusing(method: Callable[..., Any]) -> Callable[..., Any]:
    def answer(provider: ImageProvider, type_name: str, config: Any) -> Any:
        known = isinstance(config["name"], str)
        return [error("Refused", f"Not {config['name']}.")] if known else method(provider, type_name, config)

    return answer


def _failing(method: Callable[..., Any]) -> Callable[..., Any]:
    def answer(*arguments: Any) -> Any:
        result = method(*arguments)
        fault = error(f"Not {MARKER}", f"The name {MARKER} and `{MARKER}` are taken.", attribute_path("name"))
        return replace(result, diagnostics=[fault])

    return answer


@pytest.mark.parametrize(
    ("method", "wrong"),
    [
        pytest.param("create_marked", _inconsistent, id="inconsistent result"),
        pytest.param("create_marked", _failing, id="failed creation"),
        pytest.param("read_resource", _failing, id="failed refresh"),
        pytest.param("plan_resource", _failing, id="failed plan"),
        pytest.param("validate_resource", _refusing, id="refused"),
    ],
)
def test_answers_of_providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, wrong: Any) -> None:
    with Sandbox() as sandbox:
        target = stack(tmp_path, {"name": "${var.secret}"}, MARKER)
        if method == "read_resource":
            sandbox.apply(sandbox.plan(target))
        monkeypatch.setattr(ImageProvider, method, wrong(getattr(ImageProvider, method)))
        said = failure_of(lambda: sandbox.apply(sandbox.plan(target)))
    assert "(sensitive value)" in said
    assert MARKER not in said


def test_search_for_a_lost_creation_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox() as sandbox:
        target = stack(tmp_path, {"name": "${var.secret}"}, MARKER)
        sandbox.cloud.fail_next("create", drop="after")
        failure_of(lambda: sandbox.apply(sandbox.plan(target)))
        monkeypatch.setattr(ImageProvider, "find_created", _failing(ImageProvider.find_created))
        said = failure_of(lambda: sandbox.plan(target))
    assert "(sensitive value)" in said
    assert MARKER not in said


def test_upgrade_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        return None, [error("Cannot upgrade", f"The name {MARKER} is of an older version.")]

    with Sandbox(tmp_path / "sandbox") as sandbox:
        target = stack(tmp_path, {"name": "${var.secret}"}, MARKER)
        sandbox.apply(sandbox.plan(target))
        (kept,) = (tmp_path / "sandbox").rglob("*.tfstate")
        state = json.loads(kept.read_text())
        del state["resources"][0]["instances"][0]["attributes"]["max_ram"]
        kept.write_text(json.dumps(state))
        monkeypatch.setattr(ImageProvider, "upgrade_resource", refuse)
        said = failure_of(lambda: sandbox.plan(target))
    assert "(sensitive value)" in said
    assert MARKER not in said
