"""Where types are looked for, in which order, and what is kept of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.bindings.cache import SchemaCache
from constructs_ims.backend.bindings.library import INFERRED, TypeLibrary
from constructs_ims.backend.bindings.packages import Search
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.types import NUMBER, STRING, Type
from tests.bindings_text import compiled, files, object_text, provider_text, write_archive, write_folder

ROOT = Path(__file__).parents[3]
SOURCE = "registry.terraform.io/acme/shop"
THING = ("managed", "shop_thing")
WANTED = [THING]


def thing(name: str, type_: Type = STRING, type_name: str = "shop_thing") -> Schema:
    return Schema(type_name, Block((Attribute(name, type_, "", "", computed=True),)))


def content(name: str, source: str = "acme/shop") -> dict[str, str]:
    return files(source, {THING: thing(name)})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.fixture
def library(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TypeLibrary]:
    """A new library each time, as each run has one; nothing of this machine's own packages counts."""
    monkeypatch.setattr(sys, "path", [])
    for loaded in ("cdktf", "cdktn"):
        monkeypatch.delitem(sys.modules, loaded, raising=False)
    environment = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tmp_path / "jsii"), "PATH": ""}

    def make(*documents: Path, **settings: Any) -> TypeLibrary:
        return TypeLibrary(Search(project, settings, environment), documents, SchemaCache(tmp_path / "cache"))

    return make


def names(library: TypeLibrary, source: str = SOURCE) -> list[str]:
    return [name for schema in library.schemas(source, WANTED).values() for name in schema.block.by_name]


def interpreter(project: Path) -> Path:
    """An environment of the project's own, as ``python -m venv`` lays one out."""
    site = project / ".venv" / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    (project / ".venv" / "bin").mkdir()
    (project / ".venv" / "bin" / "python").touch()
    return site


def test_nearer_sources_come_first(library: Callable[..., TypeLibrary], project: Path, tmp_path: Path) -> None:
    site = interpreter(project)
    document = tmp_path / "schemas.json"
    schema = {"provider_schemas": {SOURCE: {"resource_schemas": {"shop_thing": thing("said").to_json()}}}}
    makers = {
        "jsii": lambda: write_folder(tmp_path / "jsii/@cdktf/provider-shop/1.0.0/hash", content("jsii")),
        "node": lambda: write_folder(project.parent / "node_modules/@cdktf/provider-shop", content("node")),
        "installed": lambda: write_archive(
            site / "cdktf_cdktf_provider_shop/_jsii/provider-shop@2.0.0.jsii.tgz", content("installed")
        ),
        "generated": lambda: write_archive(project / "imports/shop/_jsii/shop@0.0.0.jsii.tgz", content("generated")),
        "said": lambda: document.write_text(json.dumps(schema)),
    }
    for name, make in makers.items():
        make()
        given = (document,) if name == "said" else ()
        app = "pipenv run start" if name == "jsii" else ".venv/bin/python main.py"
        assert names(library(*given, app=app)) == [name]


LAYOUTS = {
    "prebuilt for cdktn": ("site/cdktn_provider_shop/_jsii/provider-shop@1.0.0.jsii.tgz", "lib/thing/index.js"),
    "generated": ("imports/any/_jsii/any@0.0.0.jsii.tgz", "providers/shop/thing/index.js"),
    "by service": ("site/cdktn_aws/_jsii/aws@1.0.0.jsii.tgz", "lib/service/aws-thing.js"),
    "under an unexpected name": ("imports/any/_jsii/any@0.0.0.jsii.tgz", "providers/shop/a-thing-of-names/index.js"),
}


@pytest.mark.parametrize(("package", "file"), LAYOUTS.values(), ids=LAYOUTS)
def test_layouts_of_packages(
    library: Callable[..., TypeLibrary], project: Path, monkeypatch: pytest.MonkeyPatch, package: str, file: str
) -> None:
    monkeypatch.setattr(sys, "path", [str(project / "site")])
    name = "aws" if "aws" in package else "shop"
    schema = thing("arn", type_name=f"{name}_thing")
    folder = "lib" if file.startswith("lib") else "providers/shop"
    text = {file: compiled(object_text(schema)), f"{folder}/provider/x-provider.js": compiled(provider_text(name))}
    write_archive(project / package, text)

    found = library().schemas(f"registry.terraform.io/hashicorp/{name}", [("managed", schema.name)])

    assert list(found[("managed", schema.name)].block.by_name) == ["arn"]


def test_objects_of_many_files_are_put_together(library: Callable[..., TypeLibrary], project: Path) -> None:
    text = object_text(
        Schema("shop_thing", Block((), (nested_block(),))),
    )
    structs, mark, own = text.partition("export class ShopThing extends")
    write_archive(
        project / "imports/shop/_jsii/shop@0.0.0.jsii.tgz",
        {
            "providers/shop/thing/index-structs/structs0.js": compiled(structs),
            "providers/shop/thing/index.js": compiled(mark + own),
            "providers/shop/provider/index.js": compiled(provider_text("acme/shop")),
        },
    )

    found = library().schemas(SOURCE, WANTED)[THING]

    assert [one.name for one in found.block.blocks] == ["rule"]


def nested_block() -> Any:
    return NestedBlock("rule", Nesting.LIST, Block((Attribute("port", NUMBER, "", "", required=True),)), "", "")


def test_bindings_of_another_provider_of_the_same_name_are_passed_over(
    library: Callable[..., TypeLibrary], project: Path
) -> None:
    write_archive(project / "imports/shop/_jsii/shop@0.0.0.jsii.tgz", content("foreign", "evil/shop"))

    assert names(library()) == []
    assert names(library()) == []


def test_a_file_of_schemas_may_have_other_providers_too(library: Callable[..., TypeLibrary], tmp_path: Path) -> None:
    attributes = {"registry.terraform.io/evil/shop": "a", SOURCE: "b", "example.com/acme/shop": "c"}
    schemas = {
        source: {"resource_schemas": {"shop_thing": thing(name).to_json()}} for source, name in attributes.items()
    }
    (tmp_path / "schemas.json").write_text(json.dumps({"provider_schemas": schemas}))

    assert names(library(tmp_path / "schemas.json")) == ["b"]


BROKEN = {
    "empty": b"",
    "no archive": b"once upon a time",
    "cut short": None,
    "an archive of nothing": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_broken_archive_is_a_reason_to_infer_and_told(
    library: Callable[..., TypeLibrary], project: Path, data: bytes | None
) -> None:
    path = write_archive(project / "imports/shop/_jsii/shop@0.0.0.jsii.tgz", content("arn"))
    path.write_bytes(path.read_bytes()[:300] if data is None else data)
    broken = library()

    assert names(broken) == []
    assert str(broken.findings[SOURCE]).startswith(INFERRED)


def test_what_is_generated_anew_is_read_anew(library: Callable[..., TypeLibrary], project: Path) -> None:
    """``cdktf get`` gives all that it makes the version 0.0.0."""
    path = project / "imports/shop/_jsii/shop@0.0.0.jsii.tgz"
    for name in ("first", "second"):
        write_archive(path, content(name))
        assert names(library()) == [name]


def test_kept_schemas_spare_reading_the_package(
    library: Callable[..., TypeLibrary], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_archive(project / "imports/shop/_jsii/shop@0.0.0.jsii.tgz", content("arn"))
    wanted = [THING, ("managed", "shop_typo")]
    assert len(library().schemas(SOURCE, wanted)) == 1
    monkeypatch.setattr("constructs_ims.backend.bindings.library.read_package", None)

    assert len(library().schemas(SOURCE, wanted)) == 1


def spoil(path: Path, damage: str) -> None:
    for file in path.rglob("*.json"):
        file.write_text(damage)


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"schema": 7}', '{"schema": {"block": {"attributes": 3}}}'])
def test_damaged_cache_is_filled_again(
    library: Callable[..., TypeLibrary], project: Path, tmp_path: Path, damage: str
) -> None:
    write_archive(project / "imports/shop/_jsii/shop@0.0.0.jsii.tgz", content("arn"))
    names(library())
    spoil(tmp_path / "cache", damage)

    assert names(library()) == ["arn"]


def test_cache_that_cannot_be_written_is_done_without(
    library: Callable[..., TypeLibrary], project: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    write_archive(project / "imports/shop/_jsii/shop@0.0.0.jsii.tgz", content("arn"))

    assert names(library()) == ["arn"]


def test_several_fill_the_cache_at_once(library: Callable[..., TypeLibrary], project: Path) -> None:
    write_archive(project / "imports/shop/_jsii/shop@0.0.0.jsii.tgz", content("arn"))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: names(library()), range(24)))

    assert found == [["arn"]] * 24


@pytest.mark.parametrize("variables", [{}, {"XDG_CACHE_HOME": "given"}, {"CONSTRUCTS_IMS_CACHE": "named"}])
def test_cache_is_where_the_environment_says(tmp_path: Path, variables: dict[str, str]) -> None:
    chosen = {name: str(tmp_path / value) for name, value in variables.items()}
    home = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT")}
    script = "import os\nfrom constructs_ims.backend.bindings.cache import SchemaCache\n"
    script += "print(SchemaCache.of_user(os.environ).directory)"
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={**home, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path / "home"), **chosen},
        capture_output=True,
        text=True,
        check=True,
    )

    parent = Path(ran.stdout.strip()).parent
    assert parent in (tmp_path / "named", tmp_path / "given/constructs-ims", tmp_path / "home/.cache/constructs-ims")
    assert parent.is_relative_to(next(iter(chosen.values()), str(tmp_path / "home")))


@pytest.mark.parametrize(
    ("text", "named"),
    [("", "not JSON"), ("[1]", "provider_schemas"), ("{}", "provider_schemas"), (None, "No such file")],
)
def test_unusable_files_of_schemas_are_told(
    library: Callable[..., TypeLibrary], tmp_path: Path, text: str | None, named: str
) -> None:
    path = tmp_path / "schemas.json"
    if text is not None:
        path.write_text(text)

    [fault] = library(path).faults()

    assert (fault.summary, named in fault.detail, str(path) in fault.detail) == (
        "Unusable provider schemas",
        True,
        True,
    )


@pytest.fixture
def own_site(tmp_path: Path) -> Path:
    site = tmp_path / "own"
    write_archive(site / "cdktf_cdktf_provider_shop/_jsii/provider-shop@1.0.0.jsii.tgz", content("own"))
    return site


@pytest.mark.parametrize("app", ["pipenv run python main.py", "node main.js", "'", "make synth", ""])
def test_interpreter_that_cannot_be_told_is_ours(
    library: Callable[..., TypeLibrary], own_site: Path, monkeypatch: pytest.MonkeyPatch, app: str
) -> None:
    monkeypatch.setattr(sys, "path", [str(own_site)])

    assert names(library(app=app)) == ["own"]


@pytest.mark.parametrize("app", [".venv/bin/python main.py", "uv run python main.py", "poetry run python3 -m app"])
def test_interpreter_of_the_project_is_told_by_its_command(
    library: Callable[..., TypeLibrary], project: Path, own_site: Path, monkeypatch: pytest.MonkeyPatch, app: str
) -> None:
    monkeypatch.setattr(sys, "path", [str(own_site)])
    site = interpreter(project)
    write_archive(site / "cdktf_cdktf_provider_shop/_jsii/provider-shop@1.0.0.jsii.tgz", content("project"))

    assert names(library(app=app)) == ["project"]
