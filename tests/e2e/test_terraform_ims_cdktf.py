"""cdktf-cli with ``terraform-ims`` in Terraform's place, and ``constructs-ims`` without either."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import Sandbox
from constructs_ims.backend.terraform.mirror import write_launcher

from .conftest import ROOT, clean_environment, move_project

pytestmark = pytest.mark.e2e

EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/cdktf.json"))
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LIMIT = 120.0


class Project:
    """A copy of an example, and programs at work on it; ``terraform-ims`` is the only Terraform on their PATH."""

    def __init__(self, name: str, directory: Path, cdktf: str = "", cdk: str = "cdktf") -> None:
        self.directory = directory / name
        shutil.copytree(ROOT / "examples" / name, self.directory, ignore=shutil.ignore_patterns(".*", "cdktf.out"))
        move_project(cdk, self.directory)
        self.own_files = {path.name for path in self.directory.iterdir()}
        write_launcher(directory / "bin" / "terraform-ims", "constructs_ims.cli.terraform")
        write_launcher(directory / "bin" / "constructs-ims", "constructs_ims.cli.main")
        self.cdktf = cdktf
        environment = clean_environment(TERRAFORM_BINARY_NAME="terraform-ims", DISABLE_VERSION_CHECK="1")
        self.environment = {
            **{name: value for name, value in environment.items() if name != "CI"},
            "PATH": os.pathsep.join([str(directory / "bin"), environment["PATH"]]),
        }

    def run(self, *words: str, **environment: str) -> tuple[int, str]:
        """Run a program to its end; return its status and what it printed, without colors and line breaks."""
        ran = subprocess.run(
            words,
            cwd=self.directory,
            env={**self.environment, "CI": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        return ran.returncode, " ".join(COLOURS.sub("", ran.stdout).split())

    def succeed(self, *words: str, **environment: str) -> str:
        status, output = self.run(*words, **environment)
        assert status == 0, output
        return output

    def images(self) -> list[dict[str, Any]]:
        with Sandbox(self.directory / ".constructs-ims") as sandbox:
            return sandbox.images()

    def is_protected(self) -> bool:
        """Whether a stack refuses to be destroyed."""
        stacks = self.directory / "cdktf.out" / "stacks"
        return any('"prevent_destroy": true' in path.read_text() for path in stacks.glob("*/cdk.tf.json"))

    def leftovers(self) -> set[str]:
        return {path.name for path in self.directory.iterdir()} - self.own_files

    def synthesized(self) -> set[str]:
        output = self.directory / "cdktf.out"
        return {path.name for path in output.rglob("*") if path.is_file()}


class OnTerminal:
    """A program on a pseudo-terminal."""

    def __init__(self, project: Project, *words: str) -> None:
        self.output = ""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(project.directory)
            os.execvpe(words[0], words, {**project.environment, "TERM": "xterm", "COLUMNS": "120"})

    def await_text(self, text: str) -> None:
        """Read until ``text`` has been printed."""
        deadline = time.monotonic() + LIMIT
        while text not in self.output:
            assert time.monotonic() < deadline, self.output
            assert self._read(), f"ended without {text!r}:\n{self.output}"

    def send(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def press_enter(self) -> None:
        """Press Enter once the program reads single keys.

        cdktf shows its choice before it takes the terminal out of line mode, and until then the terminal makes a line
        feed of Enter, which cdktf takes for Ctrl-J: down to the next choice, and then it waits for ever.
        """
        deadline = time.monotonic() + LIMIT
        while termios.tcgetattr(self.terminal)[3] & termios.ICANON:
            assert time.monotonic() < deadline, self.output
            time.sleep(0.01)
        self.send("\r")

    def end(self) -> int:
        """Read to the end and return the exit status."""
        while self._read():
            pass
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def _read(self) -> bool:
        """Read what comes; False at the end, which Linux reports as an error."""
        if not select.select([self.terminal], [], [], LIMIT)[0]:
            os.kill(self.process, signal.SIGKILL)
            pytest.fail(f"silent for {LIMIT} s:\n{self.output}")
        try:
            found = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.output += COLOURS.sub("", found.decode(errors="replace")).replace("\r", "")
        return bool(found)


LIVES = (
    [(cdk, name) for cdk in ("cdktf", "cdktn") for name in EXAMPLES]
    if os.environ.get("CONSTRUCTS_IMS_STORIES") == "all"
    else [("cdktf", "quickstart"), ("cdktf", "cross_stack"), ("cdktf", "tested_app"), ("cdktn", "quickstart")]
)


@pytest.mark.parametrize(("cdk", "name"), LIVES)
def test_example_lives_under_the_cdks_cli_without_terraform(
    tmp_path: Path, cdk: str, cdk_program: str, name: str
) -> None:
    project = Project(name, tmp_path, cdk_program, cdk)

    project.succeed(cdk_program, "deploy", "*", "--auto-approve")
    assert project.images()
    for stack in json.loads((project.directory / "cdktf.out" / "manifest.json").read_text())["stacks"]:
        assert "No changes" in project.succeed(cdk_program, "diff", stack)
    project.succeed(cdk_program, "output", "*")
    status, said = project.run(cdk_program, "destroy", "*", "--auto-approve")

    if project.is_protected():
        assert status == 1
        assert "lifecycle.prevent_destroy" in said
    else:
        assert (status, project.images()) == (0, []), said
    assert project.leftovers() == {".constructs-ims", "cdktf.out"}
    assert not [name for name in project.synthesized() if "tfstate" in name or name in ("plan", ".terraform.lock.hcl")]


def test_approval_is_given_at_a_terminal(tmp_path: Path, cdktf_program: str) -> None:
    project = Project("quickstart", tmp_path, cdktf_program)

    deploy = OnTerminal(project, cdktf_program, "deploy")
    deploy.await_text("Please review the diff output above")
    assert project.images() == []
    deploy.press_enter()

    assert deploy.end() == 0, deploy.output
    assert "Apply complete!" in deploy.output
    assert project.images()

    destroy = OnTerminal(project, cdktf_program, "destroy")
    destroy.await_text("Please review the diff output above")
    destroy.press_enter()

    assert destroy.end() == 0, destroy.output
    assert project.images() == []


def test_prompts_at_a_terminal_are_terraforms(tmp_path: Path) -> None:
    project = Project("quickstart", tmp_path)
    project.succeed("constructs-ims", "synth")
    stack = project.directory / "cdktf.out" / "stacks" / "quickstart"

    apply = OnTerminal(project, "terraform-ims", f"-chdir={stack}", "apply")
    apply.await_text("Do you want to perform these actions?")
    apply.await_text("Only 'yes' will be accepted to approve.\n\n  Enter a value: ")
    apply.send("yes\n")

    assert apply.end() == 0, apply.output
    assert "Apply complete!" in apply.output


def test_the_first_command_needs_python_alone(tmp_path: Path) -> None:
    project = Project("quickstart", tmp_path)
    bare = {"PATH": os.pathsep.join([str(tmp_path / "bin"), str(Path(sys.executable).parent), "/bin"])}

    deployed = project.succeed("constructs-ims", "deploy", **bare)
    assert "Outputs of quickstart" in deployed
    assert "No changes." in project.succeed("constructs-ims", "plan", **bare)
    document = json.loads(project.succeed("constructs-ims", "output", "--json", **bare))
    assert document["stacks"]["quickstart"]["outputs"]
    project.succeed("constructs-ims", "destroy", **bare)
    assert project.images() == []


def test_real_terraform_goes_on_where_the_engine_stopped(
    tmp_path: Path, cdktf_program: str, terraform_program: str
) -> None:
    project = Project("quickstart", tmp_path, cdktf_program)
    project.succeed("constructs-ims", "deploy")
    before = project.images()

    assert "No changes" in project.succeed(cdktf_program, "diff", CONSTRUCTS_IMS_ENGINE="terraform")
    assert project.images() == before
    project.succeed(cdktf_program, "destroy", "--auto-approve", CONSTRUCTS_IMS_ENGINE="terraform")

    assert project.images() == []
    assert "2 to add" in project.succeed("constructs-ims", "plan")
    assert project.leftovers() == {".constructs-ims", "cdktf.out"}


def test_commands_that_a_stack_with_a_module_is_told_of_deploy_it(tmp_path: Path, terraform_program: str) -> None:
    project = Project("quickstart", tmp_path)
    module = project.directory / "sized"
    module.mkdir()
    (module / "main.tf").write_text('output "disk" {\n  value = 40\n}\n')
    main = project.directory / "main.py"
    call = 'TerraformHclModule(stack, "sized", source="./sized")'
    main.write_text(
        "from constructs_ims import HuaweicloudProvider, ImsImageMetadata\n"
        "from cdktf import App, TerraformHclModule, TerraformStack\n\n"
        'app = App()\nstack = TerraformStack(app, "images")\n'
        'HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")\n'
        f'ImsImageMetadata(stack, "a", name="a", os_version="CentOS 7.6 64bit", min_disk={call}.get_number("disk"))\n'
        "app.synth()\n"
    )
    config = {"language": "python", "app": "python main.py", "terraformModules": [{"name": "m", "source": "./sized"}]}
    (project.directory / "cdktf.json").write_text(json.dumps(config))

    status, document = project.run("constructs-ims", "deploy", "--json", "--no-simulation")
    assert status == 1
    (command,) = re.findall(r"CONSTRUCTS_IMS_ENGINE=terraform terraform-ims .*? apply", document)
    project.succeed("sh", "-c", f"{command} -auto-approve")

    assert [image["min_disk"] for image in project.images()] == [40]


def test_interrupt_finishes_what_is_in_flight(tmp_path: Path) -> None:
    project = Project("quickstart", tmp_path)
    stack = project.directory / "cdktf.out" / "stacks" / "many"
    stack.mkdir(parents=True)
    images = {f"i{number}": {"name": f"image-{number}"} for number in range(2000)}
    content = {
        "terraform": {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}},
        "provider": {"huaweicloud": [{"region": "cn-north-4"}]},
        "resource": {"huaweicloud_ims_image_metadata": images},
    }
    (stack / "cdk.tf.json").write_text(json.dumps(content))

    apply = OnTerminal(project, "terraform-ims", f"-chdir={stack}", "apply", "-auto-approve")
    apply.await_text("Creation complete")
    apply.send("\x03")

    assert apply.end() == 1, apply.output[-2000:]
    assert "Interrupt received." in apply.output
    with Sandbox(project.directory / ".constructs-ims") as sandbox:
        known = {obj.attributes["id"] for _, _, obj in sandbox.state(stack).objects()}
        assert known == {image["id"] for image in sandbox.images()}
        assert 0 < len(known) < 2000


def test_stacks_are_themselves_while_others_synthesize(tmp_path: Path, cdktf_program: str) -> None:
    project = Project("cross_stack", tmp_path, cdktf_program)
    project.succeed("constructs-ims", "deploy")
    ids = sorted(image["id"] for image in project.images())
    deploy = [cdktf_program, "deploy", "*", "--auto-approve"]
    running = subprocess.Popen(deploy, cwd=project.directory, env={**project.environment, "CI": "1"})

    while running.poll() is None:
        words = ["constructs-ims", "synth"]
        synthesis = subprocess.Popen(
            words, cwd=project.directory, env=project.environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(1.5)
        with suppress(ProcessLookupError):
            os.killpg(synthesis.pid, signal.SIGKILL)
        synthesis.wait()

    assert running.returncode == 0
    project.succeed("constructs-ims", "deploy")
    assert sorted(image["id"] for image in project.images()) == ids
    assert project.leftovers() <= {"cdktf.out", ".constructs-ims", "cdktf.log"}
