from __future__ import annotations

import json
import signal
import socket
import stat
import sys
import urllib.request
from pathlib import Path
from typing import Any

import openstack
import pytest

from constructs_ims.backend.client import Credentials, ImsClient, Session

from .conftest import Start

pytestmark = pytest.mark.e2e

FACTS = [
    "endpoint",
    "region",
    "project_id",
    "access_key",
    "secret_key",
    "auth_url",
    "username",
    "password",
    "domain_name",
]


def ready(process) -> dict[str, Any]:
    return json.loads(process.stdout.readline())


def client(facts: dict[str, Any]) -> ImsClient:
    session = Session(Credentials(facts["access_key"], facts["secret_key"]))
    return ImsClient(session, facts["endpoint"], facts["project_id"])


def test_it_says_when_it_is_ready_and_what_a_client_needs(start: Start):
    facts = ready(start("emulator", "--port", "0", "--json", "--region", "cn-east-3"))
    assert list(facts) == FACTS
    assert facts["region"] == "cn-east-3"
    assert client(facts).create_image({"name": "ubuntu"})["name"] == "ubuntu"


def test_it_tells_a_person_the_same(start: Start):
    process = start("emulator", "--port", "0")
    assert process.stdout is not None
    lines = [process.stdout.readline().split() for _ in range(len(FACTS) + 1)]
    assert [words[0] for words in lines[1:]] == FACTS


# openstacksdk warns of its own plans whenever it connects.
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_it_tells_what_openstacksdk_needs(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As a person would write it down: in a ``clouds.yaml``, with nothing else known of the service."""
    facts = ready(start("emulator", "--port", "0", "--json", "--region", "cn-east-3"))
    login = {name: facts[name] for name in ("auth_url", "username", "password", "project_id")}
    cloud = {"auth": {**login, "user_domain_name": facts["domain_name"]}, "region_name": facts["region"]}
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    (tmp_path / "clouds.yaml").write_text(json.dumps({"clouds": {"offline": cloud}}))

    with openstack.connect(cloud="offline") as connection:
        made = connection.image.create_image("ubuntu", disk_format="zvhd2", container_format="bare", min_disk=40)
        assert [(image.name, image.min_disk) for image in connection.image.images()] == [("ubuntu", 40)]

    assert client(facts).find_image(made.id) is not None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_it_ends_well_when_asked_to(start: Start, number: signal.Signals):
    process = start("emulator", "--port", "0", "--json")
    ready(process)
    process.send_signal(number)
    assert process.wait(timeout=60) == 0
    assert process.communicate()[1] == ""


def test_images_and_keys_stay_where_they_are_told_to(start: Start, tmp_path: Path):
    arguments = ["emulator", "--port", "0", "--json", "--data", "my data"]
    first = start(*arguments)
    facts = ready(first)
    id = client(facts).create_image({})["id"]
    first.terminate()
    first.wait(timeout=60)
    again = ready(start(*arguments))
    assert again["secret_key"] == facts["secret_key"]
    assert client(again).find_image(id) is not None
    assert stat.S_IMODE((tmp_path / "my data" / "credentials.json").stat().st_mode) == 0o600


def test_a_port_in_use_is_an_error_that_says_what_to_do(start: Start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start("emulator", "--port", str(taken.getsockname()[1]))
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (1, "")
    assert errors.startswith("Error: Port in use: ")


def test_a_damaged_database_is_an_error_and_stays(start: Start, tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ims.sqlite3").write_bytes(b"no database" * 100)
    process = start("emulator", "--port", "0", "--data", "data")
    errors = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert errors.startswith("Error: Damaged database: ")
    assert (tmp_path / "data" / "ims.sqlite3").read_bytes() == b"no database" * 100


def test_other_names_are_answered_only_when_allowed(start: Start):
    facts = ready(start("emulator", "--port", "0", "--json", "--allow-host", "ims.test"))
    health = f"{facts['endpoint']}/_emulator/health"
    allowed = urllib.request.Request(health, headers={"Host": "ims.test"})
    assert urllib.request.urlopen(allowed, timeout=60).status == 200
    foreign = urllib.request.Request(health, headers={"Host": "evil.test"})
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(foreign, timeout=60)


@pytest.mark.parametrize("port", ["-1", "65536", "http", "1.5"])
def test_what_is_no_port(start: Start, port: str):
    process = start("emulator", f"--port={port}")
    assert f'"{port}" is no port. Use 0 to 65535.' in process.communicate(timeout=60)[1]
    assert process.returncode == 2


def test_server_for_other_machines_says_an_endpoint_that_it_answers_to(start: Start):
    facts = ready(start("emulator", "--host", "0.0.0.0", "--port", "0", "--json"))
    assert client(facts).create_image({"name": "ubuntu"})["name"] == "ubuntu"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{facts['endpoint']}/_emulator/images", timeout=60)
    with caught.value as answer:
        assert answer.code == 401


def test_a_second_server_of_the_same_data_is_told_of_the_first(start: Start):
    arguments = ["emulator", "--port", "0", "--json", "--data", "data"]
    first = start(*arguments)
    endpoint = ready(first)["endpoint"]

    second = start(*arguments)
    errors = second.communicate(timeout=60)[1]
    assert second.returncode == 1
    assert errors.startswith("Error: Data in use: ")
    assert f"process {first.pid} at {endpoint}" in errors

    first.kill()
    first.wait(timeout=60)
    assert ready(start(*arguments))["endpoint"]


def test_command_that_needs_the_service_joins_that_of_the_same_data(start: Start, tmp_path: Path):
    facts = ready(start("emulator", "--port", "0", "--json", "--data", "data"))
    shown = "import os; print(dict(os.environ))"

    joined = start("run", "--", sys.executable, "-c", shown, CONSTRUCTS_IMS_SANDBOX=str(tmp_path / "data"))

    assert facts["endpoint"] in joined.communicate(timeout=60)[0]
