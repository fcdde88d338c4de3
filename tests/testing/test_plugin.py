"""The plugin from outside: small test files in runs of their own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

PLUGIN = ("-p", "no:randomly", "-p", "no:cacheprovider")
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


def test_each_test_has_a_world_of_its_own(pytester: pytest.Pytester) -> None:
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

    pytester.runpytest_subprocess("-n", "2", "-p", "no:randomly").assert_outcomes(passed=4)


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

    pytester.runpytest_subprocess().assert_outcomes(passed=1)


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

    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_what_fails_is_shown_at_the_tests_own_line(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(STACK)
    pytester.makepyfile(
        """
        def test_targets_nothing(ims, stack):
            ims.apply(stack, targets=["not an address"])
        """
    )

    shown = pytester.runpytest_subprocess("-q").stdout
    shown.fnmatch_lines([">*ims.apply(stack, targets=*", "E *constructs_ims.OperationFailedError: Invalid target*"])
    shown.no_fnmatch_line("*sandbox.py*")


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
    printed = [
        line.strip(".")
        for _ in range(2)
        for line in pytester.runpytest_subprocess(*PLUGIN, "-s", "-q").outlines
        if "IMAGE" in line
    ]

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

    result = pytester.runpytest_subprocess()

    image = "huaweicloud_ims_image_metadata.ubuntu"
    result.stdout.fnmatch_lines([f"*where True = SandboxPlan(+ {image}, + output.id).has_changes"])


@pytest.mark.parametrize("cdk", ["cdktf", "cdktn"])
def test_testing_of_a_cdk_is_taken_for_no_test(pytester: pytest.Pytester, cdk: str) -> None:
    pytester.makepyfile(
        f"""
        from {cdk} import Testing

        class TestOwn:
            def test_synthesizes(self):
                assert Testing.app()
        """
    )

    pytester.runpytest_subprocess("-W", "error::pytest.PytestCollectionWarning").assert_outcomes(passed=1)


def test_plugin_loads_little() -> None:
    script = (
        "import sys, constructs_ims.testing.plugin\n"
        "print(sorted({'cdktf', 'jsii', 'constructs', 'falcon', 'grpc', 'requests'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"
