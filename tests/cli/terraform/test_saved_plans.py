"""Saved plans on the command line: carried out as they were made, and refused where that cannot be."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

BUCKET = {"aws_s3_bucket": {"b": {"bucket": "${var.name}"}}}


def plan_file(tf: Any) -> Path:
    """Where the sandbox keeps the plan called ``kept``."""
    [path] = tf.sandbox.rglob("plans/kept")
    return path


@pytest.fixture
def kept(tf: Any) -> Any:
    tf.write(resource={**BUCKET, "terraform_data": {"a": {"input": "${var.name}"}}}, output=None)
    assert tf("plan", "-out=kept", "-var=name=kept").status == 0
    return tf


def test_plan_is_carried_out_as_it_was_made(kept: Any) -> None:
    shown, document = kept("show", "kept").out, kept("show", "-json", "kept").json()
    kept.write(output={"new": {"value": 1}}, resource=None)

    assert kept("show", "kept").out == shown
    assert kept("show", "-json", "kept").json() == document
    assert "Apply complete! Resources: 2 added" in kept("apply", "kept").out
    assert kept("state", "list").out == "aws_s3_bucket.b\nterraform_data.a\n"
    assert kept("state", "show", "terraform_data.a").out.count('"kept"') == 2


def test_plan_is_refused_once_the_state_has_changed(kept: Any) -> None:
    kept("apply", "kept")

    ran = kept("apply", "kept")

    assert (ran.status, ran.out) == (1, "")
    assert "Error: Saved plan is stale" in ran.err
    assert "the state was changed by another operation" in " ".join(ran.err.split())


def test_plan_of_another_stack_is_refused(kept: Any, tmp_path: Path) -> None:
    kept("apply", "-auto-approve", "-var=name=x")
    kept("plan", "-out=./plan", "-var=name=y")
    (tmp_path / "plan").write_bytes((kept.stack / "plan").read_bytes())
    for path in kept.sandbox.rglob("*.tfstate*"):
        path.unlink()
    kept("apply", "-auto-approve", "-var=name=x")

    assert "Error: Saved plan does not match the given state" in kept("apply", f"{tmp_path}/plan").err


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "zip: not a valid zip file", id="empty"),
        pytest.param(b"garbage", "zip: not a valid zip file", id="no archive"),
        pytest.param("cut", "zip: not a valid zip file", id="cut off"),
        pytest.param({"tfplan": b"", "tfstate": b""}, "made by Terraform itself", id="a plan of Terraform"),
        pytest.param({"a": b""}, "an archive, but no plan", id="another archive"),
    ],
)
@pytest.mark.parametrize("command", [["apply"], ["apply", "-json"], ["show"], ["show", "-json"]], ids=" ".join)
def test_what_is_no_plan_is_refused(kept: Any, command: list[str], content: Any, reason: str) -> None:
    path = plan_file(kept)
    match content:
        case "cut":
            path.write_bytes(path.read_bytes()[:300])
        case dict():
            archive = io.BytesIO()
            with zipfile.ZipFile(archive, "w") as packed:
                for name, part in content.items():
                    packed.writestr(name, part)
            path.write_bytes(archive.getvalue())
        case _:
            path.write_bytes(content)

    ran = kept(*command, "kept")

    assert ran.status == 1
    assert reason in " ".join((ran.out + ran.err).split())
    summary = "Failed to load" if command[0] == "apply" else "Failed to read the given file as a state or plan file"
    assert summary in ran.out + ran.err


def test_directory_is_no_plan(tf: Any) -> None:
    assert "You can use the global -chdir flag" in " ".join(tf("apply", "./").err.split())


def test_outputs_of_modules_are_those_of_the_plan(tf: Any) -> None:
    calls = {"net": {"source": "acme/net/aws", "version": "1.2.0"}}
    outputs = {"a": {"value": "${module.net.id}"}, "b": {"value": "${module.net.later}"}}
    tf.write(module=calls, output={"a": outputs["a"]}, resource=None)
    tf("apply", "-auto-approve")
    tf.write(module=calls, output=outputs, resource=None)
    tf("plan", "-out=kept")

    planned = tf("show", "-json", "kept").json()
    tf("apply", "kept")

    assert planned["simulated_modules"][0]["address"] == "module.net"
    assert tf("output", "-json").json()["b"]["value"] == planned["output_changes"]["b"]["after"]
    assert tf("plan", "-detailed-exitcode").status == 0
    assert tf("console", stdin="module.net.later").out.strip('"\n') == planned["output_changes"]["b"]["after"]
    [event] = [event for event in tf("plan", "-json").events() if event["type"] == "simulated_module"]
    assert event["@message"] == "module.net is simulated: acme/net/aws 1.2.0"
