from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.provider.configuration import LocalService
from constructs_ims.backend.sandbox.directory import SandboxDirectory
from constructs_ims.backend.terraform.environment import offline_environment

from .conftest import Start

pytestmark = pytest.mark.e2e

SERVICE = LocalService("http://127.0.0.1:4000", "SANDBOXKEY", "sandbox-secret")


def python(code: str) -> list[str]:
    return ["run", "--", sys.executable, "-c", code]


def seen(process: subprocess.Popen[str]) -> Any:
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return json.loads(output)


def environment(tmp_path: Path, **given: str) -> dict[str, str]:
    return offline_environment(SandboxDirectory(tmp_path / "sandbox"), SERVICE, {"PATH": os.defpath, **given})


def test_no_credentials_of_an_account_get_in_and_the_sandboxs_own_take_their_place(tmp_path: Path):
    real = {
        "HW_ACCESS_KEY": "REAL",
        "HW_SECRET_KEY": "real",
        "HW_SECURITY_TOKEN": "real",
        "HW_AUTH_URL": "https://iam.example.com/v3",
        "OS_PASSWORD": "real",
        "HUAWEICLOUD_SDK_AK": "REAL",
        "SKIP_CHECK_UPGRADE": "true",
    }
    child = environment(tmp_path, **real)
    assert {name: child.get(name) for name in real} == {
        **dict.fromkeys(real, None),
        "HW_ACCESS_KEY": "SANDBOXKEY",
        "HW_SECRET_KEY": "sandbox-secret",
    }


def test_what_is_no_secret_stays(tmp_path: Path):
    kept = {"HW_REGION_NAME": "cn-east-3", "HW_ENABLE_FORCE_NEW": "true", "HOME": "/home/user", "TF_LOG": "debug"}
    child = environment(tmp_path, **kept)
    assert {name: child[name] for name in kept} == kept


def test_there_is_always_a_region(tmp_path: Path):
    assert environment(tmp_path)["HW_REGION_NAME"] == "cn-north-4"


def test_a_terraform_named_by_its_path_is_the_one_that_runs(tmp_path: Path):
    child = environment(tmp_path, TERRAFORM_BINARY_NAME="/opt/terraform-1.9")
    assert (child["TERRAFORM_BINARY_NAME"], child["CONSTRUCTS_IMS_TERRAFORM"]) == ("terraform", "/opt/terraform-1.9")
    child = environment(tmp_path, TERRAFORM_BINARY_NAME="terraform-ims")
    assert child["TERRAFORM_BINARY_NAME"] == "terraform-ims"


def test_the_local_service_is_reached_without_a_proxy(tmp_path: Path):
    child = environment(tmp_path, NO_PROXY="example.com", HTTPS_PROXY="http://proxy.example.com")
    assert child["NO_PROXY"] == "example.com,127.0.0.1,localhost,::1"
    assert child["HTTPS_PROXY"] == "http://proxy.example.com"


def test_a_command_finds_a_service_that_answers(start: Start, tmp_path: Path):
    code = (
        "import json, os, urllib.request as u;"
        "print(u.urlopen(os.environ['CONSTRUCTS_IMS_ENDPOINT'] + '/_emulator/health').read().decode())"
    )
    assert seen(start(*python(code))) == {"status": "ok", "images": 0}
    assert [path.name for path in tmp_path.iterdir()] == [".constructs-ims"]


def test_terraform_is_the_one_of_the_sandbox(start: Start, tmp_path: Path):
    code = "import json, shutil; print(json.dumps([shutil.which('terraform'), shutil.which('tofu')]))"
    folder = tmp_path / ".constructs-ims" / "terraform" / "bin"
    assert seen(start(*python(code))) == [str(folder / "terraform"), str(folder / "tofu")]


@pytest.mark.parametrize(("end", "status"), [("sys.exit(7)", 7), ("os.kill(os.getpid(), 15)", 143)])
def test_the_commands_exit_status_is_returned(start: Start, end: str, status: int):
    assert start(*python(f"import os, sys; {end}")).wait(timeout=60) == status


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_signals_are_passed_on_once(start: Start, number: signal.Signals):
    code = (
        "import signal, sys, time\n"
        "seen = []\n"
        f"signal.signal({int(number)}, lambda *_: seen.append(1))\n"
        "print('ready', flush=True)\n"
        "while not seen: time.sleep(0.01)\n"
        "time.sleep(0.2)\n"
        "sys.exit(40 + len(seen))\n"
    )
    process = start(*python(code))
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    assert process.wait(timeout=60) == 41


def test_the_service_is_gone_after_the_command(start: Start, tmp_path: Path):
    start(*python("pass")).wait(timeout=60)
    assert not (tmp_path / ".constructs-ims" / "service.json").exists()


def test_commands_inside_a_command_share_its_service(start: Start):
    inner = "import os; print(os.environ['CONSTRUCTS_IMS_ENDPOINT'])"
    code = (
        "import json, os, subprocess, sys;"
        f"inner = [sys.executable, '-m', 'constructs_ims.cli.main', 'run', '--', sys.executable, '-c', {inner!r}];"
        "found = subprocess.run(inner, capture_output=True, text=True, check=True).stdout.strip();"
        "print(json.dumps([os.environ['CONSTRUCTS_IMS_ENDPOINT'], found]))"
    )
    outside, inside = seen(start(*python(code)))
    assert inside == outside


def test_images_outlive_a_command_that_was_killed(start: Start, tmp_path: Path):
    create = (
        "import os; from constructs_ims.backend.client import *\n"
        "from constructs_ims.backend.provider.configuration import LocalService\n"
        "service = LocalService.from_environment(os.environ)\n"
        "session = Session(Credentials(service.access_key, service.secret_key))\n"
        "ImsClient(session, service.endpoint).create_image({})\n"
        "print('created', flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    process = start(*python(create))
    assert process.stdout is not None
    assert process.stdout.readline() == "created\n"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    count = (
        "import os, urllib.request as u;"
        "print(u.urlopen(os.environ['CONSTRUCTS_IMS_ENDPOINT'] + '/_emulator/health').read().decode())"
    )
    assert seen(start(*python(count)))["images"] == 1


MISUSES = {
    "no command": (["run"], 2, "Error: No command: "),
    "only dashes": (["run", "--"], 2, "Error: No command: "),
    "an unknown program": (
        ["run", "--", "no-such-program"],
        127,
        "Error: Command not found: There is no program no-such-program on PATH.",
    ),
    "no program": (["run", "--", "./folder"], 127, "Error: Command not found: ./folder is no program that can be run."),
}


@pytest.mark.parametrize(("arguments", "status", "text"), MISUSES.values(), ids=MISUSES)
def test_misuse_is_told_plainly_and_makes_nothing(
    start: Start, tmp_path: Path, arguments: list[str], status: int, text: str
):
    process = start(*arguments)
    assert process.communicate(timeout=60)[1].startswith(text)
    assert process.returncode == status
    assert not list(tmp_path.iterdir())


def test_a_damaged_database_is_an_error_and_the_command_does_not_run(start: Start, tmp_path: Path):
    (tmp_path / ".constructs-ims").mkdir()
    (tmp_path / ".constructs-ims" / "ims.sqlite3").write_bytes(b"no database" * 100)
    process = start(*python("print('ran')"))
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (1, "")
    assert errors.startswith("Error: Damaged database: ")


def test_a_sandbox_that_cannot_be_made_is_an_error(start: Start, tmp_path: Path):
    (tmp_path / "file").touch()
    process = start(*python("print('ran')"), CONSTRUCTS_IMS_SANDBOX="file/sandbox")
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (1, "")
    assert errors.startswith("Error: Sandbox not usable: ")
