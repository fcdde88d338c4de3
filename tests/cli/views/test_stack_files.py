"""The files that problems are about: read once, and asked which object a place lies in."""

from __future__ import annotations

import json
from pathlib import Path

from constructs_ims.cli.project import AppStack
from constructs_ims.cli.views.stack_files import StackFiles, object_around

CONTENT = {
    "provider": {"random": [{}]},
    "resource": {"random_id": {"a": {"byte_length": 4}, "b": {"keepers": {"x": ["y"]}}}},
    "data": {"local_file": {"c": {"filename": "f"}}},
}


def test_file_is_read_once_however_often_it_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "cdk.tf.json"
    file.write_text(json.dumps(CONTENT))
    stack, files = AppStack("web", tmp_path), StackFiles()

    source = files.source(stack)
    file.unlink()

    assert source is not None
    assert files.source(stack) is source
    assert list(files.texts(stack, ["cdk.tf.json", "nowhere.json"]).values()) == [json.dumps(CONTENT)]


def test_objects_are_found_by_the_places_inside_of_them(tmp_path: Path) -> None:
    (tmp_path / "cdk.tf.json").write_text(json.dumps(CONTENT, indent=2))
    source = StackFiles().source(AppStack("web", tmp_path))
    assert source is not None

    def found(*path: str | int) -> object:
        place = source.value_range(path)
        return place and object_around(source, place)

    assert found("resource", "random_id", "a", "byte_length") == ("resource", "random_id", "a")
    assert found("resource", "random_id", "b", "keepers", "x", 0) == ("resource", "random_id", "b")
    assert found("data", "local_file", "c") == ("data", "local_file", "c")
    assert found("provider", "random", 0) is None
    assert found("resource") is None
