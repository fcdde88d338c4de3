"""The emulator stands alone: of the package it reads the catalogues of OS versions and regions, and nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from constructs_ims.backend import emulator

CATALOGUES = {"constructs_ims.schema.os_versions", "constructs_ims.schema.regions"}


def imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_nothing_of_the_package_is_imported_but_the_catalogues() -> None:
    files = sorted(Path(str(emulator.__file__)).parent.glob("*.py"))
    names = {name for file in files for name in imported(file.read_text()) if name.startswith("constructs_ims")}

    assert {name for name in names if not name.startswith("constructs_ims.backend.emulator")} == CATALOGUES


def test_starting_it_loads_little() -> None:
    """Neither the client nor what it needs is loaded, nor anything of a CDK app."""
    program = (
        "import sys, constructs_ims.backend.emulator.server, constructs_ims.backend.emulator;"
        "print(*sorted({'requests', 'urllib3', 'cdktf', 'jsii', 'grpc', 'tf', 'rich', 'lark'} & set(sys.modules)))"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == ""
