"""``constructs-ims provider install``: lays the provider into a filesystem mirror."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from constructs_ims.backend.terraform.mirror import lay_mirror, provider_installation
from constructs_ims.backend.terraform.versions import DEFAULT_VERSION, VersionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="install")
    install = actions.add_parser("install", help="Lay the provider into a filesystem mirror.", allow_abbrev=False)
    install.add_argument("directory", type=Path, metavar="DIR", help="the mirror, made when it is not there")
    install.add_argument(
        "--version",
        default=DEFAULT_VERSION,
        help="the release it passes for, which stacks' version constraints are held against (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Lay the provider, and print what Terraform's configuration must say to find it."""
    try:
        executable = lay_mirror(arguments.directory.absolute(), arguments.version)
    except VersionError as failure:
        print(f"Error: Invalid version: {failure}", file=sys.stderr)
        return 1
    except OSError as failure:
        print(f"Error: Cannot write mirror: {failure.filename}: {failure.strerror}.", file=sys.stderr)
        return 1
    print(f"Laid {executable}\n\nFor Terraform to take it from there, its configuration file must say:\n")
    print(provider_installation(arguments.directory.absolute()), end="")
    return 0
