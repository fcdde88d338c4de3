"""A transcript of Terraform's command line: commands one after the other, and what each printed.

``tests/testdata/command_line.json`` holds it. To add a command, add ``{"line": "plan -json"}`` and record it again with
``CONSTRUCTS_IMS_RECORD=1 pytest -m e2e tests/e2e/test_command_line.py``; what is typed at a prompt stands behind ``<``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "testdata" / "command_line.json"
STACK: dict[str, Any] = {
    "variable": {"name": {"default": "x"}, "secret": {"default": "hush", "sensitive": True}},
    "resource": {
        "terraform_data": {"a": {"input": "${var.name}"}, "b": {"count": 2, "input": "${terraform_data.a.id}"}}
    },
    "output": {
        "o": {"value": "${terraform_data.a.output}"},
        "n": {"value": 1.5},
        "l": {"value": ["a", {"k": True}]},
        "s": {"value": "${var.secret}", "sensitive": True},
    },
}
PROGRESS = re.compile(r"\S+: (?:Refreshing|Creat|Destr|Modif|Still|Refresh)")


def read() -> list[dict[str, Any]]:
    """The entries: ``line``, and ``status``, ``output`` (lines) and ``errors`` where they are recorded."""
    entries: list[dict[str, Any]] = json.loads(RECORDED.read_text())
    return entries


def write(entries: list[dict[str, Any]]) -> None:
    """Write a record, a command on each line."""
    RECORDED.write_text("[\n" + ",\n".join(map(json.dumps, entries)) + "\n]\n")


def entry(line: str, status: int, output: str, errors: str) -> dict[str, Any]:
    """What a command printed, in the form in which it is recorded and compared."""
    return {"line": line, "status": status, "output": lines(output), "errors": neutral(errors)}


def split(line: str) -> tuple[list[str], str]:
    """The words of a command, and what is typed at its prompt."""
    words, _, typed = line.partition(" < ")
    return words.split(), f"{typed}\n" if typed else ""


def stack(project: Path) -> Path:
    """Write a synthesized project and the stack that the commands are about, with another one below it."""
    directory = project / "cdktf.out" / "stacks" / "web"
    (directory / "sub").mkdir(parents=True)
    (project / "cdktf.json").write_text('{"app": "true"}')
    (project / "cdktf.out" / "manifest.json").write_text("{}")
    (directory / "cdk.tf.json").write_text(json.dumps(STACK, indent=2))
    (directory / "sub" / "cdk.tf.json").write_text(json.dumps({"output": {"a": {"value": 1}}}))
    return directory


def neutral(text: str) -> str:
    """Take out what is another in every run: ids, times, and the program's name."""
    text = re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?", "<time>", text)
    text = re.sub(r"after \d+s", "after <n>s", re.sub(r'"elapsed_seconds":\d+', '"elapsed_seconds":0', text))
    return text.replace("terraform-ims", "terraform")


def lines(text: str) -> list[str]:
    """The lines of an output; events and progress may come in any order."""
    found = neutral(text).split("\n")
    if found[0].startswith('{"@level"'):
        return sorted(json.dumps(event(line), sort_keys=True) for line in found if line)
    return [*(line for line in found if not PROGRESS.match(line)), *sorted(filter(PROGRESS.match, found))]


def event(line: str) -> dict[str, Any]:
    return {name: value for name, value in json.loads(line).items() if name != "@timestamp"}
