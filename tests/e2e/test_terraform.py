"""The provider under the real Terraform."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from .conftest import Doors, Terraform

pytestmark = pytest.mark.e2e

RUNS = Path(__file__).parents[1] / "testdata" / "terraform-runs"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
NEVER_EQUAL = {"timestamp", "configuration", "lineage", "terraform_version", "serial"}
ADDRESS = "huaweicloud_ims_image_metadata.ubuntu"


def normalized(value: Any) -> Any:
    """Take out what differs between two runs, and the one value that the recorded service spells differently."""
    if isinstance(value, dict):
        return {name: normalized(inner) for name, inner in value.items() if name not in NEVER_EQUAL}
    if isinstance(value, list):
        return [normalized(inner) for inner in value]
    if isinstance(value, str):
        text = TIME.sub("TIME", UUID.sub("ID", value))
        return text.replace("Other Linux(64 bit)", "Other Linux (64 bit)")
    return value


def recorded(run: str, step: str, kind: str) -> Any:
    return json.loads((RUNS / run / f"{step}.{kind}.json").read_text())


def configure_as_recorded(terraform: Terraform, run: str, step: str) -> None:
    text = (RUNS / run / f"{step}.config.tf.json").read_text()
    terraform.write(text.replace("http://127.0.0.1:8765", terraform.endpoint))


def replay(terraform: Terraform, run: str, step: str, *arguments: str) -> None:
    """Plan a recorded step, apply it if it was applied, and demand what the vendor's provider gave."""
    configure_as_recorded(terraform, run, step)
    text = terraform.succeed("plan", "-out=plan.bin", *arguments)
    assert normalized(text.replace("Saved the plan to: plan.bin", "")) == normalized(
        (RUNS / run / f"{step}.plan.txt").read_text().replace("Saved the plan to: plan.bin", "")
    )
    plan = json.loads(terraform.succeed_plainly("show", "-json", "plan.bin"))
    assert normalized(plan) == normalized(recorded(run, step, "plan"))
    if (RUNS / run / f"{step}.tfstate.json").exists():
        terraform.succeed("apply", "plan.bin")
        assert normalized(terraform.state()) == normalized(recorded(run, step, "tfstate"))


def test_the_recorded_run_of_a_full_image_is_repeated(terraform: Terraform):
    replay(terraform, "full", "1-create")
    replay(terraform, "full", "2-noop")
    configure_as_recorded(terraform, "full", "3-change-refused")
    refused = terraform.run("plan")
    assert refused.returncode == 1
    vendors = (RUNS / "full" / "3-change-refused.plan.txt").read_text().partition("Error: ")[2].partition("\n\n\n")[0]
    assert vendors in refused.stderr.replace("│ ", "")
    replay(terraform, "full", "4-change-forced")
    replay(terraform, "full", "5-region-change")


def test_the_recorded_run_of_an_empty_image_is_repeated(terraform: Terraform):
    replay(terraform, "minimal", "1-create")
    replay(terraform, "minimal", "2-noop")
    replay(terraform, "minimal", "3-destroy", "-destroy")


def actions(plan: dict[str, Any]) -> list[str]:
    [change] = plan["resource_changes"]
    return change["change"]["actions"]


def test_a_stack_without_a_local_service_says_how_to_start_one(terraform: Terraform):
    terraform.configure({"ubuntu": {}}, {"region": "cn-north-4"})
    assert "No local IMS service" in terraform.fail("plan")


def test_regions_of_a_resource_work_in_a_sandbox_but_not_beside_own_endpoints(terraform: Terraform, emulator: Doors):
    terraform.configure({"ubuntu": {"region": "cn-east-3"}})
    assert "Resource-level region must be the same as Provider-level region" in terraform.fail("apply", "-auto-approve")
    terraform.environment |= {
        "CONSTRUCTS_IMS_ENDPOINT": emulator.endpoint,
        "CONSTRUCTS_IMS_ACCESS_KEY": "LOCALACCESSKEY",
        "CONSTRUCTS_IMS_SECRET_KEY": "local-secret-key",
    }
    terraform.configure({"ubuntu": {"region": "cn-east-3"}}, {"region": "cn-north-4"})
    terraform.apply()
    assert terraform.attributes("ubuntu")["region"] == "cn-east-3"
    terraform.configure({"ubuntu": {"region": "cn-south-1"}}, {"region": "cn-north-4"})
    assert actions(terraform.plan()) == ["delete", "create"]


def test_terraform_import_brings_an_image_in(terraform: Terraform):
    terraform.configure({"ubuntu": {"name": "ubuntu"}})
    terraform.apply()
    created = terraform.state()["resources"][0]["instances"][0]
    terraform.succeed_plainly("state", "rm", ADDRESS)
    terraform.succeed("import", ADDRESS, created["attributes"]["id"])
    assert terraform.attributes("ubuntu") == created["attributes"]
    assert actions(terraform.plan()) == ["no-op"]


def test_an_import_block_brings_an_image_in(terraform: Terraform):
    terraform.configure({"old": {"name": "ubuntu"}})
    terraform.apply()
    id = terraform.attributes("old")["id"]
    terraform.succeed_plainly("state", "rm", "huaweicloud_ims_image_metadata.old")
    terraform.configure({"ubuntu": {"name": "ubuntu"}}, **{"import": {"to": ADDRESS, "id": id}})
    [change] = terraform.plan()["resource_changes"]
    assert change["change"]["importing"] == {"id": id}
    assert change["change"]["actions"] == ["no-op"]
    terraform.succeed("apply", "plan.bin")
    assert terraform.attributes("ubuntu")["id"] == id


def test_importing_what_is_not_there_says_so(terraform: Terraform):
    terraform.configure({"ubuntu": {}})
    missing = "00000000-0000-4000-8000-000000000000"
    assert "Cannot import non-existent remote object" in terraform.fail("import", ADDRESS, missing)


def test_an_image_deleted_behind_terraforms_back_is_made_again(terraform: Terraform, emulator: Doors):
    terraform.configure({"ubuntu": {"name": "ubuntu"}})
    terraform.apply()
    emulator.remove(terraform.attributes("ubuntu")["id"])
    plan = terraform.plan()
    assert actions(plan) == ["create"]
    assert plan["resource_drift"][0]["change"]["actions"] == ["delete"]
    terraform.succeed("apply", "plan.bin")
    assert [image["name"] for image in emulator.images()] == ["ubuntu"]


def test_an_image_changed_behind_terraforms_back_is_refused_then_replaced(terraform: Terraform, emulator: Doors):
    terraform.configure({"ubuntu": {"name": "ubuntu"}})
    terraform.apply()
    emulator.change(terraform.attributes("ubuntu")["id"], name="changed", status="active")
    assert "1 error occurred: * name can't be updated, changed -> ubuntu" in terraform.fail("plan")
    terraform.configure({"ubuntu": {"name": "ubuntu", "enable_force_new": "true"}})
    plan = terraform.plan()
    assert actions(plan) == ["delete", "create"]
    before = plan["resource_drift"][0]["change"]["after"]
    assert (before["name"], before["status"]) == ("changed", "active")
    terraform.succeed("apply", "plan.bin")
    assert [(image["name"], image["status"]) for image in emulator.images()] == [("ubuntu", "queued")]


def test_only_the_flag_and_the_timeouts_change_in_place(terraform: Terraform):
    terraform.configure({"ubuntu": {"name": "ubuntu"}})
    terraform.apply()
    terraform.configure({"ubuntu": {"name": "ubuntu", "enable_force_new": "false", "timeouts": {"delete": "5m"}}})
    assert actions(terraform.plan()) == ["update"]
    terraform.succeed("apply", "plan.bin")
    assert terraform.attributes("ubuntu")["timeouts"] == {"delete": "5m"}
    assert actions(terraform.plan()) == ["no-op"]


BAD_IMAGES = {
    "a text for a number": ({"min_disk": "large"}, "a number is required"),
    "a text for a list": ({"tags": "a=b"}, "set of string required"),
    "an unknown argument": ({"nmae": "ubuntu"}, 'No argument or block type is named "nmae"'),
    "a disk that is too small": ({"min_disk": 5}, "min_disk is 5. Use 10 to 1024 GB"),
    "an unknown format": ({"disk_format": "vmdk"}, '"vmdk" is not a valid disk format'),
    "a Windows image": ({"__os_version": "Windows Server 2019 Standard 64bit"}, "Windows"),
    "a tag without a value": ({"tags": ["bare"]}, "is not of the form key=value"),
    "a flag that is none": ({"enable_force_new": "maybe"}, '"maybe" is not a valid enable force new'),
}


@pytest.mark.xdist_group("bad images")
@pytest.mark.parametrize(("image", "text"), BAD_IMAGES.values(), ids=BAD_IMAGES)
def test_a_bad_image_is_refused_before_anything_is_planned(terraform: Terraform, image: dict[str, Any], text: str):
    terraform.configure({"ubuntu": image})
    assert re.search(text, terraform.fail("validate"))


BAD_PROVIDERS = {
    "an endpoint elsewhere": ({"endpoints": {"ims": "https://ims.example.com"}}, "is not on this machine"),
    "an identity service elsewhere": ({"auth_url": "https://iam.example.com/v3"}, "is not on this machine"),
    "half a key pair": ({"access_key": "AK"}, "all of `access_key,secret_key` must be specified"),
    "an unknown argument": ({"regoin": "cn-north-4"}, 'No argument or block type is named "regoin"'),
}


@pytest.mark.parametrize(("block", "text"), BAD_PROVIDERS.values(), ids=BAD_PROVIDERS)
def test_a_bad_provider_block_is_refused(terraform: Terraform, block: dict[str, Any], text: str):
    terraform.configure({"ubuntu": {}}, {"region": "cn-north-4", **block})
    assert re.search(text, terraform.fail("plan"))


def test_a_configuration_that_is_no_json_is_refused_and_loses_nothing(terraform: Terraform, emulator: Doors):
    terraform.configure({"ubuntu": {}})
    terraform.apply()
    before = terraform.state()
    terraform.write("{")
    assert "main.tf.json" in terraform.fail("apply", "-auto-approve")
    assert terraform.state() == before
    assert len(emulator.images()) == 1


def test_an_interrupted_apply_keeps_what_it_has_done(terraform: Terraform, emulator: Doors):
    with applying_many(terraform) as apply:
        apply.send_signal(signal.SIGINT)
        output = apply.stdout.read()
        assert apply.wait(timeout=60) == 1, output
    instances = [instance for resource in terraform.state()["resources"] for instance in resource["instances"]]
    kept = {instance["attributes"]["id"] for instance in instances}
    assert kept == {image["id"] for image in emulator.images()}
    assert 0 < len(kept) < 300


def test_a_killed_terraform_takes_the_provider_with_it(terraform: Terraform):
    with applying_many(terraform) as apply:
        plugins = children_of(apply.pid)
        apply.kill()
    assert plugins
    deadline = time.monotonic() + 10
    while any(map(is_alive, plugins)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_alive, plugins))


@contextmanager
def applying_many(terraform: Terraform) -> Iterator[Any]:
    """An apply of 300 images that has made its first."""
    terraform.configure({f"image-{number}": {"name": f"image-{number}"} for number in range(300)})
    command = [terraform.program, "apply", "-auto-approve", "-no-color", "-parallelism=2"]
    with subprocess.Popen(
        command,
        cwd=terraform.directory,
        env=terraform.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as apply:
        assert apply.stdout is not None
        assert any("Creation complete" in line for line in apply.stdout)
        yield apply


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    if not tasks.exists():
        pytest.skip("this machine has no /proc")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_plan_files_of_terraform_and_ours_are_told_apart(terraform: Terraform) -> None:
    terraform.write(json.dumps({"resource": {"terraform_data": {"a": {"input": 1}}}}))
    terraform.succeed("plan", "-out=theirs")
    ours = str(Path(sys.executable).parent / "terraform-ims")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ours, *words], cwd=terraform.directory, env=terraform.environment, capture_output=True, text=True
        )

    refused = run("apply", "./theirs")
    assert refused.returncode == 1
    assert "it was made by Terraform itself" in " ".join(refused.stderr.replace("│", " ").split())

    assert run("plan", "-out=./ours").returncode == 0
    assert 'Failed to load "ours" as a plan file' in terraform.fail("apply", "ours")
