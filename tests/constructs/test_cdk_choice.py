"""Which CDK the constructs are made of: whatever the order of imports, that of the app."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from constructs_ims import ImsImageMetadata
from constructs_ims.cdk_choice import CdkChoice, MixedCdksError, cdk_of, imported_cdk, installed_cdk
from constructs_ims.constructs import cdk

from .cdktn_stub import STUB, stub

ROOT = Path(__file__).parents[2]
BODY = """
import json, sys
stack = {cdk}.TerraformStack({cdk}.Testing.app(), "s")
class Golden(ImsImageMetadata):
    def __init__(self, scope, id):
        super().__init__(scope, id, name="a", timeouts={{"delete": "1m"}}, lifecycle={{"prevent_destroy": True}})
golden = Golden(Construct(stack, "group"), "golden")
HuaweicloudProvider(stack, "provider", region="cn-north-4")
assert isinstance(golden, {cdk}.TerraformResource)
assert isinstance(golden.timeouts, {cdk}.ComplexObject)
resources = json.loads({cdk}.Testing.synth(stack))["resource"]["huaweicloud_ims_image_metadata"]
others = {{"cdktf", "cdktn"}} & set(sys.modules) - {{"{cdk}"}}
print(json.dumps([list(resources.values()), sorted(others)]))
"""
NAMES = "from constructs import Construct; from constructs_ims import HuaweicloudProvider, ImsImageMetadata"
IMAGE = {"name": "a", "timeouts": {"delete": "1m"}, "lifecycle": {"prevent_destroy": True}}


def run(script: str, *, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script]
    return subprocess.run(
        command, capture_output=True, text=True, check=check, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}
    )


STARTS = {
    "package first, cdktf": ("cdktf", f"{NAMES}; import cdktf", []),
    "package first, cdktn": ("cdktn", f"{NAMES}; import cdktn", []),
    "cdktn first": ("cdktn", f"import cdktn; {NAMES}", []),
    "both imported, stacks of cdktn": ("cdktn", f"import cdktf; {NAMES}; import cdktn", ["cdktf"]),
    "both imported, stacks of cdktf": ("cdktf", f"import cdktn; {NAMES}; import cdktf", ["cdktn"]),
    "said": ("cdktn", f"{NAMES.replace('constructs_ims', 'constructs_ims.cdktn')}; import cdktn", []),
}


@pytest.mark.e2e
@pytest.mark.parametrize(("name", "start", "others"), STARTS.values(), ids=STARTS)
def test_constructs_are_of_the_apps_cdk(name: str, start: str, others: list[str]) -> None:
    ran = run(start + BODY.format(cdk=name))

    assert json.loads(ran.stdout) == [[IMAGE], others]


def test_classes_are_of_the_cdk_as_soon_as_it_is_imported() -> None:
    script = (
        f"{NAMES}\n"
        "class Golden(ImsImageMetadata): pass\n"
        "from cdktn import TerraformProvider, TerraformResource\n"
        "print(issubclass(Golden, TerraformResource), issubclass(HuaweicloudProvider, TerraformProvider))"
    )

    assert run(script).stdout == "True True\n"


@pytest.mark.e2e
@pytest.mark.parametrize("name", ["cdktf", "cdktn"])
def test_static_methods_of_the_cdk_need_no_construct(name: str) -> None:
    script = f"{NAMES}; import {name}; print(ImsImageMetadata.is_terraform_element({name}.App()))"

    assert run(script).stdout == "False\n"


def test_names_load_neither_cdk() -> None:
    script = f"{NAMES}; import sys; print(sorted({{'cdktf', 'cdktn'}} & set(sys.modules)))"

    assert run(script).stdout == "[]\n"


@pytest.mark.e2e
def test_app_runs_with_cdktn_alone_installed(tmp_path: Path) -> None:
    installed = Path(sysconfig.get_path("purelib"))
    for path in installed.iterdir():
        if not path.name.startswith("cdktf") and path.suffix != ".pth":
            (tmp_path / path.name).symlink_to(path)
    script = f"{NAMES}; import cdktn" + BODY.format(cdk="cdktn")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    command = [sys.executable, "-S", "-c", script]
    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path})

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [[IMAGE], []]


def test_cdktn_that_is_not_installed_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constructs_ims.cdk_choice.find_spec", lambda name: None)

    with pytest.raises(ModuleNotFoundError, match=r'pip install "constructs-ims\[cdktn\]"'):
        CdkChoice().request("cdktn")


def test_the_other_cdk_cannot_be_asked_for_once_a_construct_is_made() -> None:
    choice = CdkChoice()
    assert choice.finish("cdktf") == "cdktf"
    assert choice.finish("cdktn") == "cdktf"

    with pytest.raises(MixedCdksError, match="made a construct with cdktf already"):
        choice.request("cdktn")


@pytest.mark.parametrize(
    ("imported", "name"), [(["cdktf", "cdktn"], "cdktf"), (["cdktn"], "cdktn"), (["cdktf"], "cdktf"), ([], None)]
)
def test_what_is_imported_tells(monkeypatch: pytest.MonkeyPatch, imported: list[str], name: str | None) -> None:
    for each in ("cdktf", "cdktn"):
        monkeypatch.setitem(sys.modules, each, sys if each in imported else None)  # type: ignore[arg-type]

    assert imported_cdk() == name
    assert name is None or CdkChoice().name == name


@pytest.mark.parametrize(("installed", "name"), [({"cdktn"}, "cdktn"), ({"cdktf", "cdktn"}, "cdktf"), (set(), "cdktf")])
def test_what_is_installed_tells_last(monkeypatch: pytest.MonkeyPatch, installed: set[str], name: str) -> None:
    monkeypatch.setattr("constructs_ims.cdk_choice.find_spec", lambda name: name if name in installed else None)

    assert installed_cdk() == name


@pytest.mark.parametrize("value", [1, "a", int, None, object()])
def test_plain_values_are_of_no_cdk(value: Any) -> None:
    assert cdk_of(value) is None


def test_constructs_are_of_the_cdk_in_use() -> None:
    assert cdk_of(ImsImageMetadata) == cdk.choice.name == cdk_of(cdk.get("TerraformStack"))


def test_annotations_can_be_evaluated() -> None:
    from typing import get_type_hints

    hints = get_type_hints(ImsImageMetadata.__init__)

    assert cdk.get("TerraformProvider") in hints["provider"].__args__
    assert cdk.get("WinrmProvisionerConnection") in hints["connection"].__args__


def test_types_for_cdktn_are_those_of_the_constructs() -> None:
    """Run ``python tests/constructs/cdktn_stub.py`` to write them anew."""
    assert STUB.read_text() == stub()


def test_extra_brings_cdktn() -> None:
    assert any(line.startswith("cdktn") and "extra == 'cdktn'" in line for line in required())


def required() -> list[str]:
    return [line.replace('"', "'") for line in distribution("constructs-ims").requires or []]
