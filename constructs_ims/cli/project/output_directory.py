"""The output directory of an app: written aside by the app, and then published file by file, the manifest last.

Who reads the directory meanwhile, or after a kill, finds each file as it was or as it is, and never a missing one. What
the app did not write stays, such as Terraform's own files in a stack's directory.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from constructs_ims.backend.sandbox.directory import CONFIGURATION_FILES
from constructs_ims.cli.project.manifest import MANIFEST_FILE

_STAGING: Final = ".cdktf-synth-"
_METADATA_FILE: Final = "metadata.json"
_ASSETS: Final = "assets"
_DEPTH_OF_A_CONFIGURATION: Final = len(("stacks", "STACK", "cdk.tf.json"))
_DEPTH_OF_AN_ASSET: Final = len(("stacks", "STACK", _ASSETS, "ASSET"))
_WRITTEN_BY_CDKTF: Final = frozenset({*CONFIGURATION_FILES, _METADATA_FILE})
_DISPOSABLE: Final = re.compile(r"cdk\.tf(\.json)?|metadata\.json|assets|plan|\.terraform(\..*)?")
"""What may lie in the directory of a stack that the app no longer has when it is deleted as a whole."""


@contextmanager
def staging_directory(output: Path) -> Iterator[Path]:
    """Yield a new directory for the app to write to; it is gone at the end, and so are those of runs that were killed.

    It lies beside ``output``, so that relative paths into the directories of stacks and out of them are the same.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    parent = output.parent if os.access(output.parent, os.W_OK) else output
    _discard_abandoned(parent)
    staged, descriptor = _new_staging_directory(parent)
    try:
        yield staged
    finally:
        os.close(descriptor)
        shutil.rmtree(staged, ignore_errors=True)


def _new_staging_directory(parent: Path) -> tuple[Path, int]:
    """Make a directory and lock it; another synthesis may take it for abandoned and delete it until it is locked."""
    while True:
        staged = parent / f"{_STAGING}{secrets.token_hex(8)}"
        staged.mkdir()
        if (descriptor := _lock(staged, fcntl.LOCK_SH)) is not None:
            return staged, descriptor


def publish(staged: Path, output: Path, gone: Iterable[Path]) -> None:
    """Move what the app wrote to ``staged`` into ``output``, and delete the directories of stacks in ``gone``.

    Raise ``OSError`` when that fails.
    """
    entries = sorted((path.relative_to(staged) for path in staged.rglob("*")), key=_turn)
    with _locked(output):
        for entry in entries:
            _publish(staged / entry, output / entry, renamed=(str(staged.relative_to(output.parent)), output.name))
        for entry in entries:
            if len(entry.parts) == _DEPTH_OF_AN_ASSET and entry.parts[2] == _ASSETS:
                _discard_old_versions(output / entry, {path.name for path in entries if path.parent == entry})
        for directory in gone:
            _discard_stack(directory)


def _turn(entry: Path) -> tuple[int, Path]:
    """Order assets before the configurations that name them, and the manifest last."""
    is_configuration = len(entry.parts) == _DEPTH_OF_A_CONFIGURATION and entry.name in _WRITTEN_BY_CDKTF
    return (2 if str(entry) == MANIFEST_FILE else 1 if is_configuration else 0), entry


def _publish(source: Path, target: Path, *, renamed: tuple[str, str]) -> None:
    if source.is_dir() and not source.is_symlink():
        target.mkdir(parents=True, exist_ok=True)
        return
    old, new = renamed
    if source.name in _WRITTEN_BY_CDKTF | {MANIFEST_FILE} and old.encode() in (content := source.read_bytes()):
        source.write_bytes(content.replace(old.encode(), json.dumps(new)[1:-1].encode()))
    try:
        source.replace(target)
    except OSError as failure:
        if failure.errno != errno.EXDEV:
            raise
        beside = target.with_name(source.parent.name + target.name)
        shutil.copy2(source, beside, follow_symlinks=False)
        beside.replace(target)


def _discard_old_versions(asset: Path, versions: Collection[str]) -> None:
    for path in asset.iterdir():
        if path.name not in versions:
            _delete(path)


def _discard_stack(directory: Path) -> None:
    """Delete the directory of a stack; of one that holds other files too, only what cdktf wrote."""
    names = [path.name for path in directory.iterdir()] if directory.is_dir() else []
    if all(_DISPOSABLE.fullmatch(name) for name in names):
        shutil.rmtree(directory, ignore_errors=True)
        return
    for name in _WRITTEN_BY_CDKTF.intersection(names):
        _delete(directory / name)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _discard_abandoned(parent: Path) -> None:
    """Delete the staging directories whose process was killed: nobody holds their lock any more."""
    for path in parent.glob(f"{_STAGING}*"):
        with suppress(OSError), _opened(path) as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Hold the lock on a directory, which is made when it is not there; it ends with this process at the latest."""
    while True:
        directory.mkdir(parents=True, exist_ok=True)
        if (descriptor := _lock(directory, fcntl.LOCK_EX)) is not None:
            break
    try:
        yield
    finally:
        os.close(descriptor)


def _lock(directory: Path, kind: int) -> int | None:
    """Lock a directory and return its descriptor, None when somebody deleted it before the lock was had."""
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return None
    fcntl.flock(descriptor, kind)
    with suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(descriptor), directory.stat()):
            return descriptor
    os.close(descriptor)
    return None


@contextmanager
def _opened(directory: Path) -> Iterator[int]:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
