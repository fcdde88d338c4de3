"""Snapshots in runs of their own: files, forms, rules, differences, unused ones, those beside them."""

from __future__ import annotations

import json
import os
import re
import textwrap
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
import json
import pytest

def document(min_disk=40):
    return {
        "//": {"metadata": {"version": "0.21.0"}},
        "terraform": {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}},
        "provider": {"huaweicloud": [{"region": "cn-north-4", "secret_key": "SECRET-KEY", "access_key": "AK"}]},
        "resource": {"huaweicloud_ims_image_metadata": {"base": {
            "//": {"metadata": {"path": "images/base"}}, "name": "base", "min_disk": min_disk, "tags": ["a=b"],
        }}},
        "variable": {"password": {"default": "SECRET-VARIABLE", "sensitive": True}},
        "output": {
            "id": {"value": "${huaweicloud_ims_image_metadata.base.id}"},
            "secret": {"value": "SECRET-OUTPUT", "sensitive": True},
            "password": {"value": "${var.password}", "sensitive": True},
        },
    }

@pytest.fixture
def stack(tmp_path):
    (tmp_path / "cdk.tf.json").write_text(json.dumps(document()))
    return tmp_path
"""

ALL_FORMS = """
    from constructs_ims.testing import (
        PlanJsonExtension, PlanTextExtension, StateExtension, Template, TemplateHclExtension, TemplateJsonExtension,
    )

    def test_template(stack, snapshot_tf):
        assert Template.from_stack(stack) == snapshot_tf

    def test_hcl(stack, snapshot_tf):
        assert Template.from_stack(stack) == snapshot_tf(extension_class=TemplateHclExtension)

    def test_plan(ims, stack, snapshot_tf):
        assert ims.plan(stack) == snapshot_tf
        assert ims.plan(stack) == snapshot_tf(extension_class=PlanJsonExtension)

    def test_state(ims, stack, snapshot_tf):
        ims.apply(stack)
        assert ims.state(stack) == snapshot_tf
"""

TEMPLATES = """
    from constructs_ims.testing import Template, TemplateHclExtension

    def test_template(stack, snapshot_tf):
        assert Template.from_stack(stack) == snapshot_tf

    def test_hcl(stack, snapshot_tf):
        assert Template.from_stack(stack) == snapshot_tf(extension_class=TemplateHclExtension)
"""

FILES = {
    "test_template.0.tf.json",
    "test_hcl.0.tf",
    "test_plan.0.plan.txt",
    "test_plan.1.plan.json",
    "test_state.0.state.json",
}


@pytest.fixture(autouse=True)
def _no_worker_above(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let syrupy report in the runs below although this run may be a worker of xdist."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    start = pytester.runpytest_subprocess if "-n" in arguments else pytester.runpytest_inprocess
    return start("-p", "no:randomly", "-p", "no:cacheprovider", "-W", "error", *arguments)


def snapshots(pytester: pytest.Pytester, module: str) -> dict[str, str]:
    folder = pytester.path / "__snapshots__" / module
    return {path.name: path.read_text() for path in sorted(folder.iterdir())} if folder.is_dir() else {}


@pytest.mark.e2e
def test_every_form_has_a_file_of_its_own_that_every_run_agrees_with(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_forms=ALL_FORMS)
    run(pytester, "--snapshot-update").assert_outcomes(passed=4)
    first = snapshots(pytester, "test_forms")
    together = "".join(first.values())

    assert first.keys() == FILES
    assert "SECRET" not in together
    assert "//" not in together
    assert str(pytester.path) not in together
    assert not re.search(r"\d{4}-\d\d-\d\dT|[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{32}", together)
    assert '"terraform_version": "<version>"' in first["test_state.0.state.json"]
    assert 'resource "huaweicloud_ims_image_metadata" "base" {\n  min_disk = 40\n' in first["test_hcl.0.tf"]
    assert "# huaweicloud_ims_image_metadata.base will be created" in first["test_plan.0.plan.txt"]
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in first["test_plan.0.plan.txt"]
    state = json.loads(first["test_state.0.state.json"])
    assert state["outputs"]["id"]["value"] == "<id-2>"
    assert state["resources"][0]["instances"][0]["attributes"]["id"] == "<id-2>"
    for name, text in first.items():
        assert text.endswith("\n"), name
        if name.endswith(".json"):
            assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    again = run(pytester)
    again.assert_outcomes(passed=4)
    again.stdout.fnmatch_lines(["5 snapshots passed."])
    parallel = pytester.runpytest_subprocess("-n", "2", "-W", "error")  # and in random order
    parallel.assert_outcomes(passed=4)
    parallel.stdout.fnmatch_lines(["5 snapshots passed."])
    run(pytester, "--snapshot-update").assert_outcomes(passed=4)
    assert snapshots(pytester, "test_forms") == first


@pytest.mark.e2e
def test_snapshots_are_the_same_elsewhere(pytester: pytest.Pytester, tmp_path_factory: pytest.TempPathFactory) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_forms=ALL_FORMS)
    run(pytester, "--snapshot-update")
    other = tmp_path_factory.mktemp("elsewhere and with blanks")
    os.rename(pytester.path / "__snapshots__", other / "__snapshots__")
    for name in ("conftest.py", "test_forms.py"):
        os.rename(pytester.path / name, other / name)
    environment = pytest.MonkeyPatch()
    with environment.context() as patch:
        for name, value in {"HOME": str(other), "TZ": "Asia/Shanghai", "COLUMNS": "40", "LANG": "de_DE.UTF-8"}.items():
            patch.setenv(name, value)
        patch.chdir(other)
        ran = pytester.runpytest_subprocess("-p", "no:randomly", f"--rootdir={other}", str(other))

    ran.assert_outcomes(passed=4)


STARTED_ANYWHERE = """
    import os
    from pathlib import Path
    from constructs_ims.testing import Template

    def test_paths(snapshot_tf):
        backend = {"local": {"path": os.path.join(os.getcwd(), "terraform.images.tfstate")}}
        files = {"main": {"filename": str(Path(__file__).parents[2] / "main.py")}}
        document = {"terraform": {"backend": backend}, "resource": {"local_file": files}}
        assert Template.from_json(document) == snapshot_tf
"""


@pytest.mark.parametrize("marker", ["infra/cdktf.json", "pytest.ini"])
def test_snapshots_are_the_same_from_every_directory_of_the_project(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, marker: str
) -> None:
    folder = pytester.path / "infra" / "tests" / "unit"
    folder.mkdir(parents=True)
    (folder / "test_paths.py").write_text(textwrap.dedent(STARTED_ANYWHERE))
    (pytester.path / marker).write_text("")
    run(pytester, "--snapshot-update").assert_outcomes(passed=1)
    kept = json.loads((folder / "__snapshots__" / "test_paths" / "test_paths.0.tf.json").read_text())

    assert kept["terraform"]["backend"]["local"]["path"] == "<cwd>/terraform.images.tfstate"
    for start in ("infra", "infra/tests", "infra/tests/unit"):
        monkeypatch.chdir(pytester.path / start)
        run(pytester, str(folder)).assert_outcomes(passed=1)


def test_difference_is_shown_in_the_readable_form(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_forms=ALL_FORMS)
    run(pytester, "--snapshot-update")
    pytester.makeconftest(CONFTEST.replace("min_disk=40", "min_disk=80"))

    ran = run(pytester)

    ran.assert_outcomes(failed=4)
    shown = re.sub(r" +", " ", ran.stdout.str())
    for line in ('"min_disk": {},', "min_disk = {}", "+ min_disk = {}"):
        assert f"E - {line.format(40)}\nE + {line.format(80)}\n" in shown
    assert "4 snapshots failed." in shown
    run(pytester, "--snapshot-update").assert_outcomes(passed=4)
    run(pytester).assert_outcomes(passed=4)


def test_missing_snapshot_fails_and_is_not_written(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_forms=ALL_FORMS)

    ran = run(pytester, "-k", "test_template")

    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["E *Snapshot 'test_template.0.tf' does not exist!"])
    assert snapshots(pytester, "test_forms") == {}


def test_unused_snapshots_are_reported_and_removed(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_templates=TEMPLATES + TEMPLATES.replace("def test_", "def test_second_"))
    run(pytester, "--snapshot-update").assert_outcomes(passed=4)
    pytester.makepyfile(test_templates=TEMPLATES)

    run(pytester, "-k", "test_hcl").stdout.no_fnmatch_line("* unused.*")
    ran = run(pytester, "--snapshot-details")
    ran.assert_outcomes(passed=2)
    assert ran.ret == 1
    ran.stdout.fnmatch_lines(["*2 snapshots unused.", "Unused test_second_*"])
    ran = run(pytester, "--snapshot-update")
    assert ran.ret == 0
    assert snapshots(pytester, "test_templates").keys() == {"test_template.0.tf.json", "test_hcl.0.tf"}


FOREIGN = ("notes.txt", "input.tf", "versions.tf.json", "plan.json", "terraform.tfstate", "v1.2.3.json", "a.b.c.tf")


def test_foreign_files_and_syrupys_own_are_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    own = """
    from syrupy.extensions.json import JSONSnapshotExtension

    def test_own(snapshot):
        assert {"a": 1} == snapshot.with_defaults(extension_class=JSONSnapshotExtension)
"""
    pytester.makepyfile(test_templates=TEMPLATES, test_both=TEMPLATES + own)
    run(pytester, "--snapshot-update").assert_outcomes(passed=5)
    for folder in ("__snapshots__", "__snapshots__/test_templates", "__snapshots__/other"):
        (pytester.path / folder).mkdir(exist_ok=True)
        for name in FOREIGN:
            (pytester.path / folder / name).write_text("{}")

    for arguments in (("test_templates.py",), ("test_templates.py", "--snapshot-update")):
        ran = run(pytester, *arguments)
        assert ran.ret == 0
        ran.stdout.no_fnmatch_line("* unused.*")
    for name in FOREIGN:
        (pytester.path / "__snapshots__" / "test_templates" / name).unlink()
    for arguments in ((), ("--snapshot-update",)):
        ran = run(pytester, "test_both.py", *arguments)
        assert ran.ret == 0
        ran.stdout.fnmatch_lines(["3 snapshots passed."])
    assert snapshots(pytester, "test_both").keys() == {"test_template.0.tf.json", "test_hcl.0.tf", "test_own.json"}
    assert snapshots(pytester, "test_templates").keys() == {"test_template.0.tf.json", "test_hcl.0.tf"}


def test_names_and_parameters_with_dots_and_other_characters(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        test_names="""
        import pytest
        from constructs_ims.testing import Template, TemplateHclExtension

        class TestGroup:
            @pytest.mark.parametrize("version", ["20.04", "a/b", "x" * 300, "[1]", "a:b"])
            def test_versions(self, stack, snapshot_tf, version):
                assert Template.from_stack(stack) == snapshot_tf

        def test_named(stack, snapshot_tf):
            assert Template.from_stack(stack) == snapshot_tf(name="v1.2.3")
            assert Template.from_stack(stack) == snapshot_tf(name="v1.2.3", extension_class=TemplateHclExtension)
            assert Template.from_stack(stack) == snapshot_tf
            assert Template.from_stack(stack) == snapshot_tf
        """
    )
    run(pytester, "--snapshot-update").assert_outcomes(passed=6)

    for arguments in ((), ("--snapshot-update",), ("-k", "versions"), ("-k", "named")):
        ran = run(pytester, *arguments)
        assert ran.ret == 0, ran.stdout.str()
        ran.stdout.no_fnmatch_line("* unused.*")
    files = snapshots(pytester, "test_names")
    assert {
        "TestGroup.test_versions[20.04].0.tf.json",
        "test_named[v1.2.3].tf.json",
        "test_named[v1.2.3].tf",
        "test_named.2.tf.json",
        "test_named.3.tf.json",
    } < files.keys()
    assert len(files) == 9
    assert max(len(name) for name in files) <= 255


def test_rules_are_switched_off_one_by_one(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        test_rules="""
        import pytest
        from constructs_ims.testing import Rule, Template

        @pytest.mark.parametrize("rule", list(Rule))
        def test_template(stack, snapshot_tf, rule):
            assert Template.from_stack(stack) == snapshot_tf.keep(rule)

        @pytest.mark.parametrize("rule", [str(rule) for rule in Rule])
        def test_state(ims, stack, snapshot_tf, rule):
            ims.apply(stack)
            assert ims.state(stack) == snapshot_tf.keep(rule)

        def test_unknown(snapshot_tf):
            with pytest.raises(ValueError, match="'colors' is not a valid Rule"):
                snapshot_tf.keep("colors")
        """
    )
    run(pytester, "--snapshot-update").assert_outcomes(passed=15)
    texts = snapshots(pytester, "test_rules")

    assert '"//"' in texts["test_template[metadata].0.tf.json"]
    assert "SECRET-KEY" in texts["test_template[secrets].0.tf.json"]
    assert "SECRET-OUTPUT" in texts["test_state[secrets].0.state.json"]
    assert "<version>" not in texts["test_state[versions].0.state.json"]
    assert "<time>" not in texts["test_state[times].0.state.json"]
    assert "<id-1>" not in texts["test_state[ids].0.state.json"]
    assert "<id-1>" in texts["test_state[times].0.state.json"]
    run(pytester, "-k", "not ids").assert_outcomes(passed=13, deselected=2)


def test_syrupys_options_work(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        test_options="""
        import pytest
        from syrupy.filters import props
        from constructs_ims.testing import Template, TemplateHclExtension

        def test_excludes(stack, snapshot_tf):
            assert Template.from_stack(stack) == snapshot_tf(exclude=props("provider"))

        def test_uses(stack, snapshot_tf):
            as_hcl = snapshot_tf.use_extension(TemplateHclExtension)
            assert Template.from_stack(stack) == as_hcl
            assert as_hcl == Template.from_stack(stack)

        def test_negates(stack, snapshot_tf):
            assert Template.from_json({}) != snapshot_tf
        """
    )
    run(pytester, "--snapshot-update", "-k", "not negates").assert_outcomes(passed=2, deselected=1)
    run(pytester, "--snapshot-warn-unused").assert_outcomes(passed=3)
    texts = snapshots(pytester, "test_options")

    assert texts.keys() == {"test_excludes.0.tf.json", "test_uses.0.tf", "test_uses.1.tf"}
    assert '"provider"' not in texts["test_excludes.0.tf.json"]


def test_what_has_no_form_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        test_refused="""
        import pytest
        from constructs_ims.testing import PlanTextExtension, Template

        def test_other(snapshot_tf):
            with pytest.raises(TypeError, match="of a Template, a plan or a state, and this is dict"):
                assert {"a": 1} == snapshot_tf

        def test_form(stack, snapshot_tf):
            assert Template.from_stack(stack) == snapshot_tf(extension_class=PlanTextExtension)
        """
    )

    ran = run(pytester)

    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(["E *A .plan.txt snapshot is of a SandboxPlan, and this is Template."])


@pytest.mark.parametrize("lacking", ["syrupy", "pytest plugin of syrupy"])
def test_without_syrupy_one_line_says_so(pytester: pytest.Pytester, lacking: str) -> None:
    hide = "import sys\nsys.modules['syrupy'] = None\n" if lacking == "syrupy" else ""
    pytester.makeconftest(hide + CONFTEST)
    pytester.makepyfile(test_lacking="def test_snapshot(snapshot_tf): pass\n\n\ndef test_other(ims): pass\n")

    ran = run(pytester, "-p", "no:syrupy")

    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.fnmatch_lines(["*Testing parts missing: *Install constructs-ims?testing?.*"])
    ran.stdout.no_fnmatch_line("*Traceback*")


def test_nothing_of_syrupy_is_loaded_by_the_plugin(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_light="""
        import sys

        def test_light():
            assert "syrupy" not in sys.modules
            assert not {"cdktf", "jsii"} & set(sys.modules)
        """
    )

    pytester.runpytest_subprocess("-p", "no:syrupy").assert_outcomes(passed=1)


def test_folder_option_of_syrupy_is_followed(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_templates=TEMPLATES)
    run(pytester, "--snapshot-update", "--snapshot-dirname=expected").assert_outcomes(passed=2)

    names = {path.name for path in Path(pytester.path / "expected" / "test_templates").iterdir()}
    assert names == {"test_template.0.tf.json", "test_hcl.0.tf"}
    run(pytester, "--snapshot-dirname=expected").assert_outcomes(passed=2)


SECOND_OF_A_NAME = """
    import pytest
    from constructs_ims.testing import Template

    ONE, TWO = Template.from_json({"locals": {"a": "/x/y", "b": 1}}), Template.from_json({"locals": {"a": 2}})

    @pytest.mark.parametrize("second", [
        lambda snapshot: TWO == snapshot(name="x"),
        lambda snapshot: TWO == snapshot.keep("ids")(name="x"),
        lambda snapshot: TWO == snapshot.with_defaults()(name="x"),
    ])
    def test_refused(snapshot_tf, second):
        assert ONE == snapshot_tf(name="x")
        with pytest.raises(AssertionError, match='Two snapshots of this test have the name'):
            second(snapshot_tf)

    def test_first_in_each(snapshot_tf):
        assert ONE == snapshot_tf
        with pytest.raises(AssertionError, match='Two snapshots of this test have the name "test_first_in_each'):
            TWO == snapshot_tf.keep("ids")

    def test_equal(snapshot_tf):
        assert ONE == snapshot_tf(name="x")
        assert ONE == snapshot_tf(name="x")
        assert TWO == snapshot_tf
        assert ONE == snapshot_tf
"""


@pytest.mark.parametrize("words", [["--snapshot-update"], []])
def test_second_snapshot_of_a_name_is_refused(pytester: pytest.Pytester, words: list[str]) -> None:
    pytester.makepyfile(SECOND_OF_A_NAME)
    run(pytester, "--snapshot-update")

    result = run(pytester, *words)

    result.assert_outcomes(passed=5)
