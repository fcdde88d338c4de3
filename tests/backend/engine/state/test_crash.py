"""Runs that are killed or that fill the disk: the next one has every object once, and the old state is whole."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from constructs_ims.backend.engine.state.adoption import adopt
from constructs_ims.backend.engine.state.storage import StateStorage
from constructs_ims.schema.operations import ImportedResource, ImportResult, Object

RUN = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress
from constructs_ims.backend.engine.state.journal_records import Placement
from constructs_ims.backend.engine.state.model import ObjectState
from constructs_ims.backend.engine.state.storage import StateStorage

PROVIDER = 'provider["registry.terraform.io/a/b"]'
directory = Path(sys.argv[1])
cloud = directory / "cloud"
storage = StateStorage(directory / "state")
state = storage.load().state
journal = storage.begin(state)
journal.fold_bytes = 4000

def create(number):
    address = InstanceAddress(ResourceAddress("managed", "thing", "a"), number)
    planned = ObjectState({"name": f"thing-{number % 5}"})
    intent = journal.intent(address, PROVIDER, planned)
    id = f"{number}-{state.serial}"
    (directory / id).write_text(intent.creation_id)
    (directory / id).rename(cloud / id)
    made = ObjectState({"id": id, **planned.attributes})
    journal.record(Placement(address, PROVIDER, made), settles=intent)

print("begun", flush=True)
with ThreadPoolExecutor(10) as workers:
    list(workers.map(create, range(400)))
print(storage.save(journal.state))
"""


class Cloud:
    """A service that keeps one file for each object, under its id and with the id of its creation inside."""

    def __init__(self, directory: Path) -> None:
        self.objects = {path.name: path.read_text() for path in directory.iterdir()}

    def find_created(self, type_name: str, planned: Object, creation_id: str) -> ImportResult:
        created = (id for id, mark in self.objects.items() if mark == creation_id)
        return ImportResult([ImportedResource(type_name, {"id": id, **planned}) for id in created])


@pytest.mark.parametrize("moment", range(6))
def test_killed_run_loses_and_doubles_nothing(tmp_path: Path, moment: int) -> None:
    (tmp_path / "cloud").mkdir()
    with subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "begun\n"
        time.sleep(random.Random(moment).uniform(0, 0.15))  # the moment of the kill is what is tried
        child.kill()

    storage = StateStorage(tmp_path / "state")
    found = storage.load()
    assert found.diagnostics == ()
    assert found.state is not None
    journal = storage.begin(found.state)
    cloud = Cloud(tmp_path / "cloud")
    adopt(found.state, found.intents, lambda _: cloud, journal)
    assert storage.save(found.state) == []

    known = [obj.attributes["id"] for _, _, obj in found.state.objects()]
    assert sorted(known) == sorted(cloud.objects)
    assert StateStorage(tmp_path / "state").load().intents == ()


FILL = """
import resource, sys
from pathlib import Path
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress
from constructs_ims.backend.engine.state.journal import JournalError
from constructs_ims.backend.engine.state.journal_records import Placement
from constructs_ims.backend.engine.state.model import ObjectState
from constructs_ims.backend.engine.state.storage import StateStorage

PROVIDER = 'provider["p"]'
storage = StateStorage(Path(sys.argv[1]))
state = storage.load().state
journal = storage.begin(state)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
done = 0
try:
    for number in range(1000):
        address = InstanceAddress(ResourceAddress("managed", "thing", "a"), number)
        made = ObjectState({"id": str(number), "text": "x" * 100})
        journal.record(Placement(address, PROVIDER, made))
        state.set_current(address, PROVIDER, ObjectState({"id": str(number), "text": "x" * 100}))
        done += 1
except JournalError as fault:
    print(done)
    print(fault.diagnostic.summary)
print(storage.save(state)[0].summary)
"""


def test_file_that_cannot_grow_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    storage = StateStorage(tmp_path)
    state = storage.load().state
    assert state is not None
    storage.save(state)
    before = json.loads(storage.path.read_text())

    ran = subprocess.run([sys.executable, "-B", "-c", FILL, str(tmp_path)], capture_output=True, text=True, check=True)
    done, *summaries = ran.stdout.split("\n")

    assert summaries[:2] == ["Failed to write the state journal", "Failed to save state"]
    assert json.loads(storage.path.read_text()) == before
    again = StateStorage(tmp_path).load()
    assert again.diagnostics == ()
    assert again.state is not None
    assert len(list(again.state.objects())) == int(done) > 50
