"""Writes ``constructs_ims/cdktn.pyi``, by which type checkers see the constructs as subclasses of cdktn's classes.

It is made from the sources of the constructs, which name the classes of the CDK as ``cdk.NAME``: every class that
mentions one, without bodies. Run this file to write it anew.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import constructs_ims

PACKAGE = Path(constructs_ims.__file__).parent
STUB = PACKAGE / "cdktn.pyi"
HEADER = """# Written by tests/constructs/cdktn_stub.py from constructs_ims/constructs; do not edit.
\"\"\"The names of this package for an app that uses CDK Terrain.\"\"\"
"""
SOURCES = (
    "timeouts",
    "argument_access",
    "generated/image_fields",
    "image_config",
    "generated/image_properties",
    "image_metadata",
    "generated/provider_fields",
    "provider_config",
    "generated/provider_properties",
    "provider",
)
"""The modules with classes that mention the CDK, each after those that it builds on."""
OF_CDKTN = {
    "cdk.Connection": "cdk.SSHProvisionerConnection | cdk.WinrmProvisionerConnection",
    "cdk.Provisioner": "cdk.FileProvisioner | cdk.LocalExecProvisioner | cdk.RemoteExecProvisioner",
    "cdk.ResourceBase": "cdk.TerraformResource",
    "cdk.ProviderBase": "cdk.TerraformProvider",
    "cdk.ComplexBase": "cdk.ComplexObject",
}
KEPT_DECORATORS = ("property", "classmethod", "dataclass", ".setter")


def stub() -> str:
    """Return the stub as it should be."""
    trees = [ast.parse((PACKAGE / "constructs" / f"{name}.py").read_text()) for name in SOURCES]
    classes = list(classes_with_cdk(trees))
    names = {each.name for each in classes}
    imports = [ast.unparse(node) for tree in trees for node in imports_of(tree, names)]
    others = [f"from {room_of(name)} import {name} as {name}" for name in constructs_ims.__all__ if name not in names]
    lines = [HEADER, "import cdktn as cdk", *imports, *others, *(ast.unparse(each) for each in classes)]
    return formatted(replaced("\n".join(lines)))


def classes_with_cdk(trees: list[ast.Module]) -> Iterator[ast.ClassDef]:
    """Yield the classes that mention the CDK, or have a base that does, without bodies."""
    names: set[str] = set()
    for tree in trees:
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                if "cdk." in ast.unparse(node) or bases & names:
                    names.add(node.name)
                    yield without_bodies(node)


def without_bodies(node: ast.ClassDef) -> ast.ClassDef:
    node.keywords = []
    node.decorator_list = kept(node.decorator_list)
    node.body = [declared(member) for member in node.body if is_public(member)]
    return node


def is_public(member: ast.stmt) -> bool:
    match member:
        case (
            ast.FunctionDef(name=name)
            | ast.AnnAssign(target=ast.Name(id=name))
            | ast.Assign(targets=[ast.Name(id=name)])
        ):
            return name == "__init__" or not name.startswith("_")
    return True


def declared(member: ast.stmt) -> ast.stmt:
    match member:
        case ast.FunctionDef():
            member.body = member.body[:1] if ast.get_docstring(member) else [ast.Expr(ast.Constant(...))]
            member.decorator_list = kept(member.decorator_list)
        case ast.AnnAssign() if "ClassVar" in ast.unparse(member.annotation):
            member.value = None
    return member


def kept(decorators: list[ast.expr]) -> list[ast.expr]:
    return [each for each in decorators if any(name in ast.unparse(each) for name in KEPT_DECORATORS)]


def imports_of(tree: ast.Module, defined: set[str]) -> Iterator[ast.ImportFrom]:
    """Yield the imports of names that are neither public in the package nor defined in the stub."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module not in ("__future__", "constructs_ims.constructs"):
            node.names = [alias for alias in node.names if alias.name not in {*constructs_ims.__all__, *defined}]
            if node.names:
                yield node


def room_of(name: str) -> str:
    """Return the module that the package has a public name from."""
    from constructs_ims.backend import sandbox

    return "constructs_ims.backend.sandbox" if name in sandbox.__all__ else "constructs_ims.constructs"


def replaced(text: str) -> str:
    return re.sub(r"cdk\.\w+", lambda match: OF_CDKTN.get(match[0], match[0]), text)


def formatted(text: str) -> str:
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check", "--quiet", "--select=I,F401", "--fix", "--exit-zero"], ["format", "--quiet"]):
        words = [*ruff, *command, "--stdin-filename", str(STUB), "-"]
        text = subprocess.run(words, input=text, capture_output=True, text=True, check=True, cwd=PACKAGE.parent).stdout
    return text


if __name__ == "__main__":
    STUB.write_text(stub())
