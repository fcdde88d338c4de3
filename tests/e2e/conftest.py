from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.server import EmulatorServer
from constructs_ims.backend.terraform.mirror import lay_mirror, provider_installation
from constructs_ims.node import wheel_node

ROOT = Path(__file__).parents[2]
ACCOUNT = Account("LOCALACCESSKEY", "local-secret-key")
OWN_CDKTF = Path(__file__).parent / "node_modules" / ".bin"


def program(name: str, path: str | None = None) -> str:
    """Find a program; without it tests are skipped on a user's machine and fail in CI."""
    found = shutil.which(name, path=path)
    if found is None:
        reason = f"{name} is not on PATH"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def terraform_program() -> str:
    return program("terraform")


@pytest.fixture(scope="session")
def cdktf_program() -> str:
    return program("cdktf", os.pathsep.join([str(OWN_CDKTF), os.environ["PATH"]]))


@pytest.fixture(scope="session")
def cdktn_program(tmp_path_factory: pytest.TempPathFactory) -> str:
    """cdktn-cli on the Node that comes as a wheel: it needs a newer one than many machines have."""
    script = Path(program("cdktn", os.pathsep.join([str(OWN_CDKTF), os.environ["PATH"]]))).resolve()
    launcher = tmp_path_factory.mktemp("cdktn") / "cdktn"
    launcher.write_text(f'#!/bin/sh\nexec "{wheel_node() or "node"}" "{script}" "$@"\n')
    launcher.chmod(0o755)
    return str(launcher)


@pytest.fixture
def cdk_program(request: pytest.FixtureRequest, cdk: str) -> str:
    """The command line of the CDK that the test is parametrized with, or of cdktf."""
    found: str = request.getfixturevalue(f"{cdk}_program")
    return found


@pytest.fixture
def cdk() -> str:
    return "cdktf"


def moved_to(cdk: str, text: str) -> str:
    """A Python text that is written for cdktf, moved to ``cdk`` as the README tells."""
    if cdk == "cdktf":
        return text
    text = re.sub(r"^( *)(from|import) cdktf\b", rf"\1\2 {cdk}", text, flags=re.MULTILINE)
    text = re.sub(r"^( *from) cdktf_cdktf_provider_", rf"\1 {cdk}_provider_", text, flags=re.MULTILINE)
    return re.sub(r"^( *)from constructs_ims import", rf"\1from constructs_ims.{cdk} import", text, flags=re.MULTILINE)


def move_project(cdk: str, directory: Path) -> None:
    """Move the Python files of a project to ``cdk``."""
    for path in directory.rglob("*.py"):
        path.write_text(moved_to(cdk, path.read_text()))


def clean_environment(**given: str) -> dict[str, str]:
    """The environment of a child: this Python first on PATH, this tree importable, no account and no colors."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HW_", "OS_", "TF_", "CONSTRUCTS", "PYTEST_"))
    }
    paths = [str(Path(sys.executable).parent), str(OWN_CDKTF), kept["PATH"]]
    return {
        **kept,
        "PATH": os.pathsep.join(paths),
        "PYTHONPATH": str(ROOT),
        "CHECKPOINT_DISABLE": "1",
        "NO_COLOR": "1",
        **given,
    }


def succeed(words: Sequence[str], directory: Path, environment: Mapping[str, str]) -> str:
    """Run a command that has to end well, and return what it prints."""
    ran = subprocess.run(
        words,
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


class Doors:
    """The emulator's admin API, as a test uses them."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def images(self) -> list[dict[str, Any]]:
        return self._call("GET", "/_emulator/images")["images"]

    def change(self, id: str, **attributes: Any) -> None:
        self._call("PATCH", f"/_emulator/images/{id}", attributes)

    def remove(self, id: str) -> None:
        self._call("DELETE", f"/_emulator/images/{id}")

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.endpoint}{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@pytest.fixture
def emulator() -> Iterator[Doors]:
    with Store(":memory:") as store, EmulatorServer(create_app(store, ACCOUNT)) as server:
        yield Doors(server.endpoint)


class Terraform:
    """The real Terraform in a folder of its own, with this package's provider laid in a mirror."""

    def __init__(self, program: str, directory: Path, mirror: Path, endpoint: str) -> None:
        self.program = program
        self.directory = directory
        self.endpoint = endpoint
        directory.mkdir(parents=True)
        configuration = directory.parent / "terraform.rc"
        configuration.write_text(provider_installation(mirror))
        self.environment = clean_environment(TF_CLI_CONFIG_FILE=str(configuration))

    def configure(self, resources: dict[str, Any], provider: dict[str, Any] | None = None, **blocks: Any) -> None:
        """Write a configuration with images and the provider, which points at the emulator."""
        own = {
            "region": "cn-north-4",
            "access_key": ACCOUNT.access_key,
            "secret_key": ACCOUNT.secret_key,
            "auth_url": f"{self.endpoint}/v3",
            "endpoints": {"ims": f"{self.endpoint}/"},
        }
        required = {"huaweicloud": {"source": "huaweicloud/huaweicloud", "version": ">= 1.73.2, < 2.0.0"}}
        content = {
            "terraform": {"required_providers": required},
            "provider": {"huaweicloud": own if provider is None else provider},
            "resource": {"huaweicloud_ims_image_metadata": resources} if resources else None,
            **blocks,
        }
        self.write(json.dumps({name: block for name, block in content.items() if block}))

    def write(self, text: str) -> None:
        (self.directory / "main.tf.json").write_text(text)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever its status."""
        command = [self.program, arguments[0], "-no-color", *arguments[1:]]
        return subprocess.run(
            command, cwd=self.directory, env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )

    def succeed(self, *arguments: str) -> str:
        """Run a command that must succeed and return its output."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fail(self, *arguments: str) -> str:
        """Run a command that must fail and return its errors on one line."""
        done = self.run(*arguments)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        return " ".join(done.stderr.replace("│", " ").split())

    def plan(self, *arguments: str) -> dict[str, Any]:
        """Plan and return the plan's JSON."""
        self.succeed("plan", "-out=plan.bin", *arguments)
        return json.loads(self.succeed_plainly("show", "-json", "plan.bin"))

    def succeed_plainly(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.program, *arguments],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    def apply(self) -> None:
        self.succeed("apply", "-auto-approve")

    def state(self) -> dict[str, Any]:
        return json.loads((self.directory / "terraform.tfstate").read_text())

    def attributes(self, name: str) -> dict[str, Any]:
        """The state of one image."""
        [found] = [resource for resource in self.state()["resources"] if resource["name"] == name]
        return found["instances"][0]["attributes"]


@pytest.fixture(scope="session")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("mirror with blanks")
    lay_mirror(directory)
    return directory


@pytest.fixture
def terraform(terraform_program: str, tmp_path: Path, mirror: Path, emulator: Doors) -> Terraform:
    """An initialized Terraform with an empty configuration."""
    terraform = Terraform(terraform_program, tmp_path / "stack", mirror, emulator.endpoint)
    terraform.configure({})
    terraform.succeed("init")
    return terraform
