"""The emulator as a process: killed, it keeps every image that it acknowledged; told to end, it ends well."""

from __future__ import annotations

import http.client
import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from constructs_ims.backend.emulator import Account, Store
from constructs_ims.backend.emulator.tokens import new_token, write_token

ACCOUNT = Account("ACCESSKEY", "secret")

SERVE = """
import signal, sys
from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.server import EmulatorServer

with Store(sys.argv[1]) as store, EmulatorServer(create_app(store, Account("ACCESSKEY", "secret"))) as server:
    signal.signal(signal.SIGTERM, lambda *_: server.request_close())
    print(server.port, flush=True)
    server.wait()
print("closed", flush=True)
"""


@contextmanager
def emulator(path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run an emulator of its own on ``path`` and yield the process and its port."""
    with subprocess.Popen([sys.executable, "-c", SERVE, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def create(connection: http.client.HTTPConnection, name: str) -> str:
    headers = {"X-Auth-Token": write_token(new_token(ACCOUNT.default_project.id, datetime.now(UTC)), ACCOUNT)}
    connection.request("POST", "/v2/images", json.dumps({"name": name}), headers)
    return str(json.loads(connection.getresponse().read())["id"])


def create_until_broken(port: int, made: list[str]) -> None:
    """Create images one after another until the service is gone, noting each that was acknowledged."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        while True:
            try:
                made.append(create(connection, f"image-{len(made)}"))
            except (OSError, http.client.HTTPException, ValueError):
                return


@pytest.mark.parametrize("round_", range(4))
def test_killed_emulator_loses_nothing_that_it_acknowledged(round_: int, tmp_path: Path) -> None:
    path = tmp_path / "ims.db"
    after = random.Random(round_).randrange(1, 80)
    made: list[list[str]] = [[] for _ in range(3)]
    with emulator(path) as (process, port):
        writers = [threading.Thread(target=create_until_broken, args=(port, names)) for names in made]
        for writer in writers:
            writer.start()
        while sum(map(len, made)) < after:
            writers[0].join(0.001)
        process.kill()
        for writer in writers:
            writer.join()

    acknowledged = {id for names in made for id in names}
    with Store(path) as store:
        kept = {image.id for image in store.all()}
        in_flight = kept - acknowledged
        assert acknowledged <= kept
        assert len(in_flight) <= len(writers)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def upload_until_broken(port: int, sent: dict[str, bytes]) -> None:
    """Create images and send their files until the service is gone, noting each file that was acknowledged."""
    headers = {
        "X-Auth-Token": write_token(new_token(ACCOUNT.default_project.id, datetime.now(UTC)), ACCOUNT),
        "Content-Type": "application/octet-stream",
    }
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        while True:
            try:
                id, content = create(connection, "image"), random.randbytes(20_000)
                connection.request("PUT", f"/v2/images/{id}/file", content, headers)
                if connection.getresponse().read() == b"":
                    sent[id] = content
            except (OSError, http.client.HTTPException, ValueError):
                return


@pytest.mark.parametrize("round_", range(2))
def test_killed_emulator_has_each_file_whole_or_not_at_all(round_: int, tmp_path: Path) -> None:
    path = tmp_path / "ims.db"
    after = random.Random(round_).randrange(1, 40)
    sent: dict[str, bytes] = {}
    with emulator(path) as (process, port):
        writers = [threading.Thread(target=upload_until_broken, args=(port, sent)) for _ in range(3)]
        for writer in writers:
            writer.start()
        while len(sent) < after:
            writers[0].join(0.001)
        process.kill()
        for writer in writers:
            writer.join()

    with Store(path) as store, store.reading() as database:
        files = dict(database.execute("SELECT image_id, content FROM files"))
        active = {image.id for image in store.all() if image.attributes["status"] == "active"}
    assert files.keys() == active
    assert sent.items() <= files.items()
    assert all(len(content) == 20_000 for content in files.values())


def test_restarted_emulator_goes_on(tmp_path: Path) -> None:
    with emulator(tmp_path / "ims.db") as (process, port):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            first = create(connection, "before")
        process.kill()

    with (
        emulator(tmp_path / "ims.db") as (_, port),
        closing(http.client.HTTPConnection("127.0.0.1", port)) as connection,
    ):
        second = create(connection, "after")
        connection.request("GET", "/_emulator/images")
        assert [image["id"] for image in json.load(connection.getresponse())["images"]] == [first, second]


def test_terminated_emulator_ends_well(tmp_path: Path) -> None:
    with (
        emulator(tmp_path / "ims.db") as (process, port),
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection,
    ):
        create(connection, "kept")
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)

    assert (output, process.returncode) == ("closed\n", 0)
    assert [file.name for file in tmp_path.iterdir()] == ["ims.db"]
