"""Annotations: infos, warnings and errors of a stack's constructs, found by construct and text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsii
import pytest
from cdktf import Annotations as CdktfAnnotations
from cdktf import App, Aspects, IAspect, TerraformStack
from constructs import Construct

from constructs_ims import HuaweicloudProvider, ImsImageMetadata
from constructs_ims.testing import Annotations, Capture, Match, Template


@jsii.implements(IAspect)
class Remark:
    def visit(self, node: Any) -> None:
        if isinstance(node, ImsImageMetadata):
            CdktfAnnotations.of(node).add_info("seen by an aspect")


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> tuple[TerraformStack, TerraformStack]:
    app = App(outdir=str(tmp_path_factory.mktemp("outdir")))
    first, second = TerraformStack(app, "first"), TerraformStack(app, "second")
    for stack in (first, second):
        HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
        ImsImageMetadata(stack, "image", name="image", os_version="CentOS 7.6 64bit")
        Aspects.of(stack).add(Remark())
        group = Construct(stack, "group")
        CdktfAnnotations.of(group).add_warning(f"warned in {stack.node.id}")
        CdktfAnnotations.of(group).add_error("this is wrong")
        CdktfAnnotations.of(stack).add_warning("of the stack")
    return first, second


@pytest.fixture(scope="module", params=[0, 1], ids=["first", "second"])
def stack(request: pytest.FixtureRequest, stacks: tuple[TerraformStack, TerraformStack]) -> TerraformStack:
    return stacks[request.param]


@pytest.fixture(scope="module")
def annotations(stack: TerraformStack) -> Annotations:
    return Annotations.from_stack(stack)


def test_finds_each_level_at_its_construct(stack: TerraformStack, annotations: Annotations) -> None:
    name = stack.node.id
    annotations.has_warning(f"{name}/group", f"warned in {name}")
    annotations.has_warning(f"/{name}/group", Match.string_like_regexp("^warned"))
    annotations.has_warning(stack, "of the stack")
    annotations.has_warning("*", "of the stack")
    annotations.has_error(stack.node.find_child("group"), "this is wrong")
    annotations.has_info(f"{name}/image", "seen by an aspect")


def test_levels_are_kept_apart(annotations: Annotations) -> None:
    annotations.has_no_info("*", "this is wrong")
    annotations.has_no_warning("*", "this is wrong")
    annotations.has_no_error("*", "of the stack")


def test_find_returns_what_matches(stack: TerraformStack, annotations: Annotations) -> None:
    found = annotations.find_warning("*", Match.any_value())

    assert [(each.construct_path, each.level, each.message) for each in found] == [
        (stack.node.id, "warning", "of the stack"),
        (f"{stack.node.id}/group", "warning", f"warned in {stack.node.id}"),
    ]
    assert annotations.find_error("*", "other") == []
    assert len(annotations.find_info("*", Match.string_like_regexp("aspect"))) == 1


def test_misses_show_what_there_is(stack: TerraformStack, annotations: Annotations) -> None:
    name = stack.node.id
    with pytest.raises(AssertionError) as failure:
        annotations.has_warning("*", "never said")
    assert str(failure.value) == (
        f'Stack {name} has 2 warnings, but none is "never said":\n'
        f"   warning {name}: of the stack\n"
        f"   warning {name}/group: warned in {name}"
    )
    with pytest.raises(AssertionError, match=rf'^Stack {name} has no error at {name}/image, expected "x"\.\nIt has:\n'):
        annotations.has_error(f"{name}/image", "x")


@pytest.mark.parametrize(("count", "end"), [(10, "   info many: said 9"), (11, "   and 1 more")])
def test_ten_annotations_are_listed(count: int, end: str, tmp_path: Path) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path)), "many")
    for number in range(count):
        CdktfAnnotations.of(stack).add_info(f"said {number}")

    with pytest.raises(AssertionError) as failure:
        Annotations.from_stack(stack).has_info("*", "never said")
    assert str(failure.value).splitlines()[-1] == end


@pytest.mark.parametrize(
    ("refuse", "message"),
    {
        "info": (lambda all_: all_.has_no_info("*", Match.string_like_regexp("aspect")), "has 1 info that should not"),
        "warning": (
            lambda all_: all_.has_no_warning("*", Match.any_value()),
            "has 2 warnings that should not be there",
        ),
        "error": (lambda all_: all_.has_no_error("*", "this is wrong"), "has 1 error that should not be there"),
    }.values(),
    ids=["info", "warning", "error"],
)
def test_what_should_not_be_there_is_shown(
    annotations: Annotations, refuse: Callable[[Annotations], None], message: str
) -> None:
    with pytest.raises(AssertionError, match=message):
        refuse(annotations)


def test_messages_are_captured(annotations: Annotations) -> None:
    capture = Capture(Match.string_like_regexp("wrong"))
    annotations.has_error("*", capture)

    assert capture.as_string() == "this is wrong"


def test_what_our_constructs_warn_of_is_found(tmp_path: Any) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path)), "images")
    HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
    image = ImsImageMetadata(stack, "image", name="image", os_version="CentOS 7.66 64bit")

    Annotations.from_stack(stack).has_warning(image, Match.string_like_regexp(r'Did you mean "CentOS 7\.6 64bit"\?'))


def test_aspects_run_once(stack: TerraformStack) -> None:
    for _ in range(2):
        assert len(Annotations.from_stack(stack).find_info("*", "seen by an aspect")) == 1


def test_annotated_error_stops_a_template(tmp_path: Any) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path)), "wrong")
    CdktfAnnotations.of(stack).add_error("this is wrong")

    with pytest.raises(RuntimeError, match="this is wrong"):
        Template.from_stack(stack)


def test_other_faults_stop_annotations_too(tmp_path: Any) -> None:
    broken = TerraformStack(App(outdir=str(tmp_path)), "broken")
    ImsImageMetadata(broken, "image", name="image", os_version="CentOS 7.6 64bit")
    with pytest.raises(RuntimeError, match="without a matching provider"):
        Annotations.from_stack(broken)
