"""Attributes whose values are documented: one rule for creation, and for both calls that change an image."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.backend.emulator import Store
from constructs_ims.backend.emulator.updates import PATCH

from .conftest import Caller, refusal


def create(call: Caller, _: Store, name: str, value: object) -> Any:
    return call("POST", "/v2/images", {name: value})


def patch(call: Caller, _: Store, name: str, value: object) -> Any:
    id = call.create()["id"]
    return call("PATCH", f"/v2/images/{id}", [change(name, value)], headers={"Content-Type": PATCH})


def update(call: Caller, store: Store, name: str, value: object) -> Any:
    id = call.create()["id"]
    store.change(id, {"status": "active"})
    return call("PATCH", f"/v2/cloudimages/{id}", [change(name, value)])


def change(name: str, value: object) -> dict[str, object]:
    return {"op": "add", "path": f"/{name}", "value": value}


WAYS = [create, patch, update]


@pytest.mark.parametrize("send", WAYS)
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("hw_firmware_type", ["bios", "uefi"]),
        ("hw_vif_multiqueue_enabled", ["true", "false"]),
        ("max_ram", ["0", "4096", str(2**31 - 1)]),
        ("os_shutdown_timeout", ["60", "300"]),
        ("__support_kvm", ["true", "false"]),
        ("__support_arm", ["true", "false"]),
        ("__is_config_init", ["true"]),
        ("__lazyloading", ["True", "false"]),
        ("__support_agent_list", ["hss", "ces", "hss,ces"]),
        ("__support_fc_inject", ["true", "whatever"]),
        ("__support_kvm_gpu_type", ["V100", "one of tomorrow"]),
        ("__description", ["", "x" * 1024]),
    ],
)
def test_documented_values_are_taken(send: Any, name: str, values: list[str], call: Caller, store: Store) -> None:
    for value in values:
        answer = send(call, store, name, value)
        assert answer.status_code in (200, 201), answer.text
        assert answer.json[name] == value


@pytest.mark.parametrize("send", WAYS)
@pytest.mark.parametrize(
    ("name", "code", "values"),
    [
        ("hw_firmware_type", "IMG.0141", ["efi", "UEFI", ""]),
        ("hw_vif_multiqueue_enabled", "IMG.0001", ["yes", "True", ""]),
        ("max_ram", "IMG.0055", ["much", "-1", "", "1.5", str(2**31), "9" * 300, "٣"]),
        ("os_shutdown_timeout", "IMG.0001", ["59", "301", "", "1e2", "٩٩"]),
        ("__support_kvm", "IMG.0001", ["1", "TRUE"]),
        ("__support_amd", "IMG.0001", ["maybe"]),
        ("__is_config_init", "IMG.0001", ["no"]),
        ("__lazyloading", "IMG.0001", ["TRUE"]),
        ("__support_agent_list", "IMG.0001", ["hss;ces"]),
        ("__description", "IMG.0004", ["x" * 1025]),
        ("__description", "IMG.0054", ["<b>", "a\nb"]),
    ],
)
def test_other_values_are_refused(
    send: Any, name: str, code: str, values: list[str], call: Caller, store: Store
) -> None:
    for value in values:
        assert refusal(send(call, store, name, value)) == (400, code), value
    for value in (7, True, None, ["true"]):
        assert refusal(send(call, store, name, value)) == (400, "IMG.0001")


@pytest.mark.parametrize("value", ["-1", "x", str(2**31), "9" * 5000])
def test_memory_is_bounded_in_a_change_as_in_a_creation(value: str, call: Caller, store: Store) -> None:
    assert refusal(update(call, store, "min_ram", value)) == (400, "IMG.0055")
    assert update(call, store, "min_ram", str(2**31 - 1)).json["min_ram"] == 2**31 - 1
