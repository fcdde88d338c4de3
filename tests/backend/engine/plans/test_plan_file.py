"""Saved plans: what comes back is the plan that was saved, and everything else is refused with its reason."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import zipfile
from dataclasses import fields, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.engine import Engine
from constructs_ims.backend.engine.lang import Sensitive, TfList, TfMap, TfSet
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress
from constructs_ims.backend.engine.plans.changes import Action, ActionReason, Importing, Plan, ResourceChange
from constructs_ims.backend.engine.plans.plan_file import check_current, read_plan, write_plan
from constructs_ims.backend.engine.plans.plan_file_values import (
    decode,
    decode_change,
    decode_diagnostic,
    encode,
    encode_change,
    encode_diagnostic,
)
from constructs_ims.backend.engine.render.plan_json import plan_to_json
from constructs_ims.backend.engine.stack.providers.builtin import DATA
from constructs_ims.backend.engine.state import durable_files
from constructs_ims.backend.engine.state.model import ObjectState, State
from constructs_ims.backend.engine.state.storage import LoadedState
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Explanation, Signature, error
from constructs_ims.schema.paths import AttributeStep, IndexStep, attribute_path
from constructs_ims.schema.types import DYNAMIC, NUMBER, STRING, ListType, Type
from constructs_ims.schema.values import Unknown

PROVIDER = 'provider["terraform.io/builtin/terraform"]'
STACK = {
    "variable": {"s": {"default": "hidden", "sensitive": True}, "n": {"default": 1.25}},
    "resource": {
        "terraform_data": {
            "a": {"input": "x"},
            "b": {"count": 2, "input": "${terraform_data.a.id}"},
            "c": {"input": {"k": "${var.s}", "l": '${toset(["z"])}', "n": "${var.n}"}},
        }
    },
    "output": {"o": {"value": "${terraform_data.b[*].id}"}, "s": {"value": "${var.s}", "sensitive": True}},
    "check": {"c": {"assert": [{"condition": '${terraform_data.a.id != ""}', "error_message": "m"}]}},
}


def schema_of(provider: str, mode: str, type: str) -> Schema | None:
    return DATA if type == "terraform_data" else None


def schemas_of(*_: Any) -> Any:
    return schema_of


def made(directory: Path, state: State | None = None) -> Plan:
    (directory / "cdk.tf.json").write_text(json.dumps(STACK))
    return Engine(lambda _: None).plan(directory, state or State())


def reread(directory: Path, plan: Plan) -> Plan:
    path = directory / "saved"
    assert write_plan(path, plan) == []
    found = read_plan(path, schemas_of)
    assert found.plan is not None, found.diagnostics
    return found.plan


def comparable(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def test_saved_plan_comes_back_whole(tmp_path: Path) -> None:
    plan = made(tmp_path)
    plan = replace(plan, diagnostics=(*plan.diagnostics, error("Bad", "", attribute_path("a", 0))))

    saved = reread(tmp_path, plan)

    for one in fields(Plan):
        if one.name != "configuration":
            assert comparable(getattr(saved, one.name)) == comparable(getattr(plan, one.name)), one.name
    assert saved.configuration.directory == plan.configuration.directory.absolute()
    assert plan_to_json(saved) == plan_to_json(plan)


def test_saved_plan_applies_without_its_files(tmp_path: Path) -> None:
    saved = reread(tmp_path, made(tmp_path))
    (tmp_path / "cdk.tf.json").unlink()

    outcome = Engine(lambda _: None).apply(saved)

    assert outcome.diagnostics == ()
    assert outcome.added == 4
    assert outcome.state.outputs["s"].value == "hidden"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.just(Unknown)
    | st.binary(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.just("$"), inner)
        | inner.map(Sensitive)
        | st.lists(inner).map(lambda items: TfList(items, STRING))
        | st.lists(inner).map(lambda items: TfSet(items, NUMBER))
        | st.dictionaries(st.text(), inner).map(lambda items: TfMap(items, STRING))
    ),
)


def shape(value: Any) -> Any:
    """Types, too, must come back: equality alone would let a TfList pass for a list and 1 for 1.0."""
    if isinstance(value, Sensitive):
        return "sensitive", shape(value.value)
    if isinstance(value, dict):
        return type(value), getattr(value, "element", None), {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return type(value), getattr(value, "element", None), [shape(item) for item in value]
    return type(value), repr(value)


@given(VALUES)
def test_every_value_comes_back(value: Any) -> None:
    assert shape(decode(json.loads(json.dumps(encode(value))))) == shape(value)


def test_every_part_of_a_change_comes_back() -> None:
    address = InstanceAddress(ResourceAddress("managed", "terraform_data", "a"), 'k"')
    change = ResourceChange(
        address,
        PROVIDER + ".east",
        Action.CREATE_THEN_DELETE,
        {"id": "1", "input": Decimal("1.5")},
        {"id": Unknown, "input": [Unknown]},
        InstanceAddress(address.resource, 3),
        "00bee5fe",
        ActionReason.REPLACE_TAINTED,
        (attribute_path("input"),),
        (attribute_path("input", 0), (AttributeStep("output"), IndexStep("k"))),
        (attribute_path("id"),),
        Importing(None),
        DATA,
        True,
        b"\x00private",
        {"id": None},
        (attribute_path("input"),),
        ("terraform_data.b",),
        True,
        {"input": ListType(STRING)},
    )
    assert all(getattr(change, one.name) != one.default for one in fields(ResourceChange)), (
        "a new field of ResourceChange needs a value here"
    )

    assert decode_change(json.loads(json.dumps(encode_change(change))), schema_of) == change


def test_saved_plan_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    write_plan(tmp_path / "saved", made(tmp_path))

    assert (tmp_path / "saved").stat().st_mode & 0o777 == 0o600


def rewritten(source: Path, target: Path, **changed: bytes | None) -> None:
    """Copy an archive with some parts changed, added, or (None) left out; ``_`` stands for ``.`` in names."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        parts = {name: old.read(name) for name in old.namelist()}
        for name, content in {**parts, **{name.replace("_", "."): part for name, part in changed.items()}}.items():
            if content is not None:
                new.writestr(name, content)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        pytest.param({"plan_json": b"{}"}, "it was changed after it was saved (plan.json)", id="part changed"),
        pytest.param({"tfstate": None}, "it was changed after it was saved (tfstate)", id="part missing"),
        pytest.param({"extra": b""}, "it was changed after it was saved (extra)", id="part added"),
        pytest.param({"manifest_json": b"{"}, "its list of contents is damaged", id="manifest damaged"),
        pytest.param({"manifest_json": None}, "it is an archive, but no plan", id="manifest missing"),
        pytest.param(
            {"manifest_json": None, "tfplan": b""}, "it was made by Terraform itself", id="a plan of Terraform"
        ),
        pytest.param(
            {"manifest_json": b'{"format": 2, "sums": {}}'}, "its format 2 is that of another release", id="newer"
        ),
    ],
)
def test_changed_plan_is_refused(tmp_path: Path, changed: dict[str, bytes | None], reason: str) -> None:
    write_plan(tmp_path / "saved", made(tmp_path))
    rewritten(tmp_path / "saved", tmp_path / "changed", **changed)

    found = read_plan(tmp_path / "changed", schemas_of)

    assert found.plan is None
    assert found.diagnostics[0].summary == f'Failed to load "{tmp_path / "changed"}" as a plan file'
    assert reason in found.diagnostics[0].detail


def test_plan_of_an_unknown_shape_is_refused(tmp_path: Path) -> None:
    write_plan(tmp_path / "saved", made(tmp_path))
    with zipfile.ZipFile(tmp_path / "saved") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    odd = b'{"output_changes": [{}]}'
    manifest["sums"]["plan.json"] = hashlib.sha256(odd).hexdigest()
    rewritten(tmp_path / "saved", tmp_path / "odd", plan_json=odd, manifest_json=json.dumps(manifest).encode())

    assert "Make a new plan" in read_plan(tmp_path / "odd", schemas_of).diagnostics[0].detail


@pytest.mark.parametrize("content", [b"", b"no plan", b"PK\x03\x04garbage"], ids=["empty", "text", "cut zip"])
def test_what_is_no_plan_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "saved"
    path.write_bytes(content)

    assert read_plan(path, schemas_of).diagnostics[0].detail == "Error: zip: not a valid zip file"


@cache
def archive(directory: Path) -> bytes:
    write_plan(directory / "sound", made(directory))
    return (directory / "sound").read_bytes()


@given(at=st.integers(min_value=0), byte=st.integers(0, 255))
def test_no_damage_raises(tmp_path_factory: pytest.TempPathFactory, at: int, byte: int) -> None:
    directory = tmp_path_factory.getbasetemp()
    content = bytearray(archive(directory))
    content[at % len(content)] ^= byte
    (directory / "saved").write_bytes(content)

    found = read_plan(directory / "saved", schemas_of)

    assert (found.plan is None) == bool(found.diagnostics)


def test_missing_plan_is_named(tmp_path: Path) -> None:
    found = read_plan(tmp_path / "gone", schemas_of)

    assert found.diagnostics[0].detail == f"Error: stat {tmp_path / 'gone'}: no such file or directory"


def test_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = made(tmp_path)

    def failing(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(durable_files.os, "fsync", failing)

    (diagnostic,) = write_plan(tmp_path / "saved", plan)

    assert diagnostic.summary == "Failed to write plan file"
    assert "The disk is full" in diagnostic.detail
    assert not (tmp_path / "saved").exists()


def state(lineage: str, serial: int) -> State:
    found = State(lineage, serial)
    found.set_current(
        InstanceAddress(ResourceAddress("managed", "terraform_data", "old")), PROVIDER, ObjectState({"id": "1"})
    )
    return found


def test_plan_applies_to_the_state_it_was_made_from(tmp_path: Path) -> None:
    plan = made(tmp_path, state("line", 4))

    assert check_current(plan, LoadedState(state("line", 4))) == []
    assert check_current(made(tmp_path), LoadedState(State())) == []


@pytest.mark.parametrize(
    ("now", "summary"),
    [
        pytest.param(LoadedState(state("line", 5)), "Saved plan is stale", id="changed since"),
        pytest.param(LoadedState(state("line", 4), was_replayed=True), "Saved plan is stale", id="interrupted since"),
        pytest.param(LoadedState(state("other", 4)), "Saved plan does not match the given state", id="another history"),
    ],
)
def test_stale_plan_is_refused(tmp_path: Path, now: LoadedState, summary: str) -> None:
    plan = made(tmp_path, state("line", 4))

    assert [found.summary for found in check_current(plan, now)] == [summary]


def test_plan_that_failed_is_refused(tmp_path: Path) -> None:
    plan = replace(made(tmp_path), diagnostics=(error("Bad"),))

    saved = reread(tmp_path, plan)

    assert [found.summary for found in check_current(saved, LoadedState(State()))] == ["Cannot apply incomplete plan"]


@pytest.mark.parametrize("variadic", [None, ("args", DYNAMIC)], ids=["of its parameters", "of any number"])
def test_what_explains_a_fault_comes_back(variadic: tuple[str, Type] | None) -> None:
    """Calls of functions and values that an expression refers to, in a plan that failed."""
    signature = Signature((("list", ListType(STRING)),), variadic, STRING)
    explained = Explanation((("var.size", "is 5"),), "join", signature)
    for explanation in (None, Explanation(), explained):
        fault = replace(error("Invalid", "Not so."), explanation=explanation)
        kept = json.loads(json.dumps(encode_diagnostic(fault)))
        assert decode_diagnostic(kept) == fault
