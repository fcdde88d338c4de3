"""The jsii module behind the constructs: packed from ``index.js`` and the declarations, for the CDK in use.

Generated bindings are such a module too, only written by ``cdktf get``. A construct written in Python alone would be
asked for its attributes by the kernel twice in each synthesis, half a millisecond a time.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import tempfile
from collections.abc import Mapping
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import jsii
from constructs._jsii import __jsii_assembly__ as constructs_assembly

from constructs_ims.constructs.native.assembly import ASSEMBLY, VERSION, describe_assembly, describe_declarations

__all__ = ["ASSEMBLY", "load", "pack"]


def load(cdk: ModuleType) -> None:
    """Load the module into jsii's kernel, as subclasses of the classes of ``cdk``.

    The kernel caches packages by content, so the same bytes come each time.
    """
    cdk_assembly = import_module(f"{cdk.__name__}._jsii").__jsii_assembly__
    dependencies = {module.name: module.version for module in (cdk_assembly, constructs_assembly)}
    with tempfile.TemporaryDirectory(prefix="constructs-ims-") as folder:
        package = Path(folder) / "package.tgz"
        package.write_bytes(pack(_contents(cdk_assembly.name, dependencies)))
        jsii.load(ASSEMBLY, VERSION, str(package))


def pack(contents: Mapping[str, str]) -> bytes:
    """Return an npm package (a compressed tar whose files stand in ``package/``) without any time stamp."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, text in contents.items():
            entry, data = tarfile.TarInfo(f"package/{name}"), text.encode()
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return gzip.compress(archive.getvalue(), mtime=0)


def _contents(cdk: str, dependencies: Mapping[str, str]) -> dict[str, str]:
    manifest: dict[str, Any] = {"name": ASSEMBLY, "version": VERSION, "main": "index.js", "dependencies": dependencies}
    return {
        "package.json": json.dumps(manifest),
        ".jsii": json.dumps(describe_assembly(cdk, dependencies)),
        "declarations.json": json.dumps(describe_declarations(cdk)),
        "index.js": files(__name__).joinpath("index.js").read_text(encoding="utf-8"),
    }
