"""Secrets planted in every place that a credential can stand in are in nothing that any command prints or keeps."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_ims.cli.main import main
from constructs_ims.cli.terraform.entry import run
from constructs_ims.schema.provider import PROVIDER

MARKER = "PLANTED"
SECRET = "PLANTED+PLANTED"  # one part stays whole when a letter is lost
ARGUMENTS = [attribute.name for attribute in PROVIDER.block.attributes if attribute.sensitive] + ["key"]
OTHERS = ["api_key", "client_secret", "clientSecret", "access_key_id", "passphrase", "credentials", "conn_str"]
BACKENDS = ["secret_key", "access_key", "password", "sas_token", "conn_str", "client_secret", "token"]
ENVIRONMENT = {
    name: SECRET
    for attribute in PROVIDER.block.attributes
    if attribute.name in ARGUMENTS
    for name in attribute.environment
} | {"TF_LOG": "trace", "TF_LOG_PROVIDER": "trace", "TF_TOKEN_app_terraform_io": SECRET}

PLAIN = st.sampled_from(
    [SECRET, f'"{SECRET}" \\ {SECRET}', f"{SECRET}é\n{SECRET}", f"$${{{SECRET}}}", f"%%{{{SECRET}}}"]
)
MIXED = st.sampled_from([f"{SECRET}${{var.name}}{SECRET}", f"{SECRET}${{", f"${{var.name}}{SECRET}", "${var.name}"])
WRONG = PLAIN.flatmap(lambda text: st.sampled_from([[text], {"a": text}, {text: "a"}, [[text], {"b": [text]}]]))
VALUES = PLAIN | MIXED | WRONG
PROVIDERS = st.fixed_dictionaries(
    {
        "huaweicloud": st.fixed_dictionaries(
            {"region": st.just("cn-north-4")}, optional=dict.fromkeys(ARGUMENTS, VALUES)
        )
        | st.lists(st.dictionaries(st.sampled_from(ARGUMENTS), VALUES), min_size=1, max_size=2)
        | st.just(SECRET),
        "other": st.dictionaries(st.sampled_from(OTHERS), VALUES, max_size=2).map(
            lambda block: [block | {"alias": "b"}]
        ),
    }
)
BACKEND = st.tuples(
    st.sampled_from(["s3", "pg", "http", "remote"]), st.dictionaries(st.sampled_from(BACKENDS), VALUES)
).map(lambda block: {block[0]: block[1]})
STATES = st.fixed_dictionaries(
    {"backend": st.just("s3"), "config": st.dictionaries(st.sampled_from(BACKENDS), PLAIN, min_size=1)}
)


def stack(provider: Any, backend: Any, state: Any = None) -> dict[str, Any]:
    return {
        "terraform": {"backend": backend},
        "provider": provider,
        "variable": {"name": {"default": "ubuntu"}},
        "resource": {
            "huaweicloud_ims_image_metadata": {"a": {"name": "${var.name}"}},
            "other_thing": {"b": {"x": "1"}},
        },
        "output": {"id": {"value": "${huaweicloud_ims_image_metadata.a.id}"}},
        **({"data": {"terraform_remote_state": {"elsewhere": state}}} if state else {}),
    }


def played(words: list[str], *, program: Any = None) -> str:
    """Return all that a command prints."""
    printed = io.StringIO()
    typed = patch("sys.stdin", io.StringIO("var.name\n"))
    with redirect_stdout(printed), redirect_stderr(printed), typed, suppress(SystemExit):
        main(words) if program else run(words, dict(os.environ))
    return re.sub("\x1b\\[[0-9;]*m", "", printed.getvalue())


COMMANDS = [
    "init", "validate", "validate -json", "plan -out=kept", "plan -json", "show -json kept", "show kept", "apply kept",
    "apply -auto-approve -json", "show", "show -json", "state pull", "state list", "output", "output -json",
    "providers", "providers schema -json", "console", "refresh", "destroy -auto-approve",
]  # fmt: skip
LOOKS = ["validate", "validate -json", "plan -out=kept", "plan -json", "console", "show"]


def leaks(directory: Path) -> Iterator[str]:
    """Yield the files, looked for in archives too, that hold a planted secret."""
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            parts = {"": path.read_bytes()}
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    parts |= {name: archive.read(name) for name in archive.namelist()}
            yield from (f"{path.name} {name}" for name, content in parts.items() if MARKER.encode() in content)


def check(text: str, commands: list[str]) -> dict[str, str]:
    """Play commands on a stack with this text, and return what each printed."""
    printed = {}
    with TemporaryDirectory() as name:
        directory = Path(name)
        place = directory / "cdktf.out" / "stacks" / "web"
        place.mkdir(parents=True)
        (directory / "cdktf.json").write_text('{"app": "true"}')
        (directory / "cdktf.out" / "manifest.json").write_text("{}")
        (place / "cdk.tf.json").write_text(text)
        before = Path.cwd()
        os.chdir(place)
        try:
            for command in commands:
                printed[command] = played(command.split())
                assert MARKER not in printed[command], f"{command}: {printed[command]}"
                assert "Traceback" not in printed[command]
        finally:
            os.chdir(before)
        assert list(leaks(directory / ".constructs-ims")) == []
    return printed


@pytest.fixture(autouse=True, scope="module")
def environment() -> Iterator[None]:
    removed = [name for name in os.environ if name.startswith(("TF_", "CONSTRUCTS_IMS_"))]
    with patch.dict(os.environ, ENVIRONMENT):
        for name in removed:
            os.environ.pop(name, None)
        yield


@given(provider=PROVIDERS, backend=BACKEND, state=st.none() | STATES, indent=st.sampled_from([None, 2]))
def test_any_block(provider: Any, backend: Any, state: Any, indent: int | None) -> None:
    check(json.dumps(stack(provider, backend, state), indent=indent), LOOKS)


def test_every_command() -> None:
    provider = {
        "huaweicloud": [{"region": "cn-north-4", **dict.fromkeys(ARGUMENTS, SECRET)}],
        "other": [dict.fromkeys(OTHERS, SECRET), {"alias": "b", "inner": [{"api_token": SECRET}]}],
    }
    backend = {"s3": {"bucket": "b", **dict.fromkeys(BACKENDS, SECRET)}}

    printed = check(json.dumps(stack(provider, backend), indent=2), COMMANDS)

    assert "2 added" in printed["apply kept"]
    assert "2 destroyed" in printed["destroy -auto-approve"]


@settings(max_examples=2 * settings.default.max_examples)
@given(
    provider=PROVIDERS.filter(lambda blocks: blocks["huaweicloud"] != SECRET),  # which nothing tells from other texts
    indent=st.sampled_from([None, 2]),
    sign=st.sampled_from(["", '"', ":", ",", "}", "]", "x", "\\", " = "]),
    where=st.floats(0, 1, exclude_max=True),
)
def test_any_broken_json(provider: Any, indent: int | None, sign: str, where: float) -> None:
    """One sign beside a bracket, quote, colon or comma is another, or too many, or none."""
    text = json.dumps(stack(provider, {"local": {}}), indent=indent)
    places = [found.start() for found in re.finditer(r'(?<!\\)["{}\[\]:,]', text)]
    at = places[int(where * len(places))]

    check(text[:at] + sign + text[at + 1 :], LOOKS[:3])


@pytest.mark.parametrize("command", [["doctor"], ["sandbox", "list"], ["output"], ["plan"], ["deploy"]])
def test_commands_of_a_project(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "true"}')
    monkeypatch.chdir(tmp_path)

    assert MARKER not in played(command, program=main)
    assert list(leaks(tmp_path)) == []


@pytest.mark.parametrize(
    "content",
    [
        b'{"access_key": "\xe9PLANTED"}', b'{"access_key": "PLANTED" "x"}', b'["PLANTED"]', b'{"PLANTED": "x"}',
        '{"access_key": "é", "secret_key": "PLANTED", "password": 7}'.encode(), b"PLANTED", b"\xff\xfePLANTED",
        '{"access_key": "PLANTED", "secret_key": "clé", "password": "x"}'.encode(), b"[" * 100_000 + b"PLANTED",
    ],
)  # fmt: skip
def test_damaged_key_file_is_told_without_its_content(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "true"}')
    (tmp_path / "cdk.tf.json").write_text(json.dumps(stack({"huaweicloud": {"region": "cn-north-4"}}, {"local": {}})))
    sandbox = tmp_path / ".constructs-ims"
    sandbox.mkdir()
    (sandbox / ".gitignore").write_text("*\n")
    (sandbox / "credentials.json").write_bytes(content)
    monkeypatch.chdir(tmp_path)

    for command in (["plan"], ["apply", "-auto-approve"]):
        printed = played(command)
        assert MARKER not in printed
        assert "Error: Damaged key file" in printed, printed


def test_environment_has_the_secrets_that_the_tests_look_for() -> None:
    assert {"HW_SECRET_KEY", "HW_ACCESS_KEY", "OS_PASSWORD"} <= ENVIRONMENT.keys()
    assert set(ARGUMENTS) >= {"access_key", "secret_key", "security_token", "password", "token"}


WHERE_BLOCKS_BELONG = [
    '{"provider": %s}',
    '{"provider": [%s]}',
    '{"provider": {"huaweicloud": %s}}',
    '{"provider": {"huaweicloud": [%s]}}',
    '{"provider": {"other": {"a": "b"}, "huaweicloud": %s}}',
    '{"terraform": {"backend": %s}}',
    '{"terraform": {"backend": {"s3": %s}}}',
    '{"terraform": {"cloud": %s}}',
    '{"data": {"terraform_remote_state": %s}}',
    '{"data": {"terraform_remote_state": {"r": %s}}}',
    '{"data": {"terraform_remote_state": {"r": {"backend": "s3", "config": %s}}}}',
]


@pytest.mark.parametrize("place", WHERE_BLOCKS_BELONG)
@pytest.mark.parametrize("value", ['"PLANTED"', "PLANTED", '"PLANTED" "x"', '"PLANTED', '"PLANTED\\q"', '"PLANTED",'])
def test_what_stands_where_a_block_belongs(place: str, value: str) -> None:
    check(place % value, ["validate", "validate -json", "plan"])
