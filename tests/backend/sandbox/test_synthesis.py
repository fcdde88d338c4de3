"""Stack objects: the app is synthesized once for each tree, Aspects run once, and a stack is found by its path."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsii
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_ims import Action, HuaweicloudProvider, ImsImageMetadata, OperationFailedError, Sandbox
from constructs_ims.backend.sandbox.stacks import stack_directory

from cdktf import App, Aspects, IAspect, TerraformOutput, TerraformResource, TerraformStack  # isort: skip
from constructs import Construct, IConstruct  # isort: skip


class Server(TerraformResource):
    """An object of another provider with a list, as generated bindings have it."""

    def __init__(self, scope: Construct, name: str, groups: list[str]) -> None:
        super().__init__(scope, name, terraform_resource_type="example_server")
        self.groups = groups

    @jsii.member(jsii_name="synthesizeAttributes")
    def _synthesize_attributes(self) -> dict[str, Any]:
        return {"groups": self.groups}


def append_tag(node: IConstruct) -> None:
    if isinstance(node, ImsImageMetadata):
        node.tags = [*(node.tags_input or []), "team=platform"]


def append_group(node: IConstruct) -> None:
    if isinstance(node, Server):
        node.groups = [*node.groups, "default"]


def append_construct(node: IConstruct) -> None:
    if isinstance(node, TerraformStack):
        Server(node, f"audit{len(node.node.children)}", [])


def aspect(visit: Callable[[IConstruct], None]) -> Any:
    @jsii.implements(IAspect)
    class Recording:
        def __init__(self) -> None:
            self.visited: list[str] = []

        def visit(self, node: IConstruct) -> None:
            self.visited.append(node.node.path)
            visit(node)

    return Recording()


def image(stack: TerraformStack, name: str = "a", **arguments: Any) -> ImsImageMetadata:
    return ImsImageMetadata(stack, name, name=name, os_version="CentOS 7.6 64bit", min_disk=40, **arguments)


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(outdir=str(tmp_path / "cdktf.out"))


def new_stack(scope: Construct, name: str = "web") -> TerraformStack:
    stack = TerraformStack(scope, name)
    HuaweicloudProvider(stack, "hw", region="cn-north-4")
    return stack


@pytest.fixture
def stack(app: App) -> TerraformStack:
    return new_stack(app)


@pytest.mark.parametrize("visit", [append_tag, append_group, append_construct])
@pytest.mark.parametrize("is_synthesized_before", [False, True])
def test_aspects_that_append_run_once(
    app: App, stack: TerraformStack, sandbox: Sandbox, visit: Callable[[IConstruct], None], is_synthesized_before: bool
) -> None:
    image(stack, tags=["kind=base"])
    Server(stack, "b", ["web"])
    appending = aspect(visit)
    Aspects.of(stack).add(appending)
    if is_synthesized_before:
        app.synth()

    sandbox.apply(stack)

    assert not sandbox.plan(stack).has_changes
    assert stack_directory(stack).path == Path(app.outdir, "stacks", "web")
    assert len(appending.visited) == len(set(appending.visited))


def test_aspects_of_another_stack_run_once(app: App, stack: TerraformStack, sandbox: Sandbox) -> None:
    other = new_stack(app, "db")
    image(stack), image(other)
    appending = aspect(append_tag)
    Aspects.of(other).add(appending)

    sandbox.apply(stack)
    sandbox.apply(other)

    assert not sandbox.plan(other).has_changes
    assert len(appending.visited) == len(set(appending.visited))


def test_stack_that_did_not_change_is_shared_whatever_comes_beside_it(
    app: App, stack: TerraformStack, sandbox: Sandbox
) -> None:
    image(stack)
    Aspects.of(stack).add(aspect(append_tag))
    sandbox.apply(stack)

    new_stack(app, "added")

    assert not sandbox.plan(stack).has_changes


def test_stack_whose_app_nothing_else_holds_is_synthesized_once(tmp_path: Path, sandbox: Sandbox) -> None:
    stack = new_stack(App(outdir=str(tmp_path)))
    image(stack, tags=["kind=base"])
    Aspects.of(stack).add(aspect(append_tag))

    sandbox.apply(stack)

    assert not sandbox.plan(stack).has_changes


def test_change_is_seen_without_aspects(stack: TerraformStack, sandbox: Sandbox) -> None:
    base = image(stack, enable_force_new=True)
    sandbox.apply(stack)

    base.min_disk = 80
    image(stack, "added")

    assert sandbox.plan(stack).actions == {
        "huaweicloud_ims_image_metadata.a": Action.DELETE_THEN_CREATE,
        "huaweicloud_ims_image_metadata.added": Action.CREATE,
    }


def test_stack_added_to_the_app_is_seen_without_aspects(app: App, stack: TerraformStack, sandbox: Sandbox) -> None:
    base = image(stack)
    sandbox.apply(stack)
    added = new_stack(app, "added")
    TerraformOutput(added, "of_web", value=base.id)

    sandbox.apply(stack)  # which now has the output that the other stack reads

    assert list(sandbox.apply(added).outputs) == ["of_web"]


@pytest.mark.parametrize(
    ("change", "summary"),
    [
        (lambda app, base: setattr(base, "min_disk", 80), "Stack changed after synthesis"),
        (lambda app, base: setattr(base, "tags", {}), "Stack changed after synthesis"),
        (lambda app, base: image(TerraformStack.of(base), "added"), "Stack changed after synthesis"),
        (lambda app, base: new_stack(app, "added"), "Stack added after synthesis"),
    ],
    ids=["argument", "what an Aspect set", "construct", "stack"],
)
def test_change_after_aspects_is_refused_with_the_mend(
    app: App, stack: TerraformStack, sandbox: Sandbox, change: Callable[[App, ImsImageMetadata], Any], summary: str
) -> None:
    base = image(stack)
    Aspects.of(stack).add(aspect(append_tag))
    sandbox.apply(stack)

    changed = change(app, base)
    looked_at = changed if isinstance(changed, TerraformStack) else stack

    with pytest.raises(OperationFailedError, match=rf'{summary}.*Aspects .*"web".*make the app and its stacks anew'):
        sandbox.plan(looked_at)


def test_change_that_the_user_synthesizes_is_taken(app: App, stack: TerraformStack, sandbox: Sandbox) -> None:
    image(stack)
    Aspects.of(stack).add(aspect(lambda node: None))
    sandbox.apply(stack)

    image(stack, "added")
    app.synth()

    assert sandbox.plan(stack).actions == {"huaweicloud_ims_image_metadata.added": Action.CREATE}


@pytest.mark.parametrize("has_aspects", [False, True])
def test_app_that_failed_is_not_synthesized_over_its_aspects(
    app: App, stack: TerraformStack, sandbox: Sandbox, has_aspects: bool
) -> None:
    Server(stack, "no-provider-needed", [])
    bare = TerraformStack(app, "bare")
    base = image(bare)  # whose provider is missing: cdktf refuses the app
    if has_aspects:
        Aspects.of(stack).add(aspect(append_group))
    with pytest.raises(RuntimeError, match="provider"):
        sandbox.plan(stack)

    HuaweicloudProvider(bare, "hw", region="cn-north-4")

    if has_aspects:
        with pytest.raises(OperationFailedError, match="failed"):
            sandbox.plan(bare)
    else:
        assert f"huaweicloud_ims_image_metadata.{base.node.id}" in sandbox.plan(bare).actions


def test_apps_with_one_output_directory_do_not_mix(tmp_path: Path, sandbox: Sandbox) -> None:
    def one(min_disk: int) -> TerraformStack:
        stack = new_stack(App(outdir=str(tmp_path)))
        ImsImageMetadata(stack, "a", name="a", os_version="CentOS 7.6 64bit", min_disk=min_disk, enable_force_new=True)
        Aspects.of(stack).add(aspect(append_tag))
        return stack

    small, large = one(40), one(80)
    sandbox.apply(small)
    assert sandbox.plan(large).has_changes

    assert not sandbox.plan(small).has_changes
    assert sandbox.plan(large).has_changes


def test_output_directory_that_was_deleted_is_written_again(app: App, stack: TerraformStack, sandbox: Sandbox) -> None:
    image(stack)
    Aspects.of(stack).add(aspect(append_tag))
    sandbox.apply(stack)
    shutil.rmtree(app.outdir)

    assert not sandbox.plan(stack).has_changes


@pytest.mark.parametrize("looked_at", ["dev", "prod"])
@pytest.mark.parametrize("is_synthesized_before", [False, True])
def test_two_stacks_with_one_id_are_refused(
    app: App, sandbox: Sandbox, looked_at: str, is_synthesized_before: bool
) -> None:
    stacks = {name: new_stack(Construct(app, name), "net") for name in ("dev", "prod")}
    if is_synthesized_before:
        app.synth()

    with pytest.raises(OperationFailedError, match='Two stacks with one id: The stacks "dev/net" and "prod/net"'):
        sandbox.plan(stacks[looked_at])


def test_stack_added_with_the_id_of_another_is_refused(app: App, sandbox: Sandbox) -> None:
    first = new_stack(Construct(app, "dev"), "net")
    image(first)
    sandbox.apply(first)

    second = new_stack(Construct(app, "prod"), "net")

    for stack in (first, second):
        with pytest.raises(OperationFailedError, match='"dev/net" and "prod/net"'):
            sandbox.plan(stack)


def test_stack_below_another_construct_is_found(app: App, sandbox: Sandbox) -> None:
    nested = new_stack(Construct(app, "dev"), "net")
    image(nested)

    assert sandbox.apply(nested).added == 1
    assert sandbox.states.stacks() == ["net"]


def test_construct_that_is_no_stack_is_refused(stack: TerraformStack, sandbox: Sandbox) -> None:
    with pytest.raises(OperationFailedError, match=r"Not a stack.*ImsImageMetadata"):
        sandbox.plan(image(stack))  # type: ignore[arg-type]


def test_stack_without_an_app_is_written_as_it_is(sandbox: Sandbox) -> None:
    class Node:
        root, id, path = object(), "lone", "lone"

    class Lone:
        node, value = Node(), "1"

        def prepare_stack(self) -> None: ...

        def to_terraform(self) -> dict[str, Any]:
            return {"output": {"x": {"value": self.value}}}

    stack = Lone()
    assert sandbox.apply(stack).outputs == {"x": "1"}

    stack.value = "2"

    assert sandbox.apply(stack).outputs == {"x": "2"}
    assert sandbox.states.stacks() == ["lone"]


def check_look(stack: TerraformStack, visited: set[str], *, has_aspects: bool) -> None:
    """Look at a stack: it is written as it is, with Aspects run, or refused for its Aspects."""
    if has_aspects and any(node.node.path not in visited for node in stack.node.find_all()) and visited:
        with pytest.raises(OperationFailedError, match="after synthesis"):
            stack_directory(stack)
        return
    directory = stack_directory(stack).path
    assert json.loads((directory / "cdk.tf.json").read_text()) == json.loads(json.dumps(stack.to_terraform()))


@settings(max_examples=max(5, settings.default.max_examples // 5))
@given(
    has_aspects=st.booleans(),
    steps=st.lists(st.tuples(st.sampled_from(["look", "construct", "stack"]), st.integers(0, 2)), max_size=5),
)
def test_looks_see_all_of_the_tree_or_are_refused(has_aspects: bool, steps: list[tuple[str, int]]) -> None:
    """Whatever is added between looks: none sees half of it, and no Aspect visits a construct twice."""
    appending = aspect(append_group)
    with tempfile.TemporaryDirectory() as outdir:
        app = App(outdir=outdir)
        stacks: list[TerraformStack] = []
        for step, number in [("stack", 0), ("construct", 0), *steps, ("look", 0), ("look", 1)]:
            if step == "stack":
                stacks.append(TerraformStack(app, f"stack{len(stacks)}"))
                if has_aspects:
                    Aspects.of(stacks[-1]).add(appending)
                continue
            stack = stacks[number % len(stacks)]
            if step == "construct":
                Server(stack, f"server{len(stack.node.children)}", ["web"])
            else:
                check_look(stack, set(appending.visited), has_aspects=has_aspects)
    assert len(appending.visited) == len(set(appending.visited))
