"""Credentials in a stack and in the environment are in nothing that a command prints, and in no file that it leaves."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BLOCK = {
    "region": "cn-north-4",
    "access_key": "PLANTED-1",
    "secret_key": 'PLANTED-2 "quoted" \\ and more',
    "security_token": "PLANTED-3",
    "password": "PLANTED-4",
}
ENVIRONMENT = {
    "HW_ACCESS_KEY": "PLANTED-5",
    "HW_SECRET_KEY": "PLANTED-6",
    "HW_SECURITY_TOKEN": "PLANTED-7",
    "OS_PASSWORD": "PLANTED-8",
    "TF_LOG": "trace",
}
OTHER = [
    {"region": "x", "token": "PLANTED-9", "assume": [{"client_secret": "PLANTED-10"}]},
    {"alias": "b", "api_key": "PLANTED-11"},
]


def leaks(directory: Path) -> Iterator[str]:
    """Yield the files, looked for in archives too, that hold a planted secret."""
    for path in sorted(directory.rglob("*")):
        if not path.is_file() or path.name == "cdk.tf.json":
            continue
        parts = {"": path.read_bytes()}
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                parts |= {name: archive.read(name) for name in archive.namelist()}
        yield from (f"{path.relative_to(directory)} {name}" for name, content in parts.items() if b"PLANTED" in content)


@pytest.fixture
def secretive(tf: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    tf.write(provider={"huaweicloud": [BLOCK], "other": OTHER})
    return tf


COMMANDS = [
    "init", "validate -json", "plan -out=kept", "show -json kept", "show kept", "plan -json",
    "apply -auto-approve -json", "show -json", "state pull", "output -json", "providers", "refresh",
    "plan -destroy -out=./beside", "apply -auto-approve ./beside",
]  # fmt: skip


def test_sound_run(secretive: Any) -> None:
    for command in COMMANDS:
        ran = secretive(*command.split())

        assert ran.status == 0, ran.err
        assert "PLANTED" not in ran.out + ran.err, command
    assert list(leaks(secretive.directory)) == []


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("wrong", [{"regoin": "x"}, {"access_key": ["PLANTED"]}, {"max_retries": "PLANTED?"}])
def test_faulty_block(secretive: Any, wrong: dict[str, Any], indent: int | None) -> None:
    """The line that a message shows may be all of the file; a secret where none belongs is not known for one."""
    stack = json.loads((secretive.stack / "cdk.tf.json").read_text())
    stack["provider"]["huaweicloud"][0] |= wrong
    (secretive.stack / "cdk.tf.json").write_text(json.dumps(stack, indent=indent))

    for words in (["plan"], ["plan", "-json"], ["validate", "-json"]):
        ran = secretive(*words)

        assert ran.status == 1
        assert "PLANTED-" not in ran.out + ran.err
    assert list(leaks(secretive.directory)) == []


def test_expressions_stay(tf: Any) -> None:
    """A plan says where credentials come from, but not what they are."""
    block = {"region": "cn-north-4", "access_key": "${var.name}", "secret_key": "PLANTED"}
    tf.write(provider={"huaweicloud": [block]})
    tf("plan", "-out=kept")

    shown = tf("show", "-json", "kept").json()

    expressions = shown["configuration"]["provider_config"]["huaweicloud"]["expressions"]
    assert expressions["access_key"]["references"] == ["var.name"]
    assert expressions["secret_key"] == {"constant_value": "*******"}
