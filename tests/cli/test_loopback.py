"""Every address that a command's Python processes connect to or look up is this machine's."""

from __future__ import annotations

import ast
import ipaddress
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
SPY = """
import os, sys

def spy(event, arguments):
    address = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}.get(event)
    if address is not None:
        with open(os.environ["SPIED"], "a") as log:
            print(repr(arguments[address]), file=log)

open(os.environ["SPIED"], "a").close()
sys.addaudithook(spy)
"""
AWAY = {
    "HTTP_PROXY": "http://192.0.2.1:3128",
    "https_proxy": "http://192.0.2.1:3128",
    "HW_AUTH_URL": "https://iam.example.com/v3",
    "HW_CLOUD": "example.com",
    "OS_AUTH_URL": "https://iam.example.com/v3",
    "HW_ACCESS_KEY": "AK",
    "HW_SECRET_KEY": "SK",
}
PROVIDER = {"region": "cn-north-4", "access_key": "AK", "secret_key": "SK"}
STACK = {
    "terraform": {
        "backend": {"s3": {"bucket": "b", "key": "k", "region": "r", "endpoint": "https://obs.example.com"}},
        "required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}},
    },
    "provider": {"huaweicloud": [PROVIDER]},
    "resource": {"huaweicloud_ims_image_metadata": {"a": {"name": "a", "__os_version": "Ubuntu 20.04 server 64bit"}}},
}
CLIENT = (
    "import os; from constructs_ims.backend.client import *\n"
    "from constructs_ims.backend.provider.configuration import LocalService\n"
    "service = LocalService.from_environment(os.environ)\n"
    "session = Session(Credentials(service.access_key, service.secret_key))\n"
    "ImsClient(session, service.endpoint).create_image({})\n"
)


class Spied:
    """Runs commands in a project whose settings all point away from this machine."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.log = directory / "spied"
        (directory / "spy").mkdir()
        (directory / "spy" / "sitecustomize.py").write_text(SPY)
        self.write(STACK)

    def write(self, stack: dict[str, Any]) -> None:
        (self.directory / "cdk.tf.json").write_text(json.dumps(stack))

    def run(self, module: str, *words: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CONSTRUCTS_IMS")}
        paths = os.pathsep.join([str(self.directory / "spy"), str(ROOT)])
        return subprocess.run(
            [sys.executable, "-c", f"import sys; from {module} import main; sys.exit(main())", *words],
            cwd=self.directory,
            env={**kept, **AWAY, "PYTHONPATH": paths, "SPIED": str(self.log)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def addresses(self) -> list[Any]:
        return [ast.literal_eval(line) for line in self.log.read_text().splitlines()]


def is_here(address: Any) -> bool:
    host = address[0] if isinstance(address, tuple) else address
    if host in ("localhost", "") or str(host).startswith("/"):
        return True
    return ipaddress.ip_address(host).is_loopback


@pytest.fixture
def spied(tmp_path: Path) -> Spied:
    return Spied(tmp_path)


@pytest.mark.parametrize("words", [["init"], ["apply", "-auto-approve"], ["plan"], ["destroy", "-auto-approve"]])
def test_the_engine_connects_to_nothing(spied: Spied, words: list[str]) -> None:
    ran = spied.run("constructs_ims.cli.terraform", *words)

    assert ran.returncode == 0, ran.stderr
    assert spied.addresses() == []


@pytest.mark.parametrize(
    "more", [{"auth_url": "https://iam.example.com/v3"}, {"endpoints": {"ims": "https://192.0.2.1/"}}]
)
def test_an_endpoint_elsewhere_is_refused(spied: Spied, more: dict[str, Any]) -> None:
    spied.write({**STACK, "provider": {"huaweicloud": [{**PROVIDER, **more}]}})

    ran = spied.run("constructs_ims.cli.terraform", "plan")

    assert ran.returncode == 1
    assert "is not on this machine" in ran.stderr
    assert spied.addresses() == []


def test_clients_are_led_to_this_machine(spied: Spied) -> None:
    ran = spied.run("constructs_ims.cli.main", "run", "--", sys.executable, "-c", CLIENT)

    assert ran.returncode == 0, ran.stderr
    assert spied.addresses()
    assert [address for address in spied.addresses() if not is_here(address)] == []
