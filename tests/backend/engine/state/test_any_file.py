"""States, journals, saved plans and locks that are anything at all are read or refused, and lose nothing."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.plans.plan_file import read_plan, write_plan
from constructs_ims.backend.engine.state.lock import read_lock_info
from constructs_ims.backend.engine.state.statefile import read_state, write_state
from constructs_ims.backend.engine.state.storage import StateStorage

from ....generated import altered, damaged, file_of, files
from ..plans.test_plan_file import made, rewritten, schemas_of

STATES = Path(__file__).parents[3] / "testdata" / "states"
STATE = json.loads((STATES / "everything.tfstate.json").read_text())
LOCK = {"ID": "1", "Operation": "OperationTypeApply", "Who": "me@here", "Created": "2026-01-01T00:00:00Z", "Path": "a"}


@given(content=files(STATE))
def test_state(content: bytes) -> None:
    found = read_state(content)

    assert (found.state is None) == bool(found.diagnostics) or not content.strip()
    if found.state is not None:
        again = read_state(write_state(found.state)).state
        assert again is not None
        assert (again.resources, again.outputs) == (found.state.resources, found.state.outputs)


@given(content=files(LOCK))
def test_lock(content: bytes) -> None:
    found = read_lock_info(content.decode(errors="replace"))

    assert found is None or found.describe()


PROVIDER = 'provider["registry.terraform.io/a/b"]'
OBJECT = {
    "schema_version": 0,
    "attributes": {"id": "1"},
    "sensitive_attributes": [],
    "private": "eA==",
    "dependencies": ["a.b"],
}
RECORDS: list[Any] = [
    {"do": "begin", "format": 2, "lineage": STATE["lineage"], "serial": STATE["serial"], "terraform_version": "1.11.4"},
    {
        "do": "intent",
        "creation_id": "1",
        "address": "x.a",
        "provider": PROVIDER,
        "object": OBJECT,
    },
    {"do": "change", "places": [{"address": "x.a", "provider": PROVIDER, "object": OBJECT}], "settles": "1"},
    {
        "do": "change",
        "places": [
            {"address": "x.a[0]", "provider": PROVIDER, "deposed": "00000001", "object": OBJECT},
            {"address": "x.b", "provider": PROVIDER, "was": "1", "object": None},
        ],
    },
    {"do": "settle", "creation_id": "1"},
]


def journal_of(records: Any) -> bytes:
    lines = [json.dumps(record).encode() for record in (records if isinstance(records, list) else [records])]
    return b"".join(b"%08x %s\n" % (zlib.crc32(line), line) for line in lines)


JOURNALS = (
    altered(RECORDS).map(journal_of) | damaged(journal_of(RECORDS)) | altered(RECORDS).map(journal_of).flatmap(damaged)
)


@given(journal=JOURNALS, serial=st.sampled_from([0, 1, 5]))
def test_journal(tmp_path: Path, journal: bytes, serial: int) -> None:
    """A run that finds it goes on, or says why not; what it took up is kept."""
    storage = StateStorage(tmp_path)
    storage.path.write_bytes(file_of({**STATE, "serial": STATE["serial"] + serial}))
    storage.journal_path.write_bytes(journal)

    found = storage.load()

    if found.state is None:
        assert found.diagnostics
        assert storage.journal_path.read_bytes() == journal
        return
    storage.begin(found.state)
    assert storage.save(found.state) == []
    again = StateStorage(tmp_path).load()
    assert again.state is not None
    assert sorted(again.state.objects(), key=repr) == sorted(found.state.objects(), key=repr)
    assert again.intents == found.intents


@cache
def plan_parts(directory: Path) -> dict[str, bytes]:
    write_plan(directory / "sound", made(directory))
    with zipfile.ZipFile(directory / "sound") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@given(data=st.data())
def test_plan(tmp_path: Path, data: st.DataObject) -> None:
    """One whose sums agree, so that only its contents can give it away."""
    parts = plan_parts(tmp_path)
    name = data.draw(st.sampled_from([name for name in sorted(parts) if name != "manifest.json"]))
    changed = data.draw(files(json.loads(parts[name])))
    manifest = json.loads(parts["manifest.json"])
    manifest["sums"][name] = hashlib.sha256(changed).hexdigest()
    rewritten(tmp_path / "sound", tmp_path / "odd", **{name: changed, "manifest_json": file_of(manifest)})

    found = read_plan(tmp_path / "odd", schemas_of)

    assert (found.plan is None) == bool(found.diagnostics)
