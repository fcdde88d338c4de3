"""Which stack of an app keeps its state in the place that a remote state names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox.directory import stack_name
from constructs_ims.backend.sandbox.remote_state import stack_among, stack_behind

S3 = {"bucket": "team", "key": "net.tfstate", "region": "eu-west-1"}
REMOTE = {"organization": "team", "workspaces": {"name": "net"}}
LOCAL = {"path": "/srv/net.tfstate"}


@pytest.mark.parametrize(
    ("backend", "own", "asked", "is_same"),
    {
        "place": ("s3", S3, {"bucket": "team", "key": "net.tfstate"}, True),
        "how it is reached": ("s3", S3, {**S3, "region": "eu-west-2", "profile": "x"}, True),
        "other key": ("s3", S3, {**S3, "key": "web.tfstate"}, False),
        "no place": ("s3", S3, {"region": "eu-west-1"}, False),
        "other backend": ("gcs", S3, {"bucket": "team"}, False),
        "part of a place": ("gcs", {"bucket": "team", "prefix": "net"}, {"bucket": "team"}, False),
        "whole part": ("gcs", {"bucket": "team"}, {"bucket": "team"}, True),
        "part of a setting": ("remote", REMOTE, {"workspaces": {"name": "net"}}, True),
        "null in a setting": ("remote", REMOTE, {**REMOTE, "workspaces": {"name": "net", "prefix": None}}, True),
        "other workspace": ("remote", REMOTE, {**REMOTE, "workspaces": {"name": "web"}}, False),
        "text for an object": ("remote", REMOTE, {**REMOTE, "workspaces": "net"}, False),
        "object for a text": ("remote", {**REMOTE, "workspaces": "net"}, REMOTE, False),
        "nothing asked": ("remote", REMOTE, {}, False),
        "nulls asked": ("remote", REMOTE, {"organization": None}, False),
        "no object": ("remote", "team", REMOTE, False),
        "path": ("local", LOCAL, LOCAL, True),
        "another path": ("local", LOCAL, {"path": "/srv/web.tfstate"}, False),
        "path that is no text": ("local", LOCAL, {"path": 7}, False),
    }.values(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_stack_is_found_by_the_place_of_its_state(backend: str, own: Any, asked: dict[str, Any], is_same: bool) -> None:
    kind = "s3" if own is S3 else backend
    backends: dict[Path, Any] = {Path("stacks/web"): {}, Path("stacks/net"): {kind: own}}

    assert stack_among(backend, asked, backends) == (stack_name(Path("stacks/net")) if is_same else None)


@pytest.mark.parametrize(
    ("backend", "path", "is_found"),
    [
        ("local", "terraform.net.tfstate", True),
        ("local", "../elsewhere/terraform.net.tfstate", True),
        ("local", "terraform.web.tfstate", False),
        ("local", "net.tfstate", False),
        ("s3", "terraform.net.tfstate", False),
    ],
)
def test_stack_is_found_by_the_name_of_its_file(backend: str, path: str, is_found: bool) -> None:
    net = Path("stacks/net")

    assert stack_among(backend, {"path": path}, {net: {}}) == (stack_name(net) if is_found else None)


@pytest.mark.parametrize("cloud", [True, False])
def test_neighbours_are_read_from_their_files(tmp_path: Path, cloud: bool) -> None:
    """A neighbour that cannot be read, or has no backend, is passed by."""
    settings = {"cloud": REMOTE} if cloud else {"backend": {"remote": REMOTE}}
    contents = {"a": "{", "b": "[]", "c": '{"terraform": []}', "d": '{"terraform": {"backend": []}}'}
    for name, text in {**contents, "net": json.dumps({"terraform": settings}), "web": "{}"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "cdk.tf.json").write_text(text)
    (tmp_path / "empty").mkdir()

    assert stack_behind("remote", REMOTE, tmp_path / "web") == stack_name(tmp_path / "net")
    assert stack_behind("remote", REMOTE, tmp_path / "web" / "nowhere" / "deeper") is None
