"""What the stacks say, before anything is planned."""

from constructs_ims import ImsImageMetadata
from constructs_ims.testing import Annotations, Capture, Match, Template, TemplateHclExtension, TerraformSnapshot
from golden_images import GoldenImage, GoldenImages
import pytest
from cdktf_cdktf_provider_null.resource import Resource as NullResource
from cdktf_cdktf_provider_random.pet import Pet


def test_every_image_is_large_enough_and_has_an_owner(golden: GoldenImages) -> None:
    base = Template.from_stack(golden.base)

    base.resource_count_is(ImsImageMetadata, 2)
    base.all_resources_properties(
        ImsImageMetadata, {"min_disk": 40, "tags": Match.array_with([Match.string_like_regexp("^owner=")])}
    )
    base.resource_properties_count_is(ImsImageMetadata, {"os_version": Match.string_like_regexp("^CentOS")}, 1)


def test_record_is_of_the_image_beside_it(golden: GoldenImages) -> None:
    ubuntu = golden.base.ubuntu

    Template.from_stack(golden.base).has_resource_properties(
        ubuntu.record,
        {"input": {"image": Match.token_to(ubuntu.image.id)}, "triggers_replace": {"purpose": "${var.purpose}"}},
    )


def test_team_builds_on_the_base_image(golden: GoldenImages) -> None:
    base = golden.base.ubuntu.image
    research = Template.from_stack(golden.research)
    name = Capture(Match.string_like_regexp(r"^research-\$\{"))

    research.has_resource_properties(Pet, {"keepers": {"base": Match.token_to(base.id)}, "length": 2})
    research.has_resource_properties(
        golden.research.image, {"name": name, "os_version": Match.token_to(base.os_version)}
    )
    research.has_resource_properties(NullResource, {"triggers": {"image": Match.token_to(golden.research.image.id)}})
    research.has_no_resource("terraform_data")
    assert name.as_string() == "research-${random_pet.release.id}"


def test_stacks_are_wired_by_the_outputs_of_the_base(golden: GoldenImages) -> None:
    templates = {
        "base": Template.from_stack(golden.base),
        "research": Template.from_stack(golden.research),
    }

    templates["base"].has_output("ubuntu_id", {"value": Match.token_to(golden.base.ubuntu.image.id)})
    templates["research"].data_source_count_is("terraform_remote_state", 1)
    templates["research"].has_provider("random")
    assert templates["base"].find_providers("random") == {}


def test_image_without_an_owner_is_warned_of(golden: GoldenImages) -> None:
    foreign = ImsImageMetadata(golden.research, "foreign", name="foreign", os_version="CentOS 7.6 64bit")

    annotations = Annotations.from_stack(golden.research)

    annotations.has_warning(foreign, Match.string_like_regexp("no owner"))
    annotations.has_no_warning("research/image", Match.any_value())


def test_golden_image_says_what_it_lacks(golden: GoldenImages) -> None:
    with pytest.raises(ValueError, match="min_disk"):
        GoldenImage(golden.base, "small", os_version="CentOS 7.6 64bit", min_disk=5, purpose="general")


def test_stacks_are_those_that_were_committed(golden: GoldenImages, snapshot_tf: TerraformSnapshot) -> None:
    assert Template.from_stack(golden.base) == snapshot_tf
    assert Template.from_stack(golden.research) == snapshot_tf(extension_class=TemplateHclExtension)
