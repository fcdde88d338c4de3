"""``run_steps``: lives of stacks that go as the steps say, and what is told when they do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import ActionReason, Sandbox
from constructs_ims.testing import (
    ApplyStep,
    Capture,
    DestroyStep,
    ImportStep,
    Match,
    RefusedStep,
    Step,
    run_steps,
)

IMAGE = "huaweicloud_ims_image_metadata"
BASE = f"{IMAGE}.base"
Stack = Callable[..., Path]


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """Write a stack with one image, some of its arguments given."""

    def write(*, name: str = "web", resource: Any = None, output: Any = None, **given: Any) -> Path:
        image = {"name": "base", "__os_version": "CentOS 7.6 64bit", "min_disk": 40, **given}
        directory = tmp_path / "cdktf.out" / "stacks" / name
        directory.mkdir(parents=True, exist_ok=True)
        outputs = {"id": {"value": f"${{{BASE}.id}}"}} if output is None else output
        content = {
            "terraform": {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}},
            "provider": {"huaweicloud": [{"region": "cn-north-4"}]},
            "resource": resource if resource is not None else {IMAGE: {"base": image}},
            **({"output": outputs} if outputs else {}),
            "variable": {"secret": {"type": "string", "sensitive": True, "default": "hush"}},
        }
        (directory / "cdk.tf.json").write_text(json.dumps(content))
        return directory

    return write


def failure(ims: Sandbox, *steps: Step) -> str:
    with pytest.raises(AssertionError) as raised:
        run_steps(ims, *steps)
    return str(raised.value)


def test_a_whole_life(ims: Sandbox, stack: Stack) -> None:
    id = Capture()
    run_steps(
        ims,
        ApplyStep(
            lambda: stack(),
            creates=[BASE],
            updates=[],
            replaces=[],
            destroys=[],
            state={BASE: {"min_disk": 40, "name": Match.string_like_regexp("^ba")}},
            outputs={"id": id},
            images=[{"name": "base"}],
            plan=lambda plan: plan.assert_creates(BASE),
            applied=lambda applied: None if applied.added == 1 else pytest.fail("added"),
        ),
        ImportStep(BASE),
        RefusedStep(lambda: stack(min_disk=80), BASE, because="min_disk"),
        RefusedStep(lambda: stack(min_disk=80), because="min_disk"),
        ApplyStep(lambda: stack(min_disk=80, enable_force_new="true"), replaces={BASE: "min_disk"}, creates=[]),
        ImportStep(BASE, ignore=["enable_force_new"]),
        DestroyStep(),
        ApplyStep(lambda: stack(), creates=[BASE]),
    )

    assert id.as_string()
    assert ims.images() == []


def test_functions_get_an_app(ims: Sandbox) -> None:
    from cdktf import App, TerraformOutput, TerraformStack

    from constructs_ims import HuaweicloudProvider, ImsImageMetadata

    def images(app: App, min_disk: int = 40) -> TerraformStack:
        stack = TerraformStack(app, "images")
        HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4", enable_force_new=True)
        base = ImsImageMetadata(stack, "base", name="base", os_version="CentOS 7.6 64bit", min_disk=min_disk)
        TerraformOutput(stack, "id", value=base.id)
        return stack

    run_steps(
        ims,
        ApplyStep(images, creates=[BASE]),
        ApplyStep(lambda app: images(app, min_disk=80), replaces={BASE: ActionReason.REPLACE_CANNOT_UPDATE}),
        RefusedStep(lambda app: images(app, min_disk=2), because="min_disk"),
    )


def test_several_stacks_live_side_by_side(ims: Sandbox, stack: Stack) -> None:
    run_steps(
        ims,
        ApplyStep(lambda: stack(name="one"), creates=[BASE]),
        ApplyStep(lambda: stack(name="two"), creates=[BASE], images=[{"name": "base"}, {"name": "base"}]),
        ApplyStep(lambda: stack(name="one"), creates=[]),
        DestroyStep(check=lambda ims: None if len(ims.images()) == 1 else pytest.fail("both are gone")),
    )

    assert ims.images() == []


def test_images_made_before_stay(ims: Sandbox, stack: Stack) -> None:
    other = stack(name="other")
    ims.apply(other)
    run_steps(ims, ApplyStep(lambda: stack(), creates=[BASE]))

    assert [image["name"] for image in ims.images()] == ["base"]
    assert ims.plan(other).no_changes


def test_drift_is_made_before_a_step(ims: Sandbox, stack: Stack) -> None:
    def remove(ims: Sandbox) -> None:
        ims.remove_image(ims.images()[0]["id"])

    run_steps(
        ims,
        ApplyStep(lambda: stack()),
        ApplyStep(lambda: stack(), before=remove, creates=[BASE], plan=lambda plan: _require(BASE in plan.drift)),
    )


def _require(holds: bool) -> None:
    assert holds


@pytest.mark.parametrize("kind", ["creates", "updates", "replaces", "destroys"])
def test_objects_of_a_kind_are_all_named(ims: Sandbox, stack: Stack, kind: str) -> None:
    given: dict[str, Any] = {kind: [f"{IMAGE}.other"]}
    text = failure(ims, ApplyStep(lambda: stack(), name="first", **given))

    fate = {"creates": "created", "updates": "changed in place", "replaces": "replaced", "destroys": "destroyed"}[kind]
    has = BASE if kind == "creates" else "nothing"
    assert text.startswith(
        f"Step 1 of 1, ApplyStep (first): Expected to be {fate}: {IMAGE}.other. The plan has: {has}.\n"
    )
    assert f"# {BASE} will be created" in text


def test_a_second_plan_with_changes_fails(ims: Sandbox, stack: Stack) -> None:
    def clock() -> Path:
        return stack(resource={"terraform_data": {"now": {"input": "${timestamp()}"}}}, output={})

    text = failure(ims, ApplyStep(lambda: stack()), ApplyStep(clock))

    assert text.startswith("Step 2 of 2, ApplyStep: A second plan has to be empty: The plan has changes,")
    assert "terraform_data.now will be updated in-place" in text


def test_a_second_plan_with_changes_may_be_expected(ims: Sandbox, stack: Stack) -> None:
    resource = {"terraform_data": {"now": {"input": "${timestamp()}"}}}
    run_steps(ims, ApplyStep(lambda: stack(resource=resource, output={}), empty_plan=False))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"state": {BASE: {"min_disk": 41}}}, f"The state of {BASE} is not as expected:"),
        ({"outputs": {"id": "another"}}, "The outputs is not as expected:"),
        ({"images": [{"name": "other"}]}, "The images of the service is not as expected:"),
        ({"images": []}, "The images of the service is not as expected:"),
        ({"state": {f"{IMAGE}.bsae": {}}}, f'No object has the address "{IMAGE}.bsae". Did you mean "{BASE}"?'),
        ({"replaces": {BASE: "name"}}, "Expected to be replaced"),
    ],
)
def test_other_results_are_shown(ims: Sandbox, stack: Stack, given: dict[str, Any], told: str) -> None:
    assert told.replace("outputs is", "outputs are").replace("service is", "service are") in failure(
        ims, ApplyStep(lambda: stack(), **given)
    )


def test_a_cause_of_replacement_is_held(ims: Sandbox, stack: Stack) -> None:
    text = failure(
        ims,
        ApplyStep(lambda: stack()),
        ApplyStep(lambda: stack(min_disk=80, enable_force_new="true"), replaces={BASE: "name"}),
    )

    assert "because of name, and is because of min_disk" in text


def test_what_is_not_refused_is_shown(ims: Sandbox, stack: Stack) -> None:
    text = failure(ims, RefusedStep(lambda: stack(), because="min_disk"))

    assert text.startswith(
        "Step 1 of 1, RefusedStep: It was expected to be refused, and was applied.\n\nThe plan was:\n"
    )


def test_another_refusal_is_shown(ims: Sandbox, stack: Stack) -> None:
    first = ApplyStep(lambda: stack())
    text = failure(ims, first, RefusedStep(lambda: stack(min_disk=80), because="name of it"))

    assert 'expected to be refused because of "name of it". The reason is:\n' in text
    assert "min_disk can't be updated" in text


def test_a_subject_that_is_not_refused_is_named(ims: Sandbox, stack: Stack) -> None:
    text = failure(ims, RefusedStep(lambda: stack(), BASE, because="min_disk"))

    assert f"The change of {BASE} was expected to be refused. Nothing is refused." in text


def test_an_import_that_gives_something_else_is_told(ims: Sandbox, stack: Stack) -> None:
    text = failure(ims, ApplyStep(lambda: stack(enable_force_new="true")), ImportStep(BASE))

    assert "enable_force_new: created 'true', imported None" in text
    assert "ignore=['enable_force_new']" in text


def test_sensitive_values_are_not_shown(ims: Sandbox, stack: Stack) -> None:
    output = {"secret": {"value": "${var.secret}", "sensitive": True}}
    text = failure(
        ims,
        ApplyStep(lambda: stack(name="one", output=output), outputs={"secret": "other"}),
    )
    assert "hush" not in text
    assert "(sensitive value)" in text
    text = failure(
        ims, ApplyStep(lambda: stack(name="two", description="${var.secret}"), state={BASE: {"description": 1}})
    )
    assert "hush" not in text


def test_variables_reach_every_plan(ims: Sandbox, stack: Stack) -> None:
    def written() -> Path:
        return stack(output={"secret": {"value": "${var.secret}", "sensitive": True}})

    run_steps(
        ims,
        ApplyStep(written, variables={"secret": "given"}, outputs={"secret": "given"}),
        ImportStep(BASE),
        DestroyStep(),
    )


def test_a_stack_that_is_refused_changes_nothing(ims: Sandbox, stack: Stack) -> None:
    text = failure(
        ims,
        ApplyStep(lambda: stack()),
        RefusedStep(
            lambda: stack(
                resource={
                    IMAGE: {"base": {"name": "base", "__os_version": "CentOS 7.6 64bit", "min_disk": 40}},
                    "terraform_data": {
                        "fails": {
                            "input": 1,
                            "lifecycle": {
                                "postcondition": [{"condition": '${self.id == "none"}', "error_message": "It fails."}]
                            },
                        }
                    },
                }
            ),
            because="It fails.",
        ),
    )
    assert "What is refused must change nothing" in text


def test_a_function_that_returns_nothing_is_told(ims: Sandbox) -> None:
    def forgets(app: Any) -> None: ...

    with pytest.raises(TypeError, match="forgets returned nothing"):
        run_steps(ims, ApplyStep(forgets))  # type: ignore[arg-type]


def test_a_function_that_takes_more_than_an_app_is_told(ims: Sandbox) -> None:
    with pytest.raises(TypeError, match=r"takes app, min_disk\."):
        run_steps(ims, ApplyStep(lambda app, min_disk: app))


@pytest.mark.parametrize("step", [ImportStep(BASE), DestroyStep()], ids=lambda step: type(step).__name__)
def test_a_step_that_needs_a_stack_says_so(ims: Sandbox, step: Step) -> None:
    with pytest.raises(TypeError, match="No stack is deployed at this step"):
        run_steps(ims, step)


def test_no_steps_are_a_mistake(ims: Sandbox) -> None:
    with pytest.raises(TypeError, match="There are no steps"):
        run_steps(ims)


def test_what_is_left_in_the_service_is_told(ims: Sandbox, stack: Stack) -> None:
    def another(ims: Sandbox) -> None:
        ims.apply(stack(name="another"))

    text = failure(ims, ApplyStep(lambda: stack(), check=another))

    assert text.startswith("After the last step: Images are left in the service that no stack has:")


def test_slip_in_a_check_is_named_with_its_class(ims: Sandbox, stack: Stack) -> None:
    told = failure(ims, ApplyStep(stack, check=lambda ims: ims.images()[0]["nonsense"]))

    assert told.startswith("Step 1 of 1, ApplyStep: KeyError('nonsense')\n\nThe plan was:\n")


def test_what_is_otherwise_after_an_apply_is_told_with_the_plan(ims: Sandbox, stack: Stack) -> None:
    told = failure(ims, ApplyStep(lambda: stack(), name="first", outputs={"id": "another"}))

    assert told.startswith("Step 1 of 1, ApplyStep (first): The outputs are not as expected")
    assert f"{BASE} will be created" in told


def test_error_of_another_kind_names_its_step(ims: Sandbox, stack: Stack) -> None:
    def build() -> Path:
        raise ValueError("no stack")

    with pytest.raises(ValueError, match="no stack") as raised:
        run_steps(ims, ApplyStep(lambda: stack()), ApplyStep(build, name="change"))

    assert raised.value.__notes__ == ["This was raised in: Step 2 of 2, ApplyStep (change)"]


FAILING: dict[str, tuple[Callable[[Sandbox], None] | None, dict[str, Any]]] = {
    "apply": (lambda ims: ims.cloud.fail_next("create", status=403), {}),
    "plan callback": (None, {"plan": lambda plan: plan.assert_updates(BASE)}),
    "plain callback": (None, {"applied": lambda applied: applied.outputs["none"]}),
    "check": (None, {"check": lambda ims: ims.images()[5]}),
}


@pytest.mark.parametrize("case", FAILING)
def test_every_failure_of_a_step_shows_its_plan_once(ims: Sandbox, stack: Stack, case: str) -> None:
    before, given = FAILING[case]
    told = failure(ims, ApplyStep(lambda: stack(), name="first", before=before, **given))

    assert told.startswith("Step 1 of 1, ApplyStep (first): ")
    assert told.count("will be") + told.count("No changes.") == 1


def test_second_plan_that_is_refused_is_told_with_the_reason(ims: Sandbox, stack: Stack) -> None:
    def drift(applied: Any) -> None:
        ims.cloud.change_image(applied.outputs["id"], {"min_disk": 80})

    told = failure(ims, ApplyStep(lambda: stack(), applied=drift))

    assert told.startswith("Step 1 of 1, ApplyStep: A second plan has to be empty: The plan has changes, and none were")
    assert "min_disk can't be updated, 80 -> 40" in told


def test_second_plan_that_is_empty_against_expectation_fails(ims: Sandbox, stack: Stack) -> None:
    told = failure(ims, ApplyStep(lambda: stack(), empty_plan=False))

    assert "A second plan was expected to have changes, and is empty." in told


def test_a_destruction_that_fails_is_of_its_step(ims: Sandbox, stack: Stack) -> None:
    fail = DestroyStep(before=lambda ims: ims.cloud.fail_next("delete", status=403))
    told = failure(ims, ApplyStep(lambda: stack()), fail)

    assert told.startswith("Step 2 of 2, DestroyStep: ")
    assert "error deleting IMS image metadata" in told


def test_stacks_are_destroyed_and_imported_by_name(ims: Sandbox, stack: Stack) -> None:
    def holds(count: int) -> Callable[[Sandbox], None]:
        def check(ims: Sandbox) -> None:
            assert len(ims.images()) == count

        return check

    run_steps(
        ims,
        ApplyStep(lambda: stack(name="a")),
        ApplyStep(lambda: stack(name="b")),
        ImportStep(BASE, stack="a"),
        ImportStep(BASE, stack="b"),
        DestroyStep("a", check=holds(1)),
        ImportStep(BASE),
        DestroyStep(check=holds(0)),
    )
    with pytest.raises(TypeError, match=r"No stack c is deployed at this step\. Deployed are: a\."):
        run_steps(ims, ApplyStep(lambda: stack(name="a")), DestroyStep("c"))


def test_two_stacks_are_destroyed_one_after_the_other(ims: Sandbox, stack: Stack) -> None:
    run_steps(ims, ApplyStep(lambda: stack(name="a")), ApplyStep(lambda: stack(name="b")), DestroyStep(), DestroyStep())
    assert ims.images() == []


def test_class_of_a_stack_builds_it(ims: Sandbox) -> None:
    from cdktf import TerraformStack
    from constructs import Construct

    from constructs_ims import HuaweicloudProvider, ImsImageMetadata

    class Images(TerraformStack):
        def __init__(self, scope: Construct, id: str = "images") -> None:
            super().__init__(scope, id)
            HuaweicloudProvider(self, "cloud", region="cn-north-4")
            ImsImageMetadata(self, "base", name="base", os_version="CentOS 7.6 64bit")

    class Named(TerraformStack):
        def __init__(self, scope: Construct, id: str) -> None:
            super().__init__(scope, id)

    run_steps(ims, ApplyStep(Images, creates=[BASE]))
    with pytest.raises(TypeError, match=r"Named takes scope, id\. Have a function"):
        run_steps(ims, ApplyStep(Named))


def test_refusal_has_a_reason() -> None:
    with pytest.raises(TypeError, match="RefusedStep has no reason"):
        RefusedStep("stack", because="")


def test_all_images_and_outputs_may_be_matched_by_a_matcher(ims: Sandbox, stack: Stack) -> None:
    ims.cloud.create_image({"name": "other"})
    run_steps(
        ims,
        ApplyStep(
            stack(),
            images=Match.array_with([Match.object_like({"name": "base"})]),
            outputs=Match.object_equals({"id": Match.any_value()}),
        ),
    )
    text = failure(ims, ApplyStep(stack(), images=Match.array_with([Match.object_like({"name": "none"})])))
    assert '"name": "other",  <- expected "none" (the closest element)' in text


@pytest.mark.parametrize("pattern", [{"nam": Match.absent()}, {"osversion": Match.not_("x")}, {"nam": 1}], ids=repr)
def test_attribute_that_an_image_has_not_is_told(ims: Sandbox, stack: Stack, pattern: Any) -> None:
    text = failure(ims, ApplyStep(stack(), state={BASE: pattern}))

    assert f"The state of {BASE} has no attribute {next(iter(pattern))}, set or not. Did you mean" in text


def test_what_an_import_ignores_goes_by_both_names_and_is_an_attribute(ims: Sandbox, stack: Stack) -> None:
    def other(ims: Sandbox) -> None:
        ims.change_image(ims.images()[0]["id"], {"__os_version": "CentOS 7.5 64bit"})

    for name in ("os_version", "__os_version"):
        run_steps(
            ims,
            ApplyStep(stack(enable_force_new="true")),
            ImportStep(BASE, before=other, ignore=[name, "enable_force_new", "updated_at"]),
        )
    with pytest.raises(TypeError, match=r'no attribute osversion that could be ignored\. Did you mean "os_version"'):
        run_steps(ims, ApplyStep(stack()), ImportStep(BASE, ignore=["osversion"]))


def test_what_the_cdk_refuses_is_refused(ims: Sandbox) -> None:
    import cdktf
    import jsii
    from constructs import IConstruct, IValidation

    from constructs_ims import HuaweicloudProvider, ImsImageMetadata

    @jsii.implements(IValidation)
    class TwoImages:
        def validate(self) -> list[str]:
            return ["It has one image."]

    @jsii.implements(cdktf.IAspect)
    class Forbids:
        def visit(self, node: IConstruct) -> None:
            raise ValueError("It is forbidden.")

    def images(app: cdktf.App, change: Callable[[cdktf.TerraformStack], object]) -> cdktf.TerraformStack:
        stack = cdktf.TerraformStack(app, "images")
        HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
        ImsImageMetadata(stack, "base", name="base", os_version="CentOS 7.6 64bit")
        change(stack)
        return stack

    def breaks(app: cdktf.App) -> cdktf.TerraformStack:
        raise RuntimeError("The test itself is broken.")

    changes: list[tuple[Callable[[cdktf.TerraformStack], object], str]] = [
        (lambda stack: cdktf.Annotations.of(stack).add_error("It is annotated."), "It is annotated."),
        (lambda stack: stack.node.add_validation(TwoImages()), "It has one image."),
        (lambda stack: cdktf.Aspects.of(stack).add(Forbids()), "It is forbidden."),
        (lambda stack: stack.node.try_remove_child("huaweicloud"), "without a matching provider construct"),
    ]
    run_steps(
        ims,
        ApplyStep(lambda app: images(app, lambda stack: None)),
        *(
            RefusedStep(lambda app, change=change: images(app, change), because=because)  # type: ignore[misc]
            for change, because in changes
        ),
    )
    told = failure(ims, RefusedStep(lambda app: images(app, changes[0][0]), because="something else"))
    assert 'It was expected to be refused because of "something else". The reason is:' in told
    with pytest.raises(RuntimeError, match=r"The test itself is broken\."):
        run_steps(ims, RefusedStep(breaks, because="broken"))


def test_import_of_what_is_simulated_is_told(ims: Sandbox, stack: Stack) -> None:
    pets = {"random_pet": {"pet": {"length": 2}}}
    text = failure(ims, ApplyStep(stack(resource=pets, output={})), ImportStep("random_pet.pet"))

    assert "length: created 2, imported None" in text
    assert "It is simulated: no service holds it" in text
    assert "ignore=" not in text
