"""The plugin from outside: small test files in runs of their own."""

from __future__ import annotations

import json

import pytest

from constructs_ims.backend.sandbox import Sandbox

LOADED_BEFORE_RUNS_IN_THIS_PROCESS = (Sandbox,)

pytest_plugins = ["pytester"]

PLUGIN = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:schemathesis", "-W", "error")
STACK = """
import json
import pytest

@pytest.fixture
def stack(tmp_path):
    (tmp_path / "cdk.tf.json").write_text(json.dumps({
        "terraform": {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}},
        "provider": {"huaweicloud": [{"region": "cn-north-4"}]},
        "resource": {"huaweicloud_ims_image_metadata": {"ubuntu": {"name": "ubuntu"}}},
        "output": {"id": {"value": "${huaweicloud_ims_image_metadata.ubuntu.id}"}},
    }))
    return tmp_path
"""


HEAVY = {"cdktf", "cdktn", "jsii", "constructs", "falcon", "grpc", "requests", "sqlite3", "yaml"}


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("-n", "2"), id="parallel", marks=pytest.mark.e2e),
        pytest.param(("-p", "randomly"), id="random order"),
    ],
)
def test_each_test_has_a_world_of_its_own(pytester: pytest.Pytester, options: tuple[str, ...]) -> None:
    pytester.makeconftest(STACK)
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("run", range(4))
        def test_deploys_alone(ims, stack, run):
            assert ims.images() == []
            applied = ims.apply(stack)
            assert applied.added == 1
            assert not ims.plan(stack).has_changes
            assert [image["id"] for image in ims.images()] == [applied.outputs["id"]]
        """
    )

    ran = pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider", *options)

    ran.assert_outcomes(passed=4)


def test_run_that_uses_no_fixture_loads_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(f"import sys\ndef test_is_light():\n    assert not {HEAVY!r} & set(sys.modules)")

    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)


def test_plugin_can_be_turned_off(pytester: pytest.Pytester) -> None:
    """The world is then opened by hand; hypothesis, syrupy and the like go on."""
    pytester.makeconftest(STACK)
    pytester.makepyfile(
        """
        from constructs_ims import Sandbox

        def test_by_hand(stack):
            with Sandbox() as sandbox:
                assert sandbox.apply(stack).added == 1

        def test_by_fixture(ims):
            pass
        """
    )

    ran = pytester.runpytest_inprocess(*PLUGIN, "-p", "no:constructs_ims")

    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.fnmatch_lines(["E *fixture 'ims' not found"])


DEVELOPER = {
    "HW_ENABLE_FORCE_NEW": "true",
    "HW_REGION_NAME": "ap-southeast-1",
    "TF_VAR_name": "of the developer",
    "TF_CLI_ARGS_plan": "-destroy",
    "TF_WORKSPACE": "other",
}
VARIABLE_STACK = (
    STACK.replace('{"name": "ubuntu"}', '{"name": "${var.name}"}')
    .replace('"output":', '"variable": {"name": {"type": "string", "default": "of the stack"}}, "output":')
    .replace('[{"region": "cn-north-4"}]', "[{}]")
)


def test_the_developers_variables_change_no_test(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in DEVELOPER.items():
        monkeypatch.setenv(name, value)
    for file in ("terraform.tfvars", "developer.auto.tfvars"):
        (pytester.path / file).write_text('name = "of the developer"')
    pytester.makeconftest(VARIABLE_STACK)
    pytester.makepyfile(
        """
        import pytest
        from constructs_ims import OperationFailedError

        def test_sees_no_variables(ims, stack):
            ims.apply(stack)
            assert ims.plan(stack).no_changes
            [(_, _, current)] = ims.state(stack).objects()
            assert (current.attributes["name"], current.attributes["region"]) == ("of the stack", "cn-north-4")
            with pytest.raises(OperationFailedError, match="cannot be updated"):
                ims.plan(stack, variables={"name": "new"})
        """
    )

    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=1)


def test_a_test_may_ask_for_variables(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(VARIABLE_STACK)
    pytester.makepyfile(
        """
        import pytest

        class TestWithVariables:
            @pytest.fixture
            def ims_environment(self):
                return {"TF_VAR_name": "of the test", "HW_REGION_NAME": "ap-southeast-1"}

            def test_sees_them(self, ims, stack):
                ims.apply(stack)
                [(_, _, current)] = ims.state(stack).objects()
                assert (current.attributes["name"], current.attributes["region"]) == ("of the test", "ap-southeast-1")
        """
    )

    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=1)


def test_what_fails_is_shown_at_the_tests_own_line(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(STACK)
    pytester.makepyfile(
        """
        def test_targets_nothing(ims, stack):
            ims.apply(stack, targets=["not an address"])
        """
    )

    shown = pytester.runpytest_inprocess(*PLUGIN, "-q").stdout
    shown.fnmatch_lines([">*ims.apply(stack, targets=*", "E *constructs_ims.OperationFailedError: Invalid target*"])
    shown.no_fnmatch_line("*sandbox.py*")


@pytest.mark.e2e
def test_ids_and_times_are_the_same_in_every_run(pytester: pytest.Pytester) -> None:
    """Those of several images too, which nothing puts in an order."""
    names = {f"image-{number}": {"name": f"image-{number}"} for number in range(10)}
    pytester.makeconftest(STACK.replace('{"ubuntu": {"name": "ubuntu"}}', json.dumps({"ubuntu": {}} | names)))
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("run", range(3))
        def test_prints(ims, stack, run):
            ims.apply(stack)
            print("IMAGE", [(image["id"], image["name"], image["created_at"]) for image in ims.images()])
        """
    )
    runs = (pytester.runpytest_inprocess, pytester.runpytest_subprocess)
    printed = [line.strip(".") for run in runs for line in run(*PLUGIN, "-s", "-q").outlines if "IMAGE" in line]

    assert len(printed) == 6
    assert len(set(printed)) == 1


def test_failing_assertion_says_what_would_change(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(STACK)
    pytester.makepyfile(
        """
        def test_has_nothing_to_do(ims, stack):
            assert not ims.plan(stack).has_changes
        """
    )

    result = pytester.runpytest_inprocess(*PLUGIN)

    image = "huaweicloud_ims_image_metadata.ubuntu"
    result.stdout.fnmatch_lines([f"*where True = SandboxPlan(+ {image}, + output.id).has_changes"])


@pytest.mark.e2e
@pytest.mark.parametrize("cdk", ["cdktf", "cdktn"])
def test_testing_of_a_cdk_is_taken_for_no_test(pytester: pytest.Pytester, cdk: str) -> None:
    pytester.makepyfile(
        f"""
        from {cdk} import Testing, TestingAppConfig

        class TestOwn:
            def test_synthesizes(self):
                assert TestingAppConfig and Testing.app()
        """
    )

    pytester.runpytest_subprocess("-W", "error::pytest.PytestCollectionWarning").assert_outcomes(passed=1)


def test_engine_that_there_is_not_is_refused_before_the_tests(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nims_engine = tf\n")
    pytester.makepyfile("def test_nothing(): pass")

    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines(['ERROR: ims_engine is "tf". Use builtin or terraform.'])
