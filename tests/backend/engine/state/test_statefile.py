"""State files: Terraform's own read and written back unchanged, and everything that is no usable state told apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress, parse_address
from constructs_ims.backend.engine.state.model import CheckStatus, ObjectState, State
from constructs_ims.backend.engine.state.statefile import StateFileFault, read_state, write_state
from constructs_ims.schema.paths import IndexStep, attribute_path

GOLDEN = sorted((Path(__file__).parents[3] / "testdata" / "states").glob("*.tfstate.json"))
PROVIDER = 'provider["terraform.io/builtin/terraform"]'


def golden(name: str) -> dict[str, Any]:
    (path,) = (path for path in GOLDEN if path.name == f"{name}.tfstate.json")
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def state_of(document: dict[str, Any]) -> State:
    found = read_state(json.dumps(document).encode())
    assert found.diagnostics == ()
    assert found.state is not None
    return found.state


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_what_terraform_wrote_is_written_back_unchanged(path: Path) -> None:
    found = read_state(path.read_bytes())

    assert found.state is not None
    assert write_state(found.state).decode() == path.read_text()


def test_every_part_of_a_state_is_read() -> None:
    state = state_of(golden("everything"))
    keyed = parse_address('terraform_data.keyed["a"]')

    assert (state.serial, state.lineage, state.terraform_version) == (
        7,
        "6a2ee4b0-70a1-4d0c-a8de-8a42b4a6ee63",
        "1.11.4",
    )
    assert state.outputs["secret"].sensitive
    current = state.current(keyed)
    assert current is not None
    assert current.private == b"private"
    assert current.create_before_destroy
    assert current.dependencies == ("module.network.terraform_data.inner", "terraform_data.alone")
    assert state.deposed(keyed)["00bee5fe"].attributes["id"] == "older"
    tainted = state.current(parse_address("terraform_data.counted[10]"))
    assert tainted is not None
    assert tainted.is_tainted
    secret = state.current(parse_address("terraform_data.secret"))
    assert secret is not None
    assert secret.sensitive_paths == (attribute_path("input", "k", 0, "p"), (*attribute_path("output"), IndexStep("m")))
    assert state.check_results is not None
    assert [check.status for check in state.check_results] == [CheckStatus.UNKNOWN, CheckStatus.FAIL, CheckStatus.PASS]
    assert state.current(parse_address('module.network["x"].module.deep[1].terraform_data.inner')) is not None


FLAT = {
    "schema_version": 0,
    "attributes_flat": {"id": "1", "tags.#": "1", "tags.0": "a"},
    "sensitive_attributes": [],
}


def with_object(stored: dict[str, Any]) -> dict[str, Any]:
    resource = {"mode": "managed", "type": "x", "name": "a", "provider": PROVIDER, "instances": [stored]}
    return {"version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "line", "resources": [resource]}


def test_attributes_of_terraform_011_are_kept_as_they_are() -> None:
    state = state_of(with_object(FLAT))

    (written,) = json.loads(write_state(state))["resources"][0]["instances"]
    assert written == FLAT


def test_attributes_of_terraform_011_give_way_to_others() -> None:
    (written,) = json.loads(write_state(state_of(with_object({**FLAT, "attributes": {"id": "2"}}))))["resources"][0][
        "instances"
    ]

    assert written["attributes"] == {"id": "2"}
    assert "attributes_flat" not in written


@pytest.mark.parametrize("flat", [{"id": 1}, {"id": None}, "x", [1]], ids=repr)
def test_flat_attributes_that_are_none_are_refused(flat: Any) -> None:
    assert (
        read_state(json.dumps(with_object({**FLAT, "attributes_flat": flat})).encode()).fault is StateFileFault.BROKEN
    )


def test_unknown_keys_of_later_releases_are_dropped() -> None:
    document = golden("everything")
    known = write_state(state_of(document))
    document["invented"] = {"x": 1}
    document["resources"][0]["each"] = "list"
    document["resources"][0]["instances"][0]["identity_schema_version"] = 0

    assert write_state(state_of(document)) == known


@pytest.mark.parametrize("source", [b"", b" \n"], ids=["empty", "blank"])
def test_no_state_is_no_fault(source: bytes) -> None:
    found = read_state(source)

    assert (found.state, found.fault, found.diagnostics) == (None, None, ())


@pytest.mark.parametrize(
    ("source", "fault", "detail"),
    [
        pytest.param(b'{"version": 4,,}', StateFileFault.FOREIGN, "syntax error at byte offset 15", id="syntax error"),
        pytest.param(b"\xff\xfe", StateFileFault.FOREIGN, "could not be parsed as JSON", id="no text"),
        pytest.param(b"[1]", StateFileFault.FOREIGN, 'does not have a "version" attribute', id="a list"),
        pytest.param(b"{}", StateFileFault.FOREIGN, 'does not have a "version" attribute', id="no version"),
        pytest.param(
            b'{"version": "4"}',
            StateFileFault.FOREIGN,
            'is "4". A positive whole number is required',
            id="version as text",
        ),
        pytest.param(b'{"version": 3}', StateFileFault.LEGACY, "format version 3", id="older format"),
        pytest.param(
            b'{"version": 5, "terraform_version": "2.0.0"}',
            StateFileFault.NEWER,
            "created by Terraform 2.0.0",
            id="newer format",
        ),
        pytest.param(
            b'{"version": 5}', StateFileFault.NEWER, "newer version of Terraform", id="newer format of nobody"
        ),
        pytest.param(b"[" * 100_000, StateFileFault.FOREIGN, "could not be parsed as JSON", id="too deep"),
    ],
)
def test_what_is_no_state_is_told_apart(source: bytes, fault: StateFileFault, detail: str) -> None:
    found = read_state(source)

    assert found.state is None
    assert found.fault is fault
    assert detail in found.diagnostics[0].detail
    assert found.diagnostics[0].summary == "Unsupported state file format"


def resource(document: dict[str, Any], index: int = 2) -> dict[str, Any]:
    found: dict[str, Any] = document["resources"][index]
    return found


@pytest.mark.parametrize(
    ("damage", "summary"),
    [
        pytest.param(lambda d: d.update(serial="x"), "Invalid state file", id="serial as text"),
        pytest.param(lambda d: d.update(resources={}), "Invalid state file", id="resources as an object"),
        pytest.param(lambda d: d.update(outputs={"o": 1}), "Invalid state file", id="output as a number"),
        pytest.param(
            lambda d: d.update(outputs={"o": {"value": 1, "type": "float"}}),
            "Invalid output value type in state",
            id="output of no type",
        ),
        pytest.param(lambda d: resource(d).update(mode="x"), "Invalid resource mode in state", id="mode"),
        pytest.param(
            lambda d: resource(d)["instances"][0].update(index_key=[]),
            "Invalid resource instance metadata in state",
            id="instance key",
        ),
        pytest.param(
            lambda d: resource(d)["instances"][0].update(status="odd"),
            "Invalid resource instance metadata in state",
            id="status",
        ),
        pytest.param(
            lambda d: resource(d)["instances"][0].update(deposed="abc"),
            "Invalid resource instance metadata in state",
            id="deposed key",
        ),
        pytest.param(
            lambda d: resource(d)["instances"].append(resource(d)["instances"][0]),
            "Duplicate resource instance in state",
            id="instance twice",
        ),
        pytest.param(
            lambda d: resource(d)["instances"][0].update(private="%"), "Invalid state file", id="private data"
        ),
        pytest.param(
            lambda d: resource(d)["instances"][0].update(private="é"),
            "Invalid state file",
            id="private data beyond ASCII",
        ),
        pytest.param(
            lambda d: resource(d)["instances"][0].update(sensitive_attributes=[[{"type": "odd"}]]),
            "Unsupported path step",
            id="sensitive path",
        ),
        pytest.param(lambda d: d["check_results"][0].update(object_kind="x"), "Invalid state file", id="check kind"),
    ],
)
def test_a_broken_state_is_named(damage: Callable[[dict[str, Any]], Any], summary: str) -> None:
    document = golden("everything")
    damage(document)

    found = read_state(json.dumps(document).encode())

    assert (found.state, found.fault) == (None, StateFileFault.BROKEN)
    assert [diagnostic.summary for diagnostic in found.diagnostics] == [summary]


def test_every_fault_is_reported_in_one_run() -> None:
    document = golden("everything")
    document["serial"] = "x"
    resource(document)["mode"] = "odd"

    assert len(read_state(json.dumps(document).encode()).diagnostics) == 2


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda c: (
            st.lists(c)
            | st.dictionaries(
                st.sampled_from(
                    ["version", "resources", "outputs", "instances", "serial", "type", "mode", "check_results"]
                ),
                c,
            )
        ),
    )
)
def test_no_document_raises(value: Any) -> None:
    document = {**value, "version": 4} if isinstance(value, dict) else value

    found = read_state(json.dumps(document).encode())

    assert (found.state is None) == bool(found.diagnostics)


def test_a_copy_can_be_changed_apart() -> None:
    address = InstanceAddress(ResourceAddress("managed", "terraform_data", "a"), "k")
    state = State()
    state.set_current(address, PROVIDER, ObjectState({"id": "1"}))
    other = state.copy()

    other.depose(address, "0a1b2c3d")
    other.set_current(address, PROVIDER, replace(ObjectState({"id": "2"})).tainted())

    assert state.deposed(address) == {}
    current = state.current(address)
    assert current is not None
    assert current.attributes == {"id": "1"}
    assert [(deposed, obj.attributes["id"]) for _, deposed, obj in other.objects()] == [(None, "2"), ("0a1b2c3d", "1")]


def test_a_resource_goes_with_its_last_object() -> None:
    address = InstanceAddress(ResourceAddress("managed", "terraform_data", "a"))
    state = State()
    state.set_current(address, PROVIDER, ObjectState({"id": "1"}))
    state.depose(address, "0a1b2c3d")
    state.set_deposed(address, "0a1b2c3d", PROVIDER, None)

    assert state.is_empty


def test_instances_and_resources_move() -> None:
    source = InstanceAddress(ResourceAddress("managed", "terraform_data", "a"))
    target = InstanceAddress(ResourceAddress("managed", "terraform_data", "b"), 0)
    renamed = ResourceAddress("managed", "terraform_data", "c")
    state = State()
    state.set_current(source, PROVIDER, ObjectState({"id": "1"}))

    state.move_instance(source, target)
    state.move_resource(target.resource, renamed)

    assert [str(address) for address, _, _ in state.objects()] == ["terraform_data.c[0]"]
