"""How failures look in pytest, under xdist and in unittest, and what loading the kit costs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

TESTS = """
    from constructs_ims.testing import Annotations, Capture, Match, Template

    template = Template.from_json({"resource": {"thing": {"one": {"x": 1}}}})

    def test_has():
        template.has_resource("thing", {"x": 2})

    def test_counts():
        template.resource_count_is("thing", 3)

    def test_matches():
        template.template_matches({"resource": {"thing": {"one": {"x": 2}}}})

    def test_captures():
        Capture().as_string()
"""


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("-p", "no:constructs_ims", "-W", "error"), id="alone"),
        pytest.param(("-n", "2"), id="xdist", marks=pytest.mark.e2e),
    ],
)
def test_failures_are_shown_at_the_tests_own_line(pytester: pytest.Pytester, options: tuple[str, ...]) -> None:
    pytester.makepyfile(TESTS)

    ran = pytester.runpytest_subprocess(*options)

    ran.assert_outcomes(failed=4)
    ran.stdout.fnmatch_lines_random(
        [
            '>*template.has_resource("thing", {"x": 2})',
            "E *AssertionError: Template has 1 resource of type thing, but none matches.",
            "E *The closest is thing.one, with 1 mismatch:",
            'E *>> *"x": 1 *<- expected 2',
            "E *AssertionError: Expected 3 resources of type thing, found 1.",
            "E *AssertionError: Template does not match.",
            "E *AssertionError: No value captured.*",
        ]
    )
    ran.stdout.no_fnmatch_line("*constructs_ims/testing/*")


def test_unittest_shows_the_tests_own_line(tmp_path: Path) -> None:
    (tmp_path / "test_unit.py").write_text(
        "import unittest\n"
        "from constructs_ims.testing import Template\n\n\n"
        "class Images(unittest.TestCase):\n"
        "    def test_has(self):\n"
        '        Template.from_json({"resource": {"thing": {"one": {"x": 1}}}}).has_resource("thing", {"x": 2})\n'
    )
    command = [sys.executable, "-m", "unittest", "test_unit"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert ran.returncode == 1
    assert "AssertionError: Template has 1 resource of type thing, but none matches." in ran.stderr
    assert "constructs_ims" not in ran.stderr.replace("from constructs_ims.testing", "")


UNIT = """
import tempfile, unittest
from pathlib import Path

from constructs_ims import Sandbox
from constructs_ims.testing import ApplyStep, run_steps

class Stacks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.stack = Path(folder.name)
        (self.stack / "cdk.tf.json").write_text('{"resource": {"terraform_data": {"one": {"input": 1}}}}')
        self.ims = Sandbox(deterministic=True)

    def test_plan(self):
        self.ims.plan(self.stack).assert_no_changes()  # of the plan

    def test_steps(self):
        run_steps(self.ims, ApplyStep(self.stack, creates=[]))  # of the steps

    def test_check(self):
        def check(ims):
            self.assertEqual(ims.images(), [1])  # of the check
        run_steps(self.ims, ApplyStep(self.stack, check=check))
"""


def test_unittest_shows_the_tests_own_lines_of_plans_and_steps(tmp_path: Path) -> None:
    (tmp_path / "test_unit.py").write_text(UNIT)
    command = [sys.executable, "-m", "unittest", "test_unit"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert "FAILED (failures=3)" in ran.stderr
    for line in ("of the plan", "of the steps", "of the check"):
        assert f"# {line}\n" in ran.stderr
    for module in ("plan_assertions", "expectations"):
        assert f"{module}.py" not in ran.stderr
    assert ran.stderr.count("running.py") == 2  # run_steps itself, which unittest would hide together with the check


@pytest.mark.parametrize(
    "script",
    [
        "import constructs_ims.testing",
        "import constructs_ims.testing.plugin",
        "from constructs_ims.testing import Annotations, Capture, Match, Template\n"
        "Template.from_json({}).has_no_resource('x')",
    ],
)
def test_nothing_heavy_is_loaded(script: str) -> None:
    heavy = ["cdktf", "cdktn", "jsii", "constructs", "syrupy", "falcon", "grpc", "requests", "sqlite3", "rich", "yaml"]
    show = f"import sys, json\n{script}\nprint(json.dumps(sorted(set({heavy!r}) & set(sys.modules))))"
    ran = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)

    assert json.loads(ran.stdout) == []


def test_missing_part_is_told_in_one_line_where_it_is_needed() -> None:
    script = (
        "import sys\nsys.modules['syrupy'] = None\n"
        "from constructs_ims.testing import Annotations, Capture, Match, Template\n"
        "print('assertions need none')\n"
        "from constructs_ims.testing import TerraformSnapshot"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert ran.stdout == "assertions need none\n"
    assert ran.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: Testing parts missing: syrupy is not installed, or its plugin is off. "
        "Install constructs-ims[testing]."
    )


def test_unknown_name_is_refused() -> None:
    import constructs_ims.testing

    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        constructs_ims.testing.Nonsense  # noqa: B018 - reading the attribute is the test
    assert constructs_ims.testing.__all__ == sorted(constructs_ims.testing.__all__)
