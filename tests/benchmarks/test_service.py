"""The local service beside ``moto_server``, in the same run.

Goals: start to first answer under 0.4 s; over 1,500 raw requests a second on keep-alive connections; one create in
process under 1 ms; a page out of 100,000 images under 20 ms with any filter or sort key; memory flat over 100,000
requests; idle connections that do not starve an active one. ``CONSTRUCTS_IMS_BENCHMARK_REQUESTS`` and
``CONSTRUCTS_IMS_BENCHMARK_STORED`` set how many requests and images there are (5,000 and 20,000).

The rival is ``moto_server`` on PATH (``pip install "moto[server]"`` in an environment of its own).
"""

from __future__ import annotations

import http.client
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.images import accepted
from constructs_ims.backend.emulator.listing import listing
from constructs_ims.backend.emulator.seeding import seed_images
from constructs_ims.backend.emulator.server import EmulatorServer
from constructs_ims.backend.emulator.tokens import new_token, write_token

pytestmark = [pytest.mark.benchmark, pytest.mark.xdist_group("service")]

ACCOUNT = Account("ACCESSKEY", "secret")
REQUESTS = int(os.environ.get("CONSTRUCTS_IMS_BENCHMARK_REQUESTS", "5000"))
STORED = int(os.environ.get("CONSTRUCTS_IMS_BENCHMARK_STORED", "20000"))
CONNECTIONS = 4
Show = Callable[[str], None]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(command: list[str], port: int, path: str) -> Iterator[float]:
    """Start a server; give the seconds until it answers."""
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while time.perf_counter() - begin < 60:
                with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                    assert answer.status == 200
                    break
                time.sleep(0.005)
            yield time.perf_counter() - begin
        finally:
            process.terminate()


def ours(port: int) -> list[str]:
    return [str(Path(sys.executable).with_name("constructs-ims")), "emulator", "--port", str(port)]


def moto(port: int) -> list[str]:
    if (program := shutil.which("moto_server")) is None:
        pytest.skip("moto_server is not on PATH, and is the rival")
    return [program, "-H", "127.0.0.1", "-p", str(port)]


def requests_a_second(port: int, path: str, count: int) -> float:
    """Send requests over a few keep-alive connections at once."""

    def send(number: int) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            for _ in range(number):
                connection.request("GET", path)
                assert connection.getresponse().read()

    send(20)
    begin = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(send, [count // CONNECTIONS] * CONNECTIONS))
    return count / (time.perf_counter() - begin)


def test_start_and_raw_requests_beside_moto(show: Show) -> None:
    port = free_port()
    with started(ours(port), port, "/_emulator/health") as own_start:
        own = requests_a_second(port, "/_emulator/health", REQUESTS)
    show(f"service: first answer after {own_start:.2f} s, {own:.0f} requests a second")
    rival = free_port()
    with started(moto(rival), rival, "/moto-api/data.json") as start:
        rate = requests_a_second(rival, "/moto-api/data.json", REQUESTS // 5)
    show(f"moto_server: {start:.2f} s, {rate:.0f}; ratios {own_start / start:.2f}, {own / rate:.2f}")
    assert own > 0


def test_create_in_process(show: Show) -> None:
    asked = accepted({"name": "base", "min_disk": 40})
    with Store() as store:
        times = []
        for _ in range(2000):
            begin = time.perf_counter()
            store.create("0" * 32, asked)
            times.append(time.perf_counter() - begin)
    show(f"one create in process: {1000 * statistics.median(times):.3f} ms (median of 2,000)")
    assert times


QUERIES = [
    [],
    *([("sort_key", key)] for key in ("name", "container_format", "disk_format", "status", "id", "size", "updated_at")),
    [("name", "many-777")],
    [("status", "active")],
    [("tag", "team=images")],
    [("min_disk", "40")],
    [("protected", "true")],
    [("protected", "false"), ("sort_key", "name")],
    [("architecture", "x86"), ("sort_key", "size")],
    [("created_at", "gt:2024-01-01T01:00:00Z")],
    [("updated_at", "lt:2024-01-01T00:00:09Z"), ("sort_key", "id")],
    [("enterprise_project_id", "e1"), ("sort_key", "updated_at")],
    [("__os_version", "Ubuntu 20.04 server 64bit")],
    [("owner_note", "none")],
    [("visibility", "shared"), ("member_status", "accepted")],
]


def test_a_page_out_of_many_images(show: Show) -> None:
    many = {"name": "many", "count": STORED - 1, "tags": ["team=images"], "min_disk": 40}
    with Store() as store:
        seed_images(store, ACCOUNT, [{"name": "base", "status": "active"}, many])
        times = {}
        for query in QUERIES:
            wanted = listing(query, 25)
            rounds = []
            for _ in range(3):
                begin = time.perf_counter()
                store.page(ACCOUNT.default_project.id, wanted)
                rounds.append(time.perf_counter() - begin)
            times["&".join(f"{name}={value}" for name, value in query) or "plain"] = min(rounds)
    worst = max(times, key=lambda query: times[query])
    listed = ", ".join(f"{query} {1000 * seconds:.1f}" for query, seconds in times.items())
    show(f"a page out of {STORED} images, ms: {listed}; worst {worst}")
    assert len(times) == len(QUERIES)


def test_memory_over_many_requests(show: Show) -> None:
    token = write_token(new_token(ACCOUNT.default_project.id, datetime.now(UTC)), ACCOUNT)
    body, headers = json.dumps({"name": "x"}), {"X-Auth-Token": token, "Content-Type": "application/json"}
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT)) as server:

        def live(number: int) -> None:
            with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
                for _ in range(number):
                    connection.request("POST", "/v2/images", body, headers)
                    id = json.loads(connection.getresponse().read())["id"]
                    connection.request("DELETE", f"/v2/images/{id}", headers=headers)
                    connection.getresponse().read()

        live(6000 if REQUESTS >= 5000 else REQUESTS)  # until the log of requests is full
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        live(REQUESTS // 2)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    show(f"memory after {REQUESTS} requests more: {after - before:+} KiB (of {after})")
    assert store is not None


def test_idle_connections_beside_an_active_one(show: Show) -> None:
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT)) as server, ExitStack() as open_ones:
        alone = requests_a_second(server.port, "/_emulator/health", REQUESTS // 2)
        for _ in range(200):
            open_ones.enter_context(closing(socket.create_connection(("127.0.0.1", server.port))))
        beside = requests_a_second(server.port, "/_emulator/health", REQUESTS // 2)
    show(f"requests a second: {alone:.0f} alone, {beside:.0f} beside 200 idle connections; ratio {beside / alone:.2f}")
    assert beside > 0
