"""What could only be matched by accident, or never, is refused with the line to change."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cdktf import (
    App,
    DataTerraformRemoteState,
    DataTerraformRemoteStateLocal,
    DataTerraformRemoteStateS3,
    LocalBackend,
    TerraformLocal,
    TerraformOutput,
    TerraformStack,
    TerraformVariable,
)
from cdktf_cdktf_provider_null.data_null_data_source import DataNullDataSource
from cdktf_cdktf_provider_null.provider import NullProvider
from cdktf_cdktf_provider_null.resource import Resource
from constructs import Construct

from constructs_ims import HuaweicloudProvider, ImsImageMetadata
from constructs_ims.testing import Annotations, ApplyStep, Capture, Match, Step, Template, run_steps


@pytest.fixture
def stack(tmp_path: Path) -> TerraformStack:
    stack = TerraformStack(App(outdir=str(tmp_path)), "images")
    HuaweicloudProvider(stack, "cloud", region="cn-north-4")
    base = ImsImageMetadata(stack, "base", os_version="Ubuntu 20.04 server 64bit", name="base", min_disk=40)
    TerraformOutput(stack, "id", value=base.id)
    NullProvider(stack, "null")
    Resource(stack, "resource")
    DataNullDataSource(stack, "data")
    return stack


def child(stack: TerraformStack, id: str) -> Any:
    return stack.node.find_child(id)


USES: list[Callable[[Template, TerraformStack], object]] = [
    lambda template, stack: template.has_resource(DataNullDataSource, {}),
    lambda template, stack: template.has_no_resource(DataNullDataSource),
    lambda template, stack: template.has_no_resource(child(stack, "data")),
    lambda template, stack: template.has_data_source(Resource, {}),
    lambda template, stack: template.has_no_data_source(child(stack, "resource")),
    lambda template, stack: template.has_no_output(child(stack, "base")),
    lambda template, stack: template.has_no_resource(child(stack, "id")),
    lambda template, stack: template.has_no_resource(""),
    lambda template, stack: template.has_no_resource("huaweicloud_ims_image_metdata"),
    lambda template, stack: template.resource_count_is("huaweicloud_ims_images_metadata.base", 0),
    lambda template, stack: template.has_no_resource(child(stack, "base").id),
    lambda template, stack: template.has_no_resource_properties(
        ImsImageMetadata, {"min_disk": child(stack, "base").min_disk}
    ),
    lambda template, stack: template.resource_properties_count_is(
        ImsImageMetadata, {"min_disk": Match.not_(child(stack, "base").min_disk)}, 1
    ),
    lambda template, stack: template.has_no_resource_properties(ImsImageMetadata, {child(stack, "base").id: 1}),
    lambda template, stack: template.has_no_resource_properties(
        ImsImageMetadata, {"name": Match.string_like_regexp(child(stack, "base").name)}
    ),
]


@pytest.mark.parametrize("use", USES)
def test_uses_that_could_not_hold(use: Callable[[Template, TerraformStack], object], stack: TerraformStack) -> None:
    with pytest.raises(
        TypeError, match=r"token|is looked for|names nothing|Did you mean \"huaweicloud_ims_image_metadata\""
    ):
        use(Template.from_stack(stack), stack)


def test_path_leads_to_every_kind_of_block(stack: TerraformStack) -> None:
    group = Construct(stack, "group")
    TerraformOutput(group, "out", value="1")
    TerraformLocal(group, "local", "2")
    TerraformVariable(group, "variable", type="string")
    LocalBackend(group)
    Resource(group, "inner")
    remote = DataTerraformRemoteStateLocal(group, "remote", path="x")
    NullProvider(group, "other", alias="other")
    template = Template.from_stack(stack)

    for subject in ("images/group", group, "images/group/out"):
        assert len(template.find_outputs(subject)) == 1
        with pytest.raises(AssertionError, match="1 output of construct images/group"):
            template.has_no_output(subject)
    template.has_local("images/group/local", "2")
    template.has_local(group, "2")
    template.has_variable("images/group/variable", {"type": "string"})
    template.has_backend("images/group", {})
    template.has_provider("images/group/other", {"alias": "other"})
    assert len(template.find_providers(group)) == 1
    template.resource_count_is(group, 1)
    template.has_data_source("images/group/remote", {"backend": "local"})
    template.has_data_source(DataTerraformRemoteStateLocal, {})
    template.has_no_data_source(DataTerraformRemoteStateS3)
    template.has_resource_properties("images/base", {"min_disk": 40})
    with pytest.raises(TypeError, match="TerraformOutput is an output, and a resource is looked for"):
        template.has_no_resource("images/group/out")
    with pytest.raises(TypeError, match="JSON tells no paths of outputs"):
        Template.from_json(template.to_json()).has_no_output("images/group")
    assert remote is not None


class OwnRemoteState(DataTerraformRemoteStateS3):
    """A class of a user's, which reads the backend of the one that it is made from."""


@pytest.mark.parametrize(
    ("remote_state", "backend"),
    [
        (DataTerraformRemoteStateS3, "s3"),
        (OwnRemoteState, "s3"),
        (DataTerraformRemoteStateLocal, "local"),
        (DataTerraformRemoteState, "remote"),
    ],
)
def test_class_of_remote_states_stands_for_its_backend(remote_state: type, backend: str) -> None:
    states = {name: {"backend": name} for name in ("s3", "local", "remote")}
    template = Template.from_json({"data": {"terraform_remote_state": states}})

    assert list(template.find_data_sources(remote_state)) == [f"data.terraform_remote_state.{backend}"]


PATTERNS = ["triggers", ["triggers"], 5, True, Match.array_with(["x"]), Match.string_like_regexp("x"), Match.exact("x")]


@pytest.mark.parametrize("pattern", [*PATTERNS, Match.not_("x"), Match.not_(["x"]), Capture("x")], ids=repr)
def test_patterns_that_match_no_block_are_refused(pattern: Any, stack: TerraformStack) -> None:
    template = Template.from_stack(stack)

    for use in (
        lambda: template.has_no_resource_properties(Resource, pattern),
        lambda: template.resource_properties_count_is(Resource, pattern, 0),
        lambda: template.find_resources(Resource, pattern),
        lambda: template.has_no_output("*", pattern),
    ):
        with pytest.raises(TypeError, match="Give a mapping"):
            use()


@pytest.mark.parametrize(
    "pattern", [None, {}, ["x"], 5, Match.absent(), Match.not_(None), Match.array_with(["x"])], ids=repr
)
def test_patterns_that_match_no_message_are_refused(pattern: Any, stack: TerraformStack) -> None:
    annotations = Annotations.from_stack(stack)

    for use in (annotations.has_no_warning, annotations.has_warning, annotations.find_error):
        with pytest.raises(TypeError, match="matches no message"):
            use("*", pattern)


def test_only_tokens_are_looked_for_as_tokens(stack: TerraformStack) -> None:
    template = Template.from_stack(stack)

    for value in ("base", 40, child(stack, "base").name_input):
        with pytest.raises(TypeError, match="is no token, but a value that stands as it is"):
            template.has_resource_properties(ImsImageMetadata, {"name": Match.token_to(value)})


def test_whole_object_is_found_as_its_address(stack: TerraformStack) -> None:
    Resource(stack, "after", depends_on=[child(stack, "base")])
    template = Template.from_stack(stack)

    template.has_resource("images/after", {"depends_on": [Match.token_to(child(stack, "base"))]})
    template.has_no_resource("images/after", {"depends_on": [Match.token_to(child(stack, "resource"))]})


def test_each_in_its_own_section_is_found(stack: TerraformStack) -> None:
    template = Template.from_stack(stack)

    template.has_resource(Resource, {})
    template.has_data_source(DataNullDataSource, {})
    template.has_resource(child(stack, "base"), {})
    template.has_output(child(stack, "id"), {})
    template.has_resource_properties(ImsImageMetadata, {"min_disk": 40})
    template.has_provider(HuaweicloudProvider, {})


@pytest.mark.parametrize("subject", [5, ImsImageMetadata, None])
def test_annotations_are_of_constructs(subject: Any, stack: TerraformStack) -> None:
    annotations = Annotations.from_stack(stack)

    for use in (annotations.has_warning, annotations.has_no_warning):
        with pytest.raises(TypeError, match="no construct that could have an annotation"):
            use(subject, Match.any_value())


@pytest.fixture
def other(stack: TerraformStack) -> TerraformStack:
    """A stack of the same app whose constructs have the same ids."""
    other = TerraformStack(stack.node.root, "others")
    HuaweicloudProvider(other, "cloud", region="cn-north-4")
    ImsImageMetadata(other, "base", os_version="CentOS 7.6 64bit", name="other", min_disk=40)
    return other


def test_construct_of_another_stack_is_refused(stack: TerraformStack, other: TerraformStack, ims: Any) -> None:
    strange, plan = child(other, "base"), ims.plan(stack)
    uses: list[Callable[[], object]] = [
        lambda: plan[strange],
        lambda: plan.assert_creates(strange),
        lambda: plan.assert_replaces(strange),
        lambda: plan.assert_refused(strange),
        lambda: ims.state(stack)[strange],
        lambda: run_steps(ims, ApplyStep(stack, creates=[strange])),
        lambda: run_steps(ims, ApplyStep(stack, state={strange: {}})),
    ]
    told = 'others/base is a construct of stack "others", and this is about stack "images"'

    for use in uses:
        with pytest.raises(TypeError, match=told):
            use()
    annotations = Annotations.from_stack(stack)
    for find in (annotations.has_no_warning, annotations.has_warning, annotations.find_error):
        with pytest.raises(AssertionError, match=r"others/base is not a construct of stack images\."):
            find(strange, Match.any_value())


def test_construct_of_the_stack_is_found(stack: TerraformStack, ims: Any) -> None:
    base = child(stack, "base")
    applied = ims.apply(stack)

    assert ims.state(stack)[base]["name"] == applied.state[base]["name"] == "base"
    assert ims.plan(stack)[base].before["min_disk"] == 40
    Annotations.from_stack(stack).has_no_error(base, Match.any_value())
    run_steps(ims, ApplyStep(stack, state={base: {"os_version": "Ubuntu 20.04 server 64bit", "min_disk": 40}}))
    with pytest.raises(TypeError, match="this is int"):
        list(ims.state(stack))


def test_path_that_leads_nowhere_is_refused(stack: TerraformStack) -> None:
    annotations = Annotations.from_stack(stack)

    for path in ("images/bse", "/images/base/more", "base", "images/base/", ""):
        with pytest.raises(AssertionError, match="is not a construct of stack images"):
            annotations.has_no_warning(path, Match.any_value())
    with pytest.raises(AssertionError, match='Did you mean "images/base"'):
        annotations.has_no_warning("images/bse", Match.any_value())
    annotations.has_no_warning("/images/base", Match.any_value())
    annotations.has_no_warning("images", Match.any_value())
    annotations.has_no_warning("*", Match.any_value())


METHODS_OF_BLOCKS = [
    name
    for name in dir(Template)
    if name.startswith(("has_", "find_", "get_", "all_")) and not name.endswith(("_local", "_locals"))
]


@pytest.mark.parametrize("name", METHODS_OF_BLOCKS)
def test_none_is_no_pattern_of_a_block(name: str) -> None:
    template = Template.from_json({"resource": {"t": {"a": {}}}, "output": {"o": {"value": None}}})

    method = getattr(template, name)
    with pytest.raises(TypeError, match=r"None is the pattern of a local that is null, and no .* is null"):
        method(**dict.fromkeys(inspect.signature(method).parameters.keys() - {"props"}, "*"), props=None)


def test_none_is_the_pattern_of_a_null_local() -> None:
    template = Template.from_json({"locals": {"nothing": None, "one": 1}})

    template.has_local("nothing", None)
    template.has_no_local("one", None)
    assert template.find_locals("*", None) == {"nothing": None}
    for assertion in (lambda: template.has_local("one", None), lambda: template.has_no_local("nothing", None)):
        with pytest.raises(AssertionError):
            assertion()


def test_path_that_only_begins_like_the_stack_is_refused(stack: TerraformStack) -> None:
    TerraformOutput(Construct(stack, "images-of-others"), "base", value="1")

    with pytest.raises(AssertionError, match="images-of-others/base is not a construct of stack images"):
        Template.from_stack(stack).has_no_output("images-of-others/base")


NO_NAMES = {
    "has_no_resource": [
        "ImsImageMetadata",
        "AWS::S3::Bucket",
        "null_resource ",
        "null_resource.resource[0]",
        'null_resource.resource["a"]',
        "data.null_data_source.data",
        "module.net.null_resource.resource",
        "null_resource.resource.id",
        "${null_resource.resource.id}",
    ],
    "has_no_data_source": ["null_data_source.data", "data.null_data_source.data[0]", "data.null_data_source"],
    "has_no_output": ["output.id", "id[0]", "a b"],
    "has_no_variable": ["var.name"],
    "has_no_local": ["local.name"],
    "has_no_module": ["module.net"],
    "has_no_provider": ["null.west.x", "hashicorp:null"],
    "has_no_backend": ["backend.s3"],
}


@pytest.mark.parametrize(("method", "text"), [(method, text) for method in NO_NAMES for text in NO_NAMES[method]])
def test_text_that_can_name_no_block_of_a_section_is_refused(method: str, text: str, stack: TerraformStack) -> None:
    look = getattr(Template.from_stack(stack), method)

    with pytest.raises(TypeError, match=rf'^"{re.escape(text)}" names no [a-z ]+\. Give '):
        look(text)


def test_text_that_names_blocks_finds_them(stack: TerraformStack) -> None:
    template = Template.from_stack(stack)

    template.has_resource("null_resource.resource", {})
    template.has_data_source("data.null_data_source.data", {})
    template.has_data_source("null_data_source", {})
    template.has_provider("huaweicloud", {"region": "cn-north-4"})
    template.has_no_provider("huaweicloud.west")
    template.has_no_resource("google-beta_thing.a-b")


UNKNOWN: list[tuple[str, Callable[[Template], object], str]] = [
    (
        "no resource has it",
        lambda t: t.has_no_resource_properties(ImsImageMetadata, {"min_dsik": 40}),
        'huaweicloud_ims_image_metadata has no argument "min_dsik". Did you mean "min_disk"?',
    ),
    ("absent", lambda t: t.has_resource(ImsImageMetadata, {"osversion": Match.absent()}), 'mean "os_version"?'),
    ("not", lambda t: t.has_resource("images/base", {"nam": Match.not_("x")}), 'mean "name"?'),
    ("under not", lambda t: t.has_resource(ImsImageMetadata, Match.not_(Match.object_like({"nam": 1}))), '"nam".'),
    ("captured", lambda t: t.find_resources(ImsImageMetadata, Capture({"nam": 1})), '"nam".'),
    ("count", lambda t: t.resource_properties_count_is(ImsImageMetadata, {"nam": "x"}, 0), '"nam".'),
    (
        "provider",
        lambda t: t.has_no_provider(HuaweicloudProvider, {"acces_key": "x"}),
        'huaweicloud has no argument "acces_key".',
    ),
    (
        "there is none of the type",
        lambda t: Template.from_json({}).has_no_resource_properties(ImsImageMetadata, {"min_dsik": 40}),
        'no argument "min_dsik"',
    ),
]


@pytest.mark.parametrize(("use", "message"), [each[1:] for each in UNKNOWN], ids=[each[0] for each in UNKNOWN])
def test_argument_that_an_image_cannot_have_is_refused(
    use: Callable[[Template], object], message: str, stack: TerraformStack
) -> None:
    with pytest.raises(TypeError) as failure:
        use(Template.from_stack(stack))

    assert message in str(failure.value)


def test_arguments_that_are_not_known_are_looked_for_where_they_can_stand(stack: TerraformStack) -> None:
    child(stack, "base").add_override("new_argument", 1)
    child(stack, "base").add_override("lifecycle.prevent_destroy", True)
    template = Template.from_stack(stack)

    template.has_resource_properties(ImsImageMetadata, {"new_argument": 1})
    template.has_no_resource_properties(ImsImageMetadata, {"new_argument": 2})
    template.has_resource(ImsImageMetadata, {"lifecycle": {"prevent_destroy": True}, "timeouts": Match.absent()})
    template.has_no_resource_properties(Resource, {"new_argument": 2})
    template.has_no_resource("*", {"nam": "x"})


@pytest.mark.parametrize(
    "use",
    [
        lambda t: t.has_no_resource_properties(Resource, {"lifecycle": Match.any_value()}),
        lambda t: t.all_resources_properties("*", {"depends_on": Match.absent()}),
        lambda t: t.has_resource_properties(ImsImageMetadata, Match.not_({"count": 2})),
        lambda t: t.data_source_properties_count_is(DataNullDataSource, {"for_each": Match.any_value()}, 0),
        lambda t: t.has_no_module_properties("*", {"source": "./net"}),
        lambda t: t.has_no_provider_properties("*", {"alias": "west"}),
    ],
)
def test_meta_argument_is_not_looked_for_among_arguments(
    use: Callable[[Template], object], stack: TerraformStack
) -> None:
    with pytest.raises(
        TypeError, match=r'is a meta-argument, .* Use the method for whole blocks, without "_properties'
    ):
        use(Template.from_stack(stack))


@pytest.mark.parametrize("pattern", [None, "images", [], 5, Match.array_with(["x"])], ids=repr)
def test_pattern_that_matches_no_template_is_refused(pattern: Any, stack: TerraformStack) -> None:
    with pytest.raises(TypeError, match=r"matches no template, which has names and values\. Give a mapping"):
        Template.from_stack(stack).template_matches(pattern)


STEPS: list[tuple[Callable[[], object], str]] = [
    (lambda: ApplyStep("x", creates="a.b"), r'creates is a text\. Give a list of objects: creates=\["a\.b"\]'),
    (lambda: ApplyStep("x", replaces="a.b"), "replaces is a text"),
    (lambda: ApplyStep("x", state={"a.b": None}), "null matches no object in a state"),
    (lambda: ApplyStep("x", state={"a.b": ["name"]}), "matches no object in a state"),
    (lambda: ApplyStep("x", outputs=Match.array_with(["x"])), "matches no outputs"),
    (lambda: ApplyStep("x", images={"name": "base"}), "images has no list"),
    (lambda: ApplyStep("x", images="base"), "images has no list"),  # type: ignore[arg-type]
    (lambda: ApplyStep("x", images=Match.object_like({})), "images has no list"),
]


@pytest.mark.parametrize(("make", "message"), STEPS)
def test_step_that_could_not_hold_is_refused_when_made(make: Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make()


@pytest.mark.parametrize("step", [print, [ApplyStep("x")], Step(), None], ids=repr)
def test_what_is_no_step_is_refused_before_any_is_carried_out(step: Any, ims: Any, stack: TerraformStack) -> None:
    with pytest.raises(TypeError, match="is no step"):
        run_steps(ims, ApplyStep(stack), step)
    assert ims.images() == []
