"""Templates of CDK stacks: what is asserted on is what would be deployed, found by class, type, construct or path."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsii
import pytest
from cdktf import (
    App,
    Aspects,
    DataTerraformRemoteStateLocal,
    Fn,
    IAspect,
    S3Backend,
    TerraformHclModule,
    TerraformIterator,
    TerraformLocal,
    TerraformOutput,
    TerraformResource,
    TerraformStack,
    TerraformVariable,
    Token,
)
from cdktf_cdktf_provider_null.data_null_data_source import DataNullDataSource
from cdktf_cdktf_provider_null.provider import NullProvider
from cdktf_cdktf_provider_null.resource import Resource as NullResource
from cdktf_cdktf_provider_random.pet import Pet
from cdktf_cdktf_provider_random.provider import RandomProvider
from constructs import Construct, IValidation

from constructs_ims import HuaweicloudProvider, ImsImageMetadata, Sandbox
from constructs_ims.testing import Capture, Match, Template


@jsii.implements(IAspect)
class Protect:
    def visit(self, node: Any) -> None:
        if isinstance(node, ImsImageMetadata):
            node.protected = True


@jsii.implements(IValidation)
class Refusal:
    def validate(self) -> list[str]:
        return ["two images are one too many"]


@dataclass
class Built:
    """An app of two stacks, synthesized once for all tests of this module."""

    app: App
    images: TerraformStack
    copies: TerraformStack
    group: Construct
    base: ImsImageMetadata
    copy: ImsImageMetadata
    pet: Pet
    provider: HuaweicloudProvider
    second: HuaweicloudProvider
    variable: TerraformVariable
    local: TerraformLocal
    output: TerraformOutput
    module: TerraformHclModule
    remote: DataTerraformRemoteStateLocal
    data: DataNullDataSource


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    app = App(outdir=str(tmp_path_factory.mktemp("outdir")))
    images, copies = TerraformStack(app, "images"), TerraformStack(app, "copies")
    S3Backend(images, bucket="states", key="images.tfstate", region="cn-north-4")
    provider = HuaweicloudProvider(images, "huaweicloud", region="cn-north-4")
    second = HuaweicloudProvider(images, "huaweicloud-2", region="cn-south-1", alias="south")
    NullProvider(images, "null")
    RandomProvider(images, "random")
    variable = TerraformVariable(images, "size", type="number", default=40)
    base = ImsImageMetadata(
        images,
        "base",
        name="base",
        os_version="CentOS 7.6 64bit",
        min_disk=variable.number_value,
        tags={"team": "platform", "stage": "test"},
        lifecycle={"prevent_destroy": True},
    )
    group = Construct(images, "group")
    pet = Pet(group, "pet", length=2)
    NullResource(group, "first", triggers={"pet": pet.id}, depends_on=[base])
    NullResource(group, "bare")
    local = TerraformLocal(images, "label", {"upper": Fn.upper(base.name), "list": [1, 2]})
    output = TerraformOutput(images, "image_id", value=base.id, description="the image")
    TerraformOutput(images, "secret", value=Fn.jsonencode({"name": base.name}), sensitive=True)
    module = TerraformHclModule(images, "network", source="corp/network/huaweicloud", variables={"zone": "a"})
    remote = DataTerraformRemoteStateLocal(images, "others", path="others.tfstate")
    data = DataNullDataSource(images, "source", inputs={"name": base.name})
    HuaweicloudProvider(copies, "huaweicloud", region="cn-north-4")
    iterator = TerraformIterator.from_list(["a", "b"])
    copy = ImsImageMetadata(
        copies,
        "copy",
        name=f"{base.name}-{Token.as_string(iterator.value)}",
        os_version="CentOS 7.6 64bit",
        min_disk=base.min_disk,
        for_each=iterator,
    )
    for stack in (images, copies):
        Aspects.of(stack).add(Protect())
    return Built(
        app, images, copies, group, base, copy, pet, provider, second, variable, local, output, module, remote, data
    )


@pytest.fixture(scope="module")
def template(built: Built) -> Template:
    return Template.from_stack(built.images)


@pytest.fixture(scope="module")
def copies(built: Built) -> Template:
    return Template.from_stack(built.copies)


IMAGE = "huaweicloud_ims_image_metadata"


@pytest.mark.parametrize(
    "subject",
    [
        ImsImageMetadata,
        IMAGE,
        f"{IMAGE}.base",
        "images/base",
        "*",
    ],
    ids=str,
)
def test_looks_for_classes_types_addresses_and_paths(template: Template, subject: Any) -> None:
    template.has_resource_properties(subject, {"name": "base"})
    with pytest.raises(AssertionError, match=r"but none matches"):
        template.has_resource_properties(subject, {"name": "other"})


def test_looks_for_constructs(built: Built, template: Template) -> None:
    template.has_resource_properties(built.base, {"name": "base"})
    template.resource_count_is(built.base, 1)
    template.has_data_source(built.data, {"inputs": {"name": Match.token_to(built.base.name)}})
    template.has_data_source(built.remote, {"config": {"path": "others.tfstate"}})
    template.has_output(built.output, {"description": "the image"})
    template.has_variable(built.variable, {"default": 40})
    template.has_local(built.local, {"list": [1, 2]})
    template.has_provider(built.provider, {"region": "cn-north-4", "alias": Match.absent()})
    template.has_provider(built.second, {"region": "cn-south-1"})
    template.has_module(built.module, {"zone": "a"})


def test_construct_that_is_no_block_stands_for_all_inside_of_it(built: Built, template: Template) -> None:
    for subject in (built.group, "images/group"):
        template.resource_count_is(subject, 3)
        template.has_resource(subject, {"length": 2})
        template.all_resources(subject, Match.not_(Match.object_like({"name": "base"})))


def test_prebuilt_and_handwritten_classes_are_looked_for(template: Template) -> None:
    class Handwritten(TerraformResource):
        TF_RESOURCE_TYPE = "null_resource"

    class Lowercase:
        tf_resource_type = "random_pet"

    template.has_resource_properties(Pet, {"length": 2})
    template.resource_count_is(NullResource, 2)
    template.resource_count_is(Handwritten, 2)
    template.resource_count_is(Lowercase, 1)
    template.has_data_source(DataNullDataSource, {})
    template.has_provider(NullProvider)
    with pytest.raises(TypeError, match="DataNullDataSource is a data source, and a resource is looked for"):
        template.has_no_resource(DataNullDataSource)


def test_construct_of_another_stack_is_refused(built: Built, template: Template) -> None:
    for look in (template.has_resource, template.has_no_resource):
        with pytest.raises(AssertionError, match=r"copies/copy is not a construct of stack images\."):
            look(built.copy, {})


@pytest.mark.parametrize("subject", [5, None, ["a"], dict, TerraformStack], ids=repr)
def test_what_cannot_be_looked_for_is_refused(template: Template, subject: Any) -> None:
    with pytest.raises(TypeError, match=r"cannot be looked for|has no TF_RESOURCE_TYPE"):
        template.has_resource(subject, {})


@pytest.mark.parametrize("path", ["images/bas", "images/gro", "images/base/x", "copies/copy", "imagesx/base"])
def test_path_that_leads_nowhere_is_refused(path: str, template: Template) -> None:
    for look in (template.has_resource, template.has_no_resource):
        with pytest.raises(AssertionError, match=rf"{path} is not a construct of stack images\."):
            look(path, {})
    read = Template.from_json(template.to_json())
    with pytest.raises(AssertionError, match=f"The template tells of no construct {path}"):
        read.has_no_resource(path)
    read.has_resource("images/base", {})


def test_whole_block_has_meta_arguments_and_properties_have_not(template: Template, built: Built) -> None:
    template.has_resource(ImsImageMetadata, {"lifecycle": {"prevent_destroy": True}})
    template.has_resource("images/group/first", {"depends_on": [f"{IMAGE}.base"]})
    template.has_resource_properties(
        "images/group/first", Match.object_equals({"triggers": {"pet": Match.token_to(built.pet.id)}})
    )


def test_comments_are_not_looked_at(template: Template) -> None:
    template.has_resource("images/group/bare", Match.object_equals({}))
    template.has_resource("images/group/bare", Match.exact({}))
    template.template_matches(Match.not_(Match.object_like({"resource": {"a": 1}})))
    assert "//" in template.to_json()


def test_constructs_names_are_taken_beside_terraforms(template: Template) -> None:
    for subject in (ImsImageMetadata, IMAGE, "images/base"):
        template.has_resource_properties(subject, {"os_version": "CentOS 7.6 64bit"})
        template.has_resource_properties(subject, {"__os_version": "CentOS 7.6 64bit"})
        template.has_resource_properties(
            subject, {"os_version": Match.not_(Match.absent()), "image_size": Match.absent()}
        )
    everything = {"name", "os_version", "min_disk", "tags", "protected"}
    template.has_resource_properties(
        ImsImageMetadata, Match.object_equals(dict.fromkeys(everything, Match.any_value()))
    )


def test_constructs_name_that_mismatches_is_shown_as_terraforms(template: Template) -> None:
    with pytest.raises(AssertionError, match=r'__os_version: expected "x", found "CentOS 7\.6 64bit"'):
        template.has_resource_properties(ImsImageMetadata, {"os_version": "x"})
    with pytest.raises(TypeError, match=r'"os_version" and "__os_version" are the same argument'):
        template.has_resource_properties(ImsImageMetadata, {"__os_version": "x", "os_version": "x"})


def test_constructs_names_are_those_of_our_class_at_its_top_alone() -> None:
    template = Template.from_json(
        {"resource": {"other": {"a": {"__os_version": "x"}}, IMAGE: {"a": {"x": {"__os_version": 1}}}}}
    )

    template.has_no_resource_properties("other", {"os_version": "x"})
    template.has_no_resource_properties(IMAGE, {"x": {"os_version": 1}})


def test_aspects_have_run(template: Template, copies: Template) -> None:
    template.all_resources(ImsImageMetadata, {"protected": True})
    copies.all_resources(ImsImageMetadata, {"protected": True})


def test_references_are_asked_for_by_token(built: Built, template: Template) -> None:
    template.has_output("image_id", {"value": Match.token_to(built.base.id)})
    template.has_output("image_id", {"value": "${huaweicloud_ims_image_metadata.base.id}"})
    template.has_resource_properties("images/base", {"min_disk": Match.token_to(built.variable.number_value)})
    template.has_resource_properties("images/base", {"min_disk": Match.token_to(built.variable)})
    template.has_local("label", {"upper": Match.token_to(Fn.upper(built.base.name))})
    template.has_data_source_properties(DataNullDataSource, {"inputs": Match.token_to({"name": built.base.name})})
    template.has_output("secret", {"value": '${jsonencode({"name" = huaweicloud_ims_image_metadata.base.name})}'})


def test_reference_to_something_else_is_a_mismatch(built: Built, template: Template) -> None:
    with pytest.raises(AssertionError) as failure:
        template.has_output("image_id", {"value": Match.token_to(built.base.name)})

    assert f'expected "${{{IMAGE}.base.name}}", found "${{{IMAGE}.base.id}}"' in str(failure.value)
    template.has_no_output("image_id", {"value": Match.token_to(built.pet.id)})


def test_references_are_told_as_terraform_reads_them(built: Built, template: Template) -> None:
    id = Match.token_to(built.base.id)
    reference = f'"${{{IMAGE}.base.id}}"'
    for pattern, told in [
        ({"value": Match.not_(id)}, f"not {reference}"),
        ({"further": {"a": [id]}}, f'{{"a": [{reference}]}}'),
        ({"value": [id, Match.absent()]}, f"[{reference}, nothing]"),
        ({"value": Match.array_with([id])}, f"an array with [{reference}] in this order"),
        ({"value": Match.serialized_json({"a": id})}, f'a string with JSON {{"a": {reference}}}'),
        ({"further": Capture({"a": id})}, f'{{"a": {reference}}}'),
    ]:
        with pytest.raises(AssertionError) as failure:
            template.has_output("image_id", pattern)
        assert f"expected {told}, found" in str(failure.value)
        assert "TfToken" not in str(failure.value)
    with pytest.raises(AssertionError, match=rf'depends_on\[0\]: expected "random_pet\.[^"$]+", found "{IMAGE}\.base"'):
        template.has_resource("images/group/first", {"depends_on": [Match.token_to(built.pet)]})


def test_template_is_compared_with_the_json_of_another(template: Template) -> None:
    template.template_matches(template.to_json())
    template.template_matches(Match.exact(template.to_json()))
    with pytest.raises(AssertionError, match="expected not"):
        template.template_matches(Match.not_(template.to_json()))
    other = template.to_json()
    other["resource"][IMAGE]["base"]["//"]["metadata"]["path"] = "images/other"
    with pytest.raises(AssertionError, match='path: expected "images/other", found "images/base"'):
        template.template_matches(other)
    with pytest.raises(AssertionError, match="expected nothing"):
        template.template_matches({"//": Match.absent()})


def test_cross_stack_references_and_iterators_are_as_terraform_reads_them(built: Built, copies: Template) -> None:
    copies.has_resource(built.copy, {"for_each": '${toset(["a", "b"])}'})
    copies.has_resource_properties(built.copy, {"min_disk": Match.token_to(built.base.min_disk)})
    copies.has_resource_properties(
        built.copy, {"name": Match.string_like_regexp(r"^\$\{data\.terraform_remote_state\..*\}-\$\{each\.value\}$")}
    )
    copies.has_data_source("terraform_remote_state", {"backend": "s3", "config": {"bucket": "states"}})


@pytest.mark.parametrize("aspects", [True, False])
def test_asking_for_a_reference_that_no_stack_has_changes_no_stack(ims: Sandbox, tmp_path: Path, aspects: bool) -> None:
    app = App(outdir=str(tmp_path))
    base_stack, other_stack = TerraformStack(app, "base"), TerraformStack(app, "other")
    for stack in (base_stack, other_stack):
        HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
        if aspects:
            Aspects.of(stack).add(Protect())
    base = ImsImageMetadata(base_stack, "base", name="base", os_version="CentOS 7.6 64bit")
    copy = ImsImageMetadata(other_stack, "copy", name="copy", os_version="CentOS 7.6 64bit")
    TerraformOutput(other_stack, "id", value=copy.id)
    before = [Template.from_stack(stack).to_json() for stack in (base_stack, other_stack)]

    Template.from_stack(other_stack).has_no_output("id", {"value": Match.token_to(base.id)})
    with pytest.raises(AssertionError, match=r"cross-stack-reference-input-base"):
        Template.from_stack(other_stack).has_output("id", {"value": Match.token_to(base.name)})

    assert [Template.from_stack(stack).to_json() for stack in (base_stack, other_stack)] == before
    assert ims.apply(base_stack).outputs == {}
    assert ims.apply(other_stack).added == 1
    if not aspects:  # with them, a changed stack is refused
        TerraformOutput(other_stack, "base_id", value=base.id)
        Template.from_stack(other_stack).has_output("base_id", {"value": Match.token_to(base.id)})
        ims.apply(base_stack)
        assert ims.apply(other_stack).outputs["base_id"] == ims.images()[0]["id"]


def test_token_as_plain_value_is_refused_with_the_mend(built: Built, template: Template) -> None:
    with pytest.raises(TypeError, match=r"Write Match\.token_to\(\.\.\.\) around it"):
        template.has_output("image_id", {"value": built.base.id})
    with pytest.raises(TypeError, match=r"Write Match\.token_to\(\.\.\.\) around it"):
        template.has_resource("images/base", {"name": f"x-{built.base.name}"})


def test_other_sections(template: Template) -> None:
    template.has_backend("s3", {"bucket": "states"})
    template.has_no_backend("local")
    template.backend_count_is(1)
    template.all_backends({"key": "images.tfstate"})
    assert template.get_backend() == "s3"
    assert template.find_backends("local") == {}
    template.has_provider("huaweicloud.south", {"region": "cn-south-1"})
    template.has_provider(HuaweicloudProvider, {"region": "cn-south-1"})
    template.provider_count_is(4)
    assert list(template.find_providers("*", {"region": Match.any_value()})) == ["huaweicloud", "huaweicloud.south"]
    template.output_count_is(4)
    template.output_count_is(1, {"description": "the image"})
    template.all_outputs({"value": Match.string_like_regexp(IMAGE)})
    assert template.get_output("*", {"sensitive": Match.absent()}) == "image_id"
    assert template.get_variable() == "size"
    template.all_variables({"type": "number"})
    template.has_no_variable("size", {"type": "string"})
    template.local_count_is(1)
    assert list(template.find_modules()) == ["network"]
    template.has_module("images/network", {"source": "corp/network/huaweicloud"})
    template.data_source_count_is("*", 2)
    assert template.get_data_source(DataNullDataSource) == "data.null_data_source.source"
    template.all_data_sources_properties(DataNullDataSource, {"inputs": Match.any_value()})
    template.data_source_properties_count_is("*", {"inputs": Match.any_value()}, 1)
    template.has_no_data_source_properties("*", {"inputs": {"name": "x"}})
    template.has_no_data_source("aws_ami")
    assert list(template.find_data_sources("null_data_source")) == ["data.null_data_source.source"]
    template.all_data_sources("terraform_remote_state", {"backend": "local"})


def test_local_of_any_type_is_matched() -> None:
    template = Template.from_json({"locals": {"text": "a", "list": [1], "no": False, "nothing": None}})

    template.has_local("text", "a")
    template.has_local("list", [1])
    template.has_local("no", False)
    template.has_local("nothing", Match.absent())
    with pytest.raises(AssertionError, match=r"expected any value, found null"):
        template.has_local("nothing")
    with pytest.raises(AssertionError, match=r'expected "b", found "a"'):
        template.has_local("text", "b")


def test_every_assertion_on_an_app_is_by_stack(built: Built) -> None:
    templates = Template.from_app(built.app)

    assert list(templates) == ["images", "copies"]
    templates["copies"].resource_count_is(ImsImageMetadata, 1)
    with pytest.raises(AssertionError, match=r"^Stack copies has no resource of type null_resource\."):
        templates["copies"].has_resource(NullResource, {})
    with pytest.raises(TypeError, match=r"and no app"):
        Template.from_app(5)


def test_stack_is_read_from_json_in_every_form(built: Built, template: Template, tmp_path: Path) -> None:
    document = template.to_json()
    file = tmp_path / "cdk.tf.json"
    file.write_text(json.dumps(document))
    for source in (
        document,
        json.dumps(document),
        f"\n {json.dumps(document)}",
        file,
        str(file),
        tmp_path,
        str(tmp_path),
    ):
        Template.from_json(source).has_resource_properties(ImsImageMetadata, {"os_version": "CentOS 7.6 64bit"})
    Template.from_stack(tmp_path).has_resource("images/base", {"name": "base"})


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("[1]", ValueError, r"A template is a JSON object, and this is '\[1\]'"),
        ("{", ValueError, "Expecting property name"),
        (" ", ValueError, "A template is a JSON object, and this is ''"),
        ('{"resource": 5}', ValueError, "No stack's JSON: 5 stands where an object belongs"),
        ('{"resource": {"a": {"b": "x"}}}', ValueError, 'No stack\'s JSON: "x" stands where an object belongs'),
        ('{"provider": {"a": ["x"]}}', ValueError, "No stack's JSON"),
        ('{"terraform": {"backend": true}}', ValueError, "No stack's JSON: true stands"),
        ("no/such/file.json", FileNotFoundError, "no/such/file.json"),
        ([{}], TypeError, "is list, from which no template can be read. Give JSON as a text or a mapping"),
        (b"{}", TypeError, "is bytes, from which"),
        (None, TypeError, "None is NoneType, from which"),
    ],
)
def test_what_is_no_template_is_refused(source: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Template.from_json(source)


def test_to_json_is_a_copy(template: Template) -> None:
    template.to_json()["resource"].clear()

    template.resource_count_is(ImsImageMetadata, 1)


def test_lists_of_blocks_in_handwritten_json_are_read() -> None:
    template = Template.from_json(
        {
            "resource": [{"a": {"one": {"x": 1}}}, {"a": [{"two": {"x": 2}}], "b": {"three": [{"x": 3}]}}],
            "terraform": [{"backend": {"local": {}}}, {"cloud": {"organization": "o"}}],
            "provider": {"p": {"x": 1}},
        }
    )

    assert list(template.find_resources("*")) == ["a.one", "a.two", "b.three"]
    template.has_resource("b", {"x": 3})
    template.has_backend("cloud", {"organization": "o"})
    template.has_backend("local")
    template.has_provider("p", {"x": 1})


def test_validations_run(tmp_path: Path) -> None:
    class Refusing(TerraformStack):
        def __init__(self, scope: Construct) -> None:
            super().__init__(scope, "refusing")
            self.node.add_validation(Refusal())

    stack = Refusing(App(outdir=str(tmp_path)))

    with pytest.raises(RuntimeError, match="two images are one too many"):
        Template.from_stack(stack)


def test_stack_is_prepared(tmp_path: Path) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path)), "plain")

    Template.from_stack(stack).has_backend("local", {"path": Match.string_like_regexp(r"terraform\.plain\.tfstate$")})


def test_tokens_are_asked_for_as_numbers_lists_and_mappings(tmp_path: Path) -> None:
    stack = TerraformStack(App(outdir=str(tmp_path)), "plain")
    NullProvider(stack, "null")
    RandomProvider(stack, "random")
    names = TerraformVariable(stack, "names", type="list(string)")
    pet = Pet(stack, "pet", keepers=Token.as_string_map(names.fqn))
    NullResource(stack, "all", count=2, triggers={"names": Fn.join(",", names.list_value)})

    template = Template.from_stack(stack)

    template.has_resource(NullResource, {"count": 2, "triggers": {"names": '${join(",", var.names)}'}})
    template.has_resource(pet, {"keepers": "${var.names}"})
    template.has_resource(pet, {"keepers": Match.token_to(names.list_value)})


SECTIONS = {
    "output": {"output": {"one": {"value": 1}}},
    "variable": {"variable": {"one": {"default": 1}}},
    "local": {"locals": {"one": 1}},
    "provider": {"provider": {"one": [{"region": "a"}]}},
    "module": {"module": {"one": {"source": "./m"}}},
    "backend": {"terraform": {"backend": {"one": {"path": "p"}}}},
}


@pytest.mark.parametrize("name", SECTIONS)
def test_each_section_tells_what_is_there_and_what_is_not(name: str) -> None:
    template = Template.from_json(SECTIONS[name])

    def use(method: str, subject: str) -> Any:
        return getattr(template, method.replace("X", name))(subject)

    use("has_X", "one")
    use("has_no_X", "two")
    assert len(use("find_Xs", "*")) == len(use("find_Xs", "one")) == 1
    assert use("find_Xs", "two") == {}
    assert use("get_X", "*") == use("get_X", "one")
    getattr(template, f"{name}_count_is")(1)
    for method, subject in (("has_X", "two"), ("has_no_X", "one"), ("get_X", "two")):
        with pytest.raises(AssertionError):
            use(method, subject)
    for count in (0, 2):
        with pytest.raises(AssertionError):
            getattr(template, f"{name}_count_is")(count)
