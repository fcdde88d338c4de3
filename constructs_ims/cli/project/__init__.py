"""A CDKTF project: ``cdktf.json``, the app that it names, and the stacks that the app synthesizes."""

from __future__ import annotations

from constructs_ims.cli.project.app import synthesize
from constructs_ims.cli.project.config import Project, read_project
from constructs_ims.cli.project.manifest import read_stacks
from constructs_ims.cli.project.selection import select_stacks
from constructs_ims.cli.project.stack import AppStack, ConstructAnnotation

__all__ = [
    "AppStack",
    "ConstructAnnotation",
    "Project",
    "read_project",
    "read_stacks",
    "select_stacks",
    "synthesize",
]
