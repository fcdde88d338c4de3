"""Changes the code at random places, one at a time, and tells which changes no quick test notices.

    python -m tests.mutation --record           # once, minutes: which tests run which lines
    python -m tests.mutation --seed 7 --count 100

Every change is made in a copy of the tree and judged by the tests that run its line. A change that alters nothing
anyone could observe is listed in ``equivalent.txt`` with its reason.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .changes import Change, changes
from .selection import QUICK, Selection, record

_ROOT: Final = Path(__file__).parents[2]
_UNCOPIED: Final = (".git", ".venv", ".mutation", "node_modules", "cdktf.out", ".hypothesis", ".*_cache", "__pycache__")
_PYTEST: Final = ("-m", "pytest", "-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--tb=line")

_NO_TESTS: Final = 5
"""pytest's exit status where a room has no quick tests."""


@dataclass(frozen=True)
class Verdict:
    """What the tests said of a change."""

    change: Change
    by: str
    """The first test that failed, ``time-out``, or nothing when no test failed."""
    tests: int


def main() -> int:
    """Draw, try and tell; the exit status is 1 when fewer than 95 of 100 changes are noticed."""
    options = _options()
    records = _ROOT / ".mutation"
    original = records / "recorded"
    if options.record:
        shutil.rmtree(records, ignore_errors=True)
        _copy(original)
        record(original, records)
        return 0
    os.chdir(original)
    drawn = _drawn(options, selection := Selection(original, records))
    trees: queue.Queue[Path] = queue.Queue()
    for number in range(options.jobs):
        trees.put(_copy(records / f"tree-{number}", original))
    with ThreadPoolExecutor(options.jobs) as pool:
        verdicts = list(pool.map(lambda change: _judge(change, selection, trees, options.seconds), drawn))
    return _tell(verdicts, trees.get(), options.seed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--record", action="store_true", help="run the quick part once and keep which tests run what")
    parser.add_argument("--seed", type=int, default=0, help="draws the changes (default: 0)")
    parser.add_argument("--count", type=int, default=100, help="how many changes (default: 100)")
    parser.add_argument("--under", default="", help="only files whose path under constructs_ims/ starts so")
    parser.add_argument("--kind", default="", help="only changes of this kind, such as 'removed lock'")
    parser.add_argument("--seconds", type=float, default=60, help="of tests at most for each change (default: 60)")
    parser.add_argument("--jobs", type=int, default=2, help="changes tried at once (default: 2)")
    return parser.parse_args()


def _copy(target: Path, source: Path = _ROOT) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*_UNCOPIED), symlinks=True)
    return target


def _drawn(options: argparse.Namespace, selection: Selection) -> list[Change]:
    files = sorted(Path("constructs_ims").rglob("*.py"))
    known = _equivalent()
    candidates = [
        change
        for path in files
        if path.as_posix().removeprefix("constructs_ims/").startswith(options.under)
        for change in changes(path)
        if options.kind in change.kind and selection.is_run(change) and _key(change) not in known
    ]
    return random.Random(options.seed).sample(candidates, min(options.count, len(candidates)))


def _judge(change: Change, selection: Selection, trees: queue.Queue[Path], seconds: float) -> Verdict:
    tree = trees.get()
    tests = selection.tests(change, seconds)
    source = change.path.read_bytes()
    try:
        _write(tree / change.path, change.apply(source))
        by = _failing(tree, tests, seconds) or _failing(tree, [_room(change)], 10 * seconds, *QUICK)
    finally:
        _write(tree / change.path, source)
        trees.put(tree)
    print(f"{'noticed' if by else 'UNSEEN '} {change.path}:{change.line} {change.kind} {by}", flush=True)
    return Verdict(change, by, len(tests))


def _room(change: Change) -> str:
    """The tests beside the changed file: those that start a process run lines that no record knows of."""
    room = Path("tests", change.path.parent.relative_to("constructs_ims"))
    return next(place.as_posix() for place in (room, *room.parents) if place.is_dir())


def _write(path: Path, source: bytes) -> None:
    path.write_bytes(source)
    Path(importlib.util.cache_from_source(path)).unlink(missing_ok=True)  # as old and as long, it would pass for fresh


def _failing(tree: Path, tests: list[str], seconds: float, *more: str) -> str:
    """The first test that fails, ``time-out``, or nothing; pytest's children end with it."""
    listed = tree / "tests.txt"
    listed.write_text("\n".join(tests))
    run = subprocess.Popen(
        [sys.executable, *_PYTEST, *more, f"@{listed}"],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = run.communicate(timeout=60 + 10 * seconds)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        return "time-out"
    if "no match in any of" in output:
        raise RuntimeError(f"the record is of other tests; make a new one with --record: {output[-500:]}")
    failed = [line.split(" ", 1)[1].partition(" - ")[0] for line in output.splitlines() if _is_failure(line)]
    return "" if run.returncode in (0, _NO_TESTS) else (failed or [f"pytest: {output[-300:]}"])[0]


def _is_failure(line: str) -> bool:
    return line.startswith(("FAILED ", "ERROR "))


def _tell(verdicts: list[Verdict], tree: Path, seed: int) -> int:
    unseen = [verdict for verdict in verdicts if not verdict.by]
    drawn, noticed = _rooms(verdicts), _rooms([verdict for verdict in verdicts if verdict.by])
    print("\nroom: noticed of drawn")
    for room in sorted(drawn):
        print(f"  {room}: {noticed[room]} of {drawn[room]}")
    for verdict in unseen:
        print(f"\n{verdict.change.path}:{verdict.change.line} {verdict.change.kind}, {verdict.tests} tests pass")
        print(f"  {_key(verdict.change)}")
    judges = sorted({verdict.by for verdict in verdicts if "::" in verdict.by})
    if judges and (unsure := _failing(tree, judges, 600)):
        print(f"\nfails without any change, so that its verdicts do not count: {unsure}")
    print(f"\nseed {seed}: {len(verdicts) - len(unseen)} of {len(verdicts)} noticed")
    return int(len(unseen) > len(verdicts) * 0.05)


def _rooms(verdicts: list[Verdict]) -> Counter[str]:
    return Counter(verdict.change.path.parent.as_posix() for verdict in verdicts)


def _key(change: Change) -> str:
    before, after = change.lines(change.path.read_bytes())
    return f"{change.path.as_posix()}: {before} => {after}"


def _equivalent() -> set[str]:
    lines = Path(__file__).with_name("equivalent.txt").read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


if __name__ == "__main__":
    sys.exit(main())
