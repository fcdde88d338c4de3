from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from constructs_ims.backend.sandbox.directory import DamagedKeyFileError, SandboxDirectory, SandboxError, stack_name


def test_it_lies_beside_the_nearest_project_file(tmp_path: Path):
    (tmp_path / "cdktf.json").touch()
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert SandboxDirectory.locate(inner, {}).path == tmp_path / ".constructs-ims"


def test_without_a_project_it_lies_in_the_folder_itself(tmp_path: Path):
    assert SandboxDirectory.locate(tmp_path, {}).path == tmp_path / ".constructs-ims"


@pytest.mark.parametrize("given", ["elsewhere", "/elsewhere"], ids=["relative", "absolute"])
def test_the_environment_moves_it(tmp_path: Path, given: str):
    (tmp_path / "cdktf.json").touch()
    assert SandboxDirectory.locate(tmp_path, {"CONSTRUCTS_IMS_SANDBOX": given}).path == tmp_path / given


def test_it_is_private_and_out_of_version_control(tmp_path: Path):
    sandbox = SandboxDirectory(tmp_path / ".constructs-ims")
    sandbox.create()
    sandbox.create()
    assert stat.S_IMODE(sandbox.path.stat().st_mode) == 0o700
    assert (sandbox.path / ".gitignore").read_text() == "*\n"


def test_what_keeps_it_out_of_version_control_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sandbox = SandboxDirectory(tmp_path / ".constructs-ims")

    def kill(source: str, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killing:
        killing.setattr(os, "replace", kill)
        with pytest.raises(KeyboardInterrupt):
            sandbox.create()
    assert not (sandbox.path / ".gitignore").exists()

    sandbox.create()

    assert (sandbox.path / ".gitignore").read_text() == "*\n"


def test_an_empty_mark_of_an_older_release_is_completed(tmp_path: Path):
    (tmp_path / ".gitignore").touch()
    SandboxDirectory(tmp_path).create()
    assert (tmp_path / ".gitignore").read_text() == "*\n"


def test_those_who_make_it_at_once_get_one(tmp_path: Path):
    sandbox = SandboxDirectory(tmp_path / ".constructs-ims")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: sandbox.create(), range(32)))
    assert [path.name for path in sandbox.path.iterdir()] == [".gitignore"]


def test_a_key_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path):
    (tmp_path / "credentials.json").mkdir()
    with pytest.raises(SandboxError, match=r"Sandbox not usable: .*credentials\.json"):
        SandboxDirectory(tmp_path).key_pair()


def test_a_place_that_is_no_directory_is_an_error(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(SandboxError, match="CONSTRUCTS_IMS_SANDBOX"):
        SandboxDirectory(tmp_path / "file" / "sandbox").create()


def test_the_key_pair_stays_and_belongs_to_its_owner_alone(tmp_path: Path):
    sandbox = SandboxDirectory(tmp_path)
    pair = sandbox.key_pair()
    assert SandboxDirectory(tmp_path).key_pair() == pair
    assert stat.S_IMODE((tmp_path / "credentials.json").stat().st_mode) == 0o600
    assert pair.secret_key not in repr(pair)


def test_those_who_come_at_once_get_one_pair(tmp_path: Path):
    with ThreadPoolExecutor(8) as threads:
        pairs = set(threads.map(lambda _: SandboxDirectory(tmp_path).key_pair(), range(8)))
    assert len(pairs) == 1


@pytest.mark.parametrize("spoilt", [1, None, " ", "\u00e9", "a\nb"])
@pytest.mark.parametrize("name", ["access_key", "secret_key", "password"])
def test_a_key_pair_is_damaged_when_one_of_its_texts_is(tmp_path: Path, name: str, spoilt: object):
    pair = {"access_key": "a", "secret_key": "b", "password": "c", name: spoilt}
    (tmp_path / "credentials.json").write_text(json.dumps(pair))
    with pytest.raises(DamagedKeyFileError):
        SandboxDirectory(tmp_path).key_pair()


@pytest.mark.parametrize("text", ["{", "[]", '{"access_key": 1}', '{"access_key": ""}', '{"other": "x"}'])
def test_a_damaged_key_file_is_an_error_that_says_what_to_do(tmp_path: Path, text: str):
    (tmp_path / "credentials.json").write_text(text)
    with pytest.raises(SandboxError, match="Delete the file"):
        SandboxDirectory(tmp_path).key_pair()


def test_a_stack_of_an_app_keeps_its_name(tmp_path: Path):
    stack = tmp_path / "cdktf.out" / "stacks" / "images"
    stack.mkdir(parents=True)
    (tmp_path / "cdktf.out" / "manifest.json").touch()
    assert stack_name(stack) == "images"


def test_other_folders_of_one_name_are_told_apart(tmp_path: Path):
    first, second = tmp_path / "a" / "my stack", tmp_path / "b" / "my stack"
    assert stack_name(first) != stack_name(second)
    assert stack_name(first).startswith("my-stack-")
    assert stack_name(first) == stack_name(tmp_path / "b" / ".." / "a" / "my stack")


@pytest.mark.parametrize(
    ("names", "is_taken"),
    [
        ([], True),
        (["stacks"], True),
        (["stacks", "notes.txt"], False),
        (["notes.txt"], False),
        (["ims.sqlite3", "notes.txt"], True),
        (["..gitignore.k3x1", "stacks"], True),
        (["..gitignore.k3x1", "notes.txt"], False),
    ],
    ids=str,
)
def test_directory_of_other_files_is_no_sandbox(tmp_path: Path, names: list[str], is_taken: bool) -> None:
    """What an earlier release left without its mark is one: states alone, or the service's database."""
    for name in names:
        (tmp_path / name).mkdir() if name == "stacks" else (tmp_path / name).write_text("x")
    directory = SandboxDirectory(tmp_path)

    if is_taken:
        directory.create()
    else:
        with pytest.raises(SandboxError, match="holds other files and is no sandbox"):
            directory.create()
    assert (tmp_path / ".gitignore").exists() is is_taken


@pytest.mark.parametrize(
    ("path", "reason"),
    [("file", "is no directory. "), ("file/below", "is no directory. "), ("\0", "cannot be used (Invalid argument). ")],
)
def test_what_keeps_a_sandbox_from_being_made_is_told(tmp_path: Path, path: str, reason: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SandboxError) as failure:
        SandboxDirectory(tmp_path / path).create()

    assert failure.value.detail == (
        f"{tmp_path / path} {reason}Make it a directory that can be written to, or name another in "
        "CONSTRUCTS_IMS_SANDBOX."
    )
