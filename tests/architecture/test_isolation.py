"""What raises how much the tests try reaches them, though all other variables of the package are kept away."""

from __future__ import annotations

import re
from pathlib import Path

from ..isolation import isolate

TESTS = Path(__file__).parents[1]
READ = re.compile(r'environ(?:\.get\(|\[)"(CONSTRUCTS_IMS_[A-Z_]+)"')


def test_variables_that_tests_read_are_let_through() -> None:
    sources = [path for path in TESTS.rglob("*.py") if "node_modules" not in path.parts]
    read = {name for path in sources for name in READ.findall(path.read_text(encoding="utf-8"))}
    environment = dict.fromkeys(read | {"CONSTRUCTS_IMS_SANDBOX", "TF_VAR_name"}, "given")

    isolate(environment)

    assert len(read) > 5
    assert {name for name, value in environment.items() if value == "given"} == read
