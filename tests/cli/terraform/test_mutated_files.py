"""Real states and saved plans with something wrong in them: every command ends in an answer, none in a traceback."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_ims.cli.terraform.entry import run

from .conftest import STACK, Project

Steps = tuple[Any, ...]
IMAGE = "huaweicloud_ims_image_metadata.a"
OTHERS = {"other_thing": {"b": {"for_each": '${toset(["x"])}', "x": "1"}}}
WRONG = [
    None, True, 1, -1, 1.5, 10**30, "", "x", "é", "a.b", "${x}", "\ud800", "../../x", "x" * 5000, [], {}, [None],
    {"a": None}, ["object", {}], [[["a"]]], "provider[", 'provider["x"]', 'provider["a/b/c"].', "registry/a/b",
]  # fmt: skip
COMMANDS = [
    "plan", "show", "show -json", "state list", "state pull", "output -json", "validate", "providers", "refresh",
    f"state show {IMAGE}", f"state mv {IMAGE} {IMAGE}c", "state rm other_thing.b", "apply -auto-approve",
    "destroy -auto-approve", f"taint {IMAGE}", f"import {IMAGE}2 x", "console", "init",
]  # fmt: skip
MUTATIONS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True), st.sampled_from(["remove", "rename", "replace"]), st.sampled_from(WRONG)
    ),
    min_size=1,
    max_size=2,
)


def places(document: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Yield the way to every value inside."""
    members = (
        document.items() if isinstance(document, dict) else enumerate(document if isinstance(document, list) else ())
    )
    for key, value in members:
        yield (*steps, key)
        yield from places(value, (*steps, key))


def mutated(document: Any, mutations: list[tuple[float, str, Any]]) -> Any:
    """Return a document with values removed, renamed, or of another type."""
    document = copy.deepcopy(document)
    for where, how, wrong in mutations:
        if not (ways := list(places(document))):
            return document
        *outer, last = ways[int(where * len(ways))]
        holder = document
        for step in outer:
            holder = holder[step]
        if how == "remove":
            del holder[last]
        elif how == "rename" and isinstance(holder, dict):
            holder["é"] = holder.pop(last)
        else:
            holder[last] = copy.deepcopy(wrong)
    return document


@dataclass(frozen=True)
class Deployed:
    """A stack that was applied, and a plan of it that was kept."""

    stack: Path
    state: Path

    def play(self, command: str) -> tuple[int, str]:
        """Run a command, and return its status and what it printed."""
        printed = io.StringIO()
        with redirect_stdout(printed), redirect_stderr(printed), patch("sys.stdin", io.StringIO("1\n")):
            status = run(command.split(), {})
        return status, printed.getvalue()


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    directory = tmp_path_factory.mktemp("mutated")
    stack = directory / "cdktf.out" / "stacks" / "web"
    stack.mkdir(parents=True)
    (directory / "cdktf.json").write_text('{"app": "true"}')
    (directory / "cdktf.out" / "manifest.json").write_text("{}")
    content = STACK | {"resource": STACK["resource"] | OTHERS}
    (stack / "cdk.tf.json").write_text(json.dumps(content))
    before = Path.cwd()
    os.chdir(stack)
    try:
        made = Deployed(stack, directory / ".constructs-ims" / "stacks" / "web" / "terraform.tfstate")
        for command in ("apply -auto-approve", "plan -out=./kept"):
            status, printed = made.play(command)
            assert status == 0, printed
        yield made
    finally:
        os.chdir(before)


@settings(max_examples=3 * settings.default.max_examples)
@given(mutations=MUTATIONS, command=st.sampled_from(COMMANDS))
def test_state_with_something_wrong(mutations: list[tuple[float, str, Any]], command: str, deployed: Deployed) -> None:
    sound = deployed.state.read_text()
    journal = deployed.state.with_name("terraform.tfstate.journal")
    text = json.dumps(mutated(json.loads(sound), mutations))
    try:
        deployed.state.write_text(text)
        status, printed = deployed.play(command)
        assert status == 0 or "Error" in printed
        (deployed.stack / "pushed").write_text(text)
        status, printed = deployed.play("state push -force ./pushed")
        assert status == 0 or "Error" in printed
    finally:
        deployed.state.write_text(sound)
        journal.unlink(missing_ok=True)


@settings(max_examples=3 * settings.default.max_examples)
@given(
    mutations=MUTATIONS,
    part=st.sampled_from(["plan.json", "plan.json", "tfstate", "tfstate-prev", "manifest.json", "config/cdk.tf.json"]),
    command=st.sampled_from(["show ./changed", "show -json ./changed", "apply ./changed"]),
)
def test_plan_with_something_wrong(
    mutations: list[tuple[float, str, Any]], part: str, command: str, deployed: Deployed
) -> None:
    """Its sums are right, so that what was changed is read."""
    with zipfile.ZipFile(deployed.stack / "kept") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = json.dumps(mutated(json.loads(parts[part]), mutations)).encode()
    if part != "manifest.json":
        manifest = json.loads(parts["manifest.json"])
        manifest["sums"][part] = hashlib.sha256(parts[part]).hexdigest()
        parts["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(deployed.stack / "changed", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

    status, printed = deployed.play(command)

    assert status == 0 or "Error" in printed


@pytest.mark.parametrize(
    "provider", ["", "é", "provider[", "provider.aws", 'provider["a/b/c"].', "a/b/c", 7, None, ["x"]]
)
def test_state_with_a_provider_that_is_none_is_refused(provider: Any, applied: Project) -> None:
    [path] = applied.sandbox.rglob("terraform.tfstate")
    document = json.loads(path.read_text())
    document["resources"][0]["provider"] = provider
    path.write_text(json.dumps(document))

    for command in ("plan", "state list", "show -json"):
        ran = applied(*command.split())
        assert ran.status == 1
        assert "Error: " in ran.err, command


@pytest.mark.parametrize("wrong", [[], ["a"], {"a": None}, 5, True])
@pytest.mark.parametrize("name", ["region", "id", "min_disk", "tags", "protected"])
def test_state_with_a_value_of_another_type_is_refused(name: str, wrong: Any, applied: Project) -> None:
    [path] = applied.sandbox.rglob("terraform.tfstate")
    document = json.loads(path.read_text())
    attributes = document["resources"][0]["instances"][0]["attributes"]
    fits = type(attributes[name]) is type(wrong) and wrong != {"a": None}
    attributes[name] = wrong
    path.write_text(json.dumps(document))

    ran = applied("plan")

    assert fits or (ran.status == 1 and f"The state holds a value for {name} of {IMAGE}" in " ".join(ran.err.split()))


@pytest.mark.parametrize("wrong", ["x", 5, ["x"], {"delete": 5}, {"delete": ["x"]}], ids=repr)
@pytest.mark.parametrize("command", ["plan", "destroy -auto-approve -refresh=false"])
def test_state_with_a_block_of_another_type_is_refused(command: str, wrong: Any, applied: Project) -> None:
    [path] = applied.sandbox.rglob("terraform.tfstate")
    document = json.loads(path.read_text())
    document["resources"][0]["instances"][0]["attributes"]["timeouts"] = wrong
    path.write_text(json.dumps(document))

    ran = applied(*command.split())

    assert ran.status == 1
    assert f"The state holds a value for timeouts of {IMAGE} that is no object." in " ".join(ran.err.split())


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_plan_that_unpacks_to_too_much_is_refused(packing: int, applied: Project) -> None:
    with zipfile.ZipFile(applied.stack / "bomb", "w", packing, compresslevel=1) as archive:
        for number in range(9):
            archive.writestr(f"{number}", bytes(16 << 20))
    assert (applied.stack / "bomb").stat().st_size < 1 << 20

    ran = applied("show", "./bomb")

    assert ran.status == 1
    assert "it unpacks to more than any plan needs" in " ".join(ran.err.split())


def test_file_too_large_for_a_plan_is_refused(applied: Project) -> None:
    with (applied.stack / "huge").open("wb") as file:
        file.truncate(1 << 40)  # takes no room

    ran = applied("apply", "./huge")

    assert ran.status == 1
    assert "it is larger than any plan needs to be" in " ".join(ran.err.split())


@pytest.mark.parametrize("member", [b"\0" * 50, b"\x5d\0\0\x80\0" + b"\xff" * 40], ids=["zeros", "ones"])
@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_member_is_refused(packing: int, member: bytes, applied: Project) -> None:
    path = applied.stack / "damaged"
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.writestr("manifest.json", os.urandom(100).hex())
    content = bytearray(path.read_bytes())
    content[50 : 50 + len(member)] = member
    path.write_bytes(bytes(content))

    ran = applied("apply", "./damaged")

    assert ran.status == 1
    assert 'Error: Failed to load "./damaged" as a plan file' in ran.err
