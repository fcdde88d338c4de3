"""Synthesizes a CDKTF stack object with its app, once for each tree of constructs.

``app.synth()`` runs every Aspect, also on constructs that it has run on before. So the app is synthesized at the first
use of one of its stacks, or by the user before that, and later uses share the files. A tree that has changed since
is synthesized again when it has no Aspects, and refused when it has.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable
from weakref import WeakKeyDictionary, finalize

from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
from constructs_ims.schema.diagnostics import Diagnostic, error

CONFIGURATION_FILE: Final = "cdk.tf.json"
_REMOTE_STATE: Final = "terraform_remote_state"


@runtime_checkable
class Synthesizable(Protocol):
    """A CDKTF ``TerraformStack``, known by what it can do, so that nothing here imports a CDK."""

    @property
    def node(self) -> Any:
        """Its place in the tree of constructs."""

    def to_terraform(self) -> Any:
        """Return the stack's JSON."""

    def prepare_stack(self) -> None:
        """Add what cdktf adds before a synthesis; a stack has this, other constructs have not."""


@runtime_checkable
class App(Protocol):
    """A CDKTF ``App``, known by what it can do."""

    @property
    def node(self) -> Any:
        """The root of the tree of constructs."""

    @property
    def outdir(self) -> str:
        """The directory that the stacks are written to."""

    @property
    def manifest(self) -> Any:
        """What was written for each stack, by the stack's id."""

    def synth(self) -> None:
        """Write all stacks."""


@dataclass(slots=True)
class _Tree:
    """What is known of one app: the JSON written for each stack, by construct path, and how its synthesis went."""

    written: dict[str, str] = field(default_factory=dict)
    has_failed: bool = False


_LOCK: Final = threading.RLock()
_TREES: Final[WeakKeyDictionary[App, _Tree]] = WeakKeyDictionary()
_ROOTS: Final[WeakKeyDictionary[Synthesizable, object]] = WeakKeyDictionary()
"""The root above each stack, kept because jsii makes another object for a root that only its stacks hold on to."""
_FOLDERS: Final[WeakKeyDictionary[Synthesizable, Path]] = WeakKeyDictionary()
"""Where the stacks without an app are written."""


def synthesize_stack(stack: Synthesizable) -> Path:
    """Return the directory with the stack's JSON, as the tree of constructs is now.

    Raise ``OperationFailedError`` when the app writes another stack there too, or when Aspects forbid a second
    synthesis; what the app raises while it is synthesized comes as it is.
    """
    with _LOCK:
        root = _ROOTS.setdefault(stack, stack.node.root)
        return _written_by_app(stack, root) if isinstance(root, App) else _written_alone(stack)


def _written_by_app(stack: Synthesizable, app: App) -> Path:
    tree, stacks, path = _TREES.setdefault(app, _Tree()), _stacks_of(app), stack.node.path
    _check_ids(stack, stacks)
    contents = {other.node.path: other.to_terraform() for other in stacks} if app.manifest.stacks else {}
    changed = {other.node.path for other in stacks} - _unchanged(app, tree, contents)
    if changed:
        is_first = not app.manifest.stacks and not tree.has_failed
        owner = None if is_first else _first_with_aspects(app)
        if owner is None:
            _synthesize(app, tree)
        elif path in changed:
            raise OperationFailedError([_not_again(path, owner, tree, is_new=stack.node.id not in app.manifest.stacks)])
    return _restored(app.manifest.stacks[stack.node.id], app, tree)


def _unchanged(app: App, tree: _Tree, contents: Mapping[str, Any]) -> set[str]:
    """Return the paths of the stacks whose JSON is what was written, and note what the user has written."""
    for entry in app.manifest.stacks.values():
        path, on_disk = entry.construct_path, _read(Path(app.outdir, entry.synthesized_stack_path))
        if on_disk is not None and path in contents and _is_as_written(contents[path], on_disk):
            tree.written[path] = on_disk
    return {
        path
        for path, content in contents.items()
        if path in tree.written and _is_as_written(content, tree.written[path])
    }


def _is_as_written(content: Any, text: str) -> bool:
    if _canonical(content) == text:
        return True
    written = json.loads(text)
    return bool(_without_idle_references(content, written) == _without_idle_references(written, written))


def _without_idle_references(content: Any, written: Any) -> Any:
    """Return a stack's JSON without the ends of references to other stacks that it has gained since.

    A CDK adds them for good whenever such a reference is resolved, for an assertion too. A stack that uses one has
    changed elsewhere as well.
    """
    data = content.get("data") or {}
    outputs = _without_gained(content.get("output"), written.get("output"), "cross-stack-output-")
    states = _without_gained(
        data.get(_REMOTE_STATE), (written.get("data") or {}).get(_REMOTE_STATE), "cross-stack-reference-input-"
    )
    comment = {name: value for name, value in (content.get("//") or {}).items() if name != "outputs"}  # lists outputs
    kept = {"//": comment, "output": outputs, "data": _filled({**data, _REMOTE_STATE: states})}
    return _filled({**content, **kept})


def _without_gained(entries: Any, before: Any, prefix: str) -> dict[str, Any]:
    """Return the entries without those that begin with ``prefix`` and were not there before."""
    return {
        name: value for name, value in (entries or {}).items() if not name.startswith(prefix) or name in (before or {})
    }


def _filled(sections: Mapping[str, Any]) -> dict[str, Any]:
    return {name: section for name, section in sections.items() if section != {}}


def _synthesize(app: App, tree: _Tree) -> None:
    tree.written, tree.has_failed = {}, True
    app.synth()
    tree.has_failed = False
    for entry in app.manifest.stacks.values():
        if (text := _read(Path(app.outdir, entry.synthesized_stack_path))) is not None:
            tree.written[entry.construct_path] = text


def _restored(entry: Any, app: App, tree: _Tree) -> Path:
    """Return a stack's directory, with its JSON as it was written: another app may have the same output directory."""
    file, written = Path(app.outdir, entry.synthesized_stack_path), tree.written.get(entry.construct_path)
    if written is not None and written != _read(file):
        _write(file, written)
    return file.parent


def _written_alone(stack: Synthesizable) -> Path:
    """Return the directory of a stack that is in no app: no Aspect runs, so it is written on each use."""
    folder = _FOLDERS.get(stack)
    if folder is None:
        folder = _FOLDERS[stack] = Path(tempfile.mkdtemp(prefix="constructs-ims-"))
        finalize(stack, shutil.rmtree, folder, ignore_errors=True)
    _write(folder / CONFIGURATION_FILE, _canonical(stack.to_terraform()))
    return folder


def _stacks_of(app: App) -> list[Synthesizable]:
    return [construct for construct in app.node.find_all() if hasattr(construct, "prepare_stack")]


def _canonical(content: Any) -> str:
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)


def _read(file: Path) -> str | None:
    """Return a stack's JSON in the form of ``_canonical``, None when there is none."""
    try:
        return _canonical(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")


def _check_ids(stack: Synthesizable, stacks: Iterable[Synthesizable]) -> None:
    """Raise ``OperationFailedError`` when another of ``stacks`` has the id of ``stack``, and so its directory."""
    paths = [other.node.path for other in stacks if other.node.id == stack.node.id]
    if len(paths) > 1:
        raise OperationFailedError([_one_directory(*paths[:2])])


def _first_with_aspects(app: App) -> str | None:
    """Return the path of a construct that has Aspects, None when there is none; "the app" for the root."""
    aspects = next(filter(None, map(_aspects_of_cdk, reversed(type(app).__mro__))), None)
    owners = (construct for construct in app.node.find_all() if aspects is not None and aspects.of(construct).all)
    return next((owner.node.path or "the app" for owner in owners), None)


def _aspects_of_cdk(base: type) -> Any:
    """Return the class ``Aspects`` of the CDK that ``base`` is from, None when it is from elsewhere."""
    return getattr(sys.modules.get(base.__module__), "Aspects", None)


def _one_directory(first: str, second: str) -> Diagnostic:
    name, ids = first.rpartition("/")[2], [path.replace("/", "-") for path in (first, second)]
    detail = (
        f'The stacks "{first}" and "{second}" have the same id, and the app writes both to the directory '
        f'stacks/{name}, one over the other. Give each an id of its own, such as "{ids[0]}" and "{ids[1]}".'
    )
    return error("Two stacks with one id", detail)


def _not_again(path: str, owner: str, tree: _Tree, *, is_new: bool) -> Diagnostic:
    summary, what = (
        ("App failed before", "belongs to an app that failed to synthesize")
        if tree.has_failed
        else ("Stack added after synthesis", "was added after the app was synthesized")
        if is_new
        else ("Stack changed after synthesis", "has changed since the app was synthesized")
    )
    detail = (
        f'The stack "{path}" {what}, and the Aspects of the app (those of "{owner}", for one) would change the same '
        "constructs twice if they ran again. Add and change constructs before the first plan, apply or app.synth(), "
        "or make the app and its stacks anew, as in a function that returns the stack."
    )
    return error(summary, detail)
