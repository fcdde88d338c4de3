"""Which tests run a line, and how long each takes: recorded once, read for every change."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from coverage import CoverageData

from .changes import Change

QUICK: Final = ("-m", "not e2e and not benchmark")


def record(tree: Path, records: Path) -> None:
    """Run the quick part under coverage; ``records`` gets what :class:`Selection` reads."""
    settings = records / "settings.ini"  # coverage deletes all that is called as its data is
    settings.write_text(f"[run]\nsource = constructs_ims\ndata_file = {records / 'coverage'}\n")
    chosen = ["-q", "-n", "2", "--dist", "load", *QUICK, f"--junitxml={records / 'times.xml'}"]
    covered = ["--cov=constructs_ims", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
    environment = os.environ | {"PYTHONPATH": str(tree)}
    subprocess.run([sys.executable, "-m", "pytest", *chosen, *covered], cwd=tree, env=environment)


class Selection:
    """The tests that run a line of the tree they were recorded in."""

    def __init__(self, tree: Path, records: Path) -> None:
        self._tree = tree
        self._data = CoverageData(str(records / "coverage"))
        self._data.read()
        self._seconds, self._failing = _outcomes(records / "times.xml")
        self._run: dict[str, set[int]] = {}
        self._lines: dict[str, dict[int, list[str]]] = {}

    def is_run(self, change: Change) -> bool:
        """Whether any test, or an import for one, runs the changed line."""
        name = str(self._tree / change.path)
        if name not in self._run:
            self._run[name] = set(self._data.lines(name) or ())
        return bool(self._run[name] & {change.line, change.statement})

    def tests(self, change: Change, seconds: float) -> list[str]:
        """The tests that run the changed line, of ``seconds`` in all: its room's first, then the cheapest of each file.

        What runs while a module is imported is judged by the tests that run any line of the module.
        """
        lines = self._contexts(change.path)
        running = set(lines.get(change.line, ())) | set(lines.get(change.statement, ()))
        if running == {""}:
            running = {test for tests in lines.values() for test in tests}
        return self._within(running - {""} - self._failing, change.path.parent.relative_to("constructs_ims"), seconds)

    def _contexts(self, path: Path) -> dict[int, list[str]]:
        name = str(self._tree / path)
        if name not in self._lines:
            found = self._data.contexts_by_lineno(name)
            self._lines[name] = {
                line: sorted({test.rpartition("|")[0] for test in tests}) for line, tests in found.items()
            }
        return self._lines[name]

    def _within(self, running: Iterable[str], room: Path, seconds: float) -> list[str]:
        files: dict[str, list[str]] = defaultdict(list)
        for test in sorted(running, key=self._time):
            files[test.partition("::")[0]].append(test)
        near = {file: not file.startswith(f"tests/{room}/") for file in files}
        ranked = [(near[file], rank, self._time(test), test) for file in files for rank, test in enumerate(files[file])]
        chosen: dict[str, list[str]] = defaultdict(list)
        for *_, time, test in sorted(ranked):
            seconds -= time
            if seconds < 0 and chosen:
                break
            chosen[test.partition("::")[0]].append(test)
        return [test for tests in chosen.values() for test in tests]

    def _time(self, test: str) -> float:
        return self._seconds.get(test, 0.5)


def _outcomes(times: Path) -> tuple[dict[str, float], set[str]]:
    """The seconds of every test, and the tests that failed without any change, which can judge none."""
    seconds, failing = {}, set()
    for case in ET.parse(times).getroot().iter("testcase"):
        test = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
        seconds[test] = float(case.get("time", 0))
        if case.find("failure") is not None or case.find("error") is not None:
            failing.add(test)
    return seconds, failing
