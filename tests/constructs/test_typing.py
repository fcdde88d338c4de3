"""A type checker sees what an app may write: sound use passes, each mistake is found on its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parent / "typing_samples"

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("mypy")]


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory, mypy: Callable[..., Any]) -> dict[str, dict[int, str]]:
    """What mypy says of each sample, by line; each has a twin that is moved to the other CDK."""
    twins = tmp_path_factory.mktemp("moved")
    for path in SAMPLES.glob("*.py"):
        moved = path.read_text().replace("from cdktf import", "from cdktn import")
        moved = moved.replace("from constructs_ims import", "from constructs_ims.cdktn import")
        (twins / f"{path.stem}_with_cdktn.py").write_text(moved)
    samples = sorted(path for folder in (SAMPLES, twins) for path in folder.glob("*.py"))
    ran = mypy(*samples)
    found: dict[str, dict[int, str]] = {sample.name: {} for sample in samples}
    for path, line, message in re.findall(r"^(.+?):(\d+): error: (.*)$", ran.stdout, re.MULTILINE):
        found[Path(path).name][int(line)] = message
    assert not ran.stderr, ran.stderr
    return found


@pytest.mark.parametrize("sample", ["sound.py", "sound_with_cdktn.py"])
def test_sound_use_passes(findings: dict[str, dict[int, str]], sample: str) -> None:
    assert findings[sample] == {}


@pytest.mark.parametrize("sample", ["mistaken.py", "mistaken_with_cdktn.py"])
def test_every_mistake_is_found(findings: dict[str, dict[int, str]], sample: str) -> None:
    """Each line of ``mistaken.py`` that is wrong says so in a comment: ``# error: code``."""
    lines = (SAMPLES / "mistaken.py").read_text().splitlines()
    expected = {number: line.rpartition("# error: ")[2] for number, line in enumerate(lines, 1) if "# error: " in line}
    codes = {number: message.rpartition("[")[2].rstrip("]") for number, message in findings[sample].items()}

    assert expected
    assert codes == expected
