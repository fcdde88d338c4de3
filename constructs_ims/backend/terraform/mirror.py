"""A filesystem mirror: the provider as an executable, where Terraform and OpenTofu look for plugins."""

from __future__ import annotations

import os
import platform
import secrets
import shlex
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from constructs_ims.backend.terraform.versions import DEFAULT_VERSION, parse_version
from constructs_ims.schema.provider import PROVIDER_ADDRESS, PROVIDER_NAME, PROVIDER_SOURCE

ADDRESSES: Final = (PROVIDER_ADDRESS, f"registry.opentofu.org/{PROVIDER_SOURCE}")
"""The provider's address in Terraform and in OpenTofu."""

PLUGIN_COOKIE: Final = ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
"""The variable, and its value, by which Terraform tells a plugin that it started it."""
_MACHINES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "i386": "386"}


def lay_mirror(directory: Path, version: str = DEFAULT_VERSION) -> Path:
    """Lay the provider into the mirror ``directory`` as ``version``; return the executable for Terraform.

    Raise ``VersionError`` when ``version`` is none, ``OSError`` when the directory cannot be written.
    """
    parse_version(version)
    places = [directory / address / version / target_platform() for address in ADDRESSES]
    executables = [place / f"terraform-provider-{PROVIDER_NAME}_v{version}" for place in places]
    for executable in executables:
        write_launcher(executable, "constructs_ims.cli.provider")
    return executables[0]


def provider_installation(mirror: Path) -> str:
    """Return what a user's configuration of Terraform must say to take this provider, and it alone, from ``mirror``."""
    addresses = _quoted(ADDRESSES)
    ours = _filesystem_mirror(mirror, f"include = [{addresses}]")
    return f"provider_installation {{\n{ours}  direct {{\n    exclude = [{addresses}]\n  }}\n}}\n"


def offline_installation(
    mirror: Path, others: Path | None = None, simulated: tuple[Path, Collection[str]] | None = None
) -> str:
    """Return what Terraform's configuration file must say to take this provider from ``mirror``, others from none.

    ``others`` is a second mirror, for every other provider, ``simulated`` one with the addresses that it is for.
    """
    stand_ins = () if simulated is None else tuple(sorted(simulated[1]))
    parts = [_filesystem_mirror(mirror, f"include = [{_quoted(ADDRESSES)}]")]
    if simulated and stand_ins:
        parts.append(_filesystem_mirror(simulated[0], f"include = [{_quoted(stand_ins)}]"))
    if others:
        parts.append(_filesystem_mirror(others, f"exclude = [{_quoted((*ADDRESSES, *stand_ins))}]"))
    return f"provider_installation {{\n{''.join(parts)}}}\n"


def _quoted(addresses: Iterable[str]) -> str:
    return ", ".join(f'"{address}"' for address in addresses)


def _filesystem_mirror(directory: Path, condition: str) -> str:
    path = str(directory).replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return f'  filesystem_mirror {{\n    path    = "{path}"\n    {condition}\n  }}\n'


def write_launcher(path: Path, module: str, *arguments: str) -> None:
    """Write an executable that runs ``module``'s ``main`` with this very Python and this very package.

    ``arguments`` come before those that it is started with.
    """
    text = launcher(module, *arguments)
    if path.is_file() and path.read_text() == text and os.access(path, os.X_OK):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    scratch.write_text(text)
    scratch.chmod(0o755)
    scratch.replace(path)


def launcher(module: str, *arguments: str) -> str:
    """Return a shell script that runs ``module``'s ``main``, wherever it is started from.

    The path of this package is given along, so that it need not be installed; the working directory is kept out of the
    import path (``-P``), for a stack may hold files that bear the names of modules.
    """
    root = str(Path(__file__).resolve().parents[3])
    code = f"import sys; sys.path.append({root!r}); from {module} import main; sys.exit(main())"
    return f'#!/bin/sh\nexec {shlex.join([sys.executable, "-P", "-c", code, *arguments])} "$@"\n'


def target_platform() -> str:
    """Return this machine's platform as Terraform names it: ``linux_amd64``."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_MACHINES.get(machine, machine)}"
