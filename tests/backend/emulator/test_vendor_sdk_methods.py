"""Every method of the vendor's SDKs for images and identity: served, and then driven here, or named as not served."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkiam import v3 as iam
from huaweicloudsdkims import v2 as ims

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.backend.emulator.server import EmulatorServer

pytestmark = pytest.mark.filterwarnings("ignore:Method '.*is deprecated:DeprecationWarning")

ACCOUNT = Account("ACCESSKEY", "secret", password="sesame")
OTHER = project_in("ap-southeast-1").id
THIRD = project_in("ap-southeast-2").id


class World:
    """Clients of the service, and images for them to work on."""

    def __init__(self, endpoint: str, store: Store) -> None:
        self._endpoint = endpoint
        self._store = store
        self.ims = self._client("cn-north-4")
        self.other = self._client("ap-southeast-1")
        credentials = GlobalCredentials(ACCOUNT.access_key, ACCOUNT.secret_key, ACCOUNT.domain_id)
        self.iam = iam.IamClient.new_builder().with_credentials(credentials).with_endpoint(endpoint).build()

    def _client(self, region: str) -> ims.ImsClient:
        credentials = BasicCredentials(ACCOUNT.access_key, ACCOUNT.secret_key, project_in(region).id)
        return ims.ImsClient.new_builder().with_credentials(credentials).with_endpoint(self._endpoint).build()

    def image(self, *, active: bool = False, shared: bool = False, tags: tuple[str, ...] = ()) -> str:
        """Make an image and return its id."""
        project = project_in("cn-north-4").id
        made = self.ims.glance_create_image_metadata(
            ims.GlanceCreateImageMetadataRequest(body=ims.GlanceCreateImageMetadataRequestBody(tags=list(tags)))
        )
        assert made.owner == project
        if active:
            assert self._store.schedule(made.id, "active")
        if shared:
            self.ims.glance_add_image_member(
                ims.GlanceAddImageMemberRequest(made.id, ims.GlanceAddImageMemberRequestBody(member=OTHER))
            )
        return str(made.id)

    def shown(self, id: str) -> Any:
        """Return an image as the service shows it."""
        return self.ims.glance_show_image(ims.GlanceShowImageRequest(id))

    def job(self, answer: Any) -> Any:
        """Return the job that an answer names."""
        return self.ims.show_job(ims.ShowJobRequest(job_id=answer.job_id))

    def token(self) -> iam.KeystoneCreateUserTokenByPasswordResponse:
        """Return a token of the account's user."""
        user = iam.PwdPasswordUser(iam.PwdPasswordUserDomain(ACCOUNT.domain_name), ACCOUNT.user_name, ACCOUNT.password)
        identity = iam.PwdIdentity(["password"], iam.PwdPassword(user))
        body = iam.KeystoneCreateUserTokenByPasswordRequestBody(iam.PwdAuth(identity))
        return self.iam.keystone_create_user_token_by_password(iam.KeystoneCreateUserTokenByPasswordRequest(body=body))


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT)) as server:
        yield World(server.endpoint, store)


def add_image_tag(world: World) -> None:
    id = world.image(tags=("a=0",))
    tag = ims.ResourceTag(key="a", value="1")
    world.ims.add_image_tag(ims.AddImageTagRequest(id, ims.AddImageTagRequestBody(tag)))
    assert world.shown(id).tags == ["a=1"]


def batch_add_or_delete_tags(world: World) -> None:
    id = world.image(tags=("a=0",))
    body = ims.BatchAddOrDeleteTagsRequestBody("delete", [ims.ResourceTag("a", "0")])
    world.ims.batch_add_or_delete_tags(ims.BatchAddOrDeleteTagsRequest(id, body))
    assert world.shown(id).tags == []


def batch_delete_tags(world: World) -> None:
    id = world.image(tags=("a=0", "b=1"))
    body = ims.BatchDeleteTagsRequestBody([ims.ResourceTag("a", "0")])
    world.ims.batch_delete_tags(ims.BatchDeleteTagsRequest(image_id=id, body=body))
    assert world.shown(id).tags == ["b=1"]


def create_or_update_tags(world: World) -> None:
    id = world.image()
    body = ims.AddOrUpdateTagsRequestBody(image_id=id, tag="a.1")
    world.ims.create_or_update_tags(ims.CreateOrUpdateTagsRequest(body))
    assert world.shown(id).tags == ["a=1"]


def delete_image_tag(world: World) -> None:
    id = world.image(tags=("a=0",))
    world.ims.delete_image_tag(ims.DeleteImageTagRequest(id, "a"))
    assert world.shown(id).tags == []


def list_image_tags(world: World) -> None:
    id = world.image(tags=("a=0",))
    [tag] = world.ims.list_image_tags(ims.ListImageTagsRequest(id)).tags
    assert (tag.key, tag.value) == ("a", "0")


def list_images_tags(world: World) -> None:
    world.image(tags=("of-project=1",))
    tags = {tag.key: tag.values for tag in world.ims.list_images_tags(ims.ListImagesTagsRequest()).tags}
    assert tags["of-project"] == ["1"]


def list_tags(world: World) -> None:
    id = world.image(tags=("listed=1",))
    assert world.ims.list_tags(ims.ListTagsRequest(id=id, limit=10, page=1)).tags == ["listed=1"]


def list_image_by_tags(world: World) -> None:
    id = world.image(tags=("found=1",))
    query = ims.ListImageByTagsRequestBody("filter", [ims.Tags("found", ["1"])], limit="5", offset="0")
    found = world.ims.list_image_by_tags(ims.ListImageByTagsRequest(query))
    assert [resource.resource_id for resource in found.resources] == [id]
    assert found.total_count == 1


def glance_create_tag(world: World) -> None:
    id = world.image()
    world.ims.glance_create_tag(ims.GlanceCreateTagRequest(id, "plain"))
    assert world.shown(id).tags == ["plain"]


def glance_delete_tag(world: World) -> None:
    id = world.image(tags=("plain",))
    world.ims.glance_delete_tag(ims.GlanceDeleteTagRequest(image_id=id, tag="plain"))
    assert world.shown(id).tags == []


def batch_add_members(world: World) -> None:
    id = world.image()
    body = ims.BatchAddMembersRequestBody([id], [OTHER, THIRD])
    job = world.job(world.ims.batch_add_members(ims.BatchAddMembersRequest(body)))
    assert (job.status, job.job_type) == ("SUCCESS", "imsAddImageMembersJob")
    members = world.ims.glance_list_image_members(ims.GlanceListImageMembersRequest(id)).members
    assert [member.member_id for member in members] == [OTHER, THIRD]


def batch_update_members(world: World) -> None:
    id = world.image(shared=True)
    body = ims.BatchUpdateMembersRequestBody([id], OTHER, "accepted")
    assert world.other.batch_update_members(ims.BatchUpdateMembersRequest(body)).job_id
    assert [image.id for image in world.other.list_images(ims.ListImagesRequest(id=id)).images] == [id]


def batch_delete_members(world: World) -> None:
    id = world.image(shared=True)
    body = ims.BatchAddMembersRequestBody([id], [OTHER])
    assert world.ims.batch_delete_members(ims.BatchDeleteMembersRequest(body)).job_id
    assert world.ims.glance_list_image_members(ims.GlanceListImageMembersRequest(id)).members == []


def glance_add_image_member(world: World) -> None:
    body = ims.GlanceAddImageMemberRequestBody(OTHER)
    made = world.ims.glance_add_image_member(ims.GlanceAddImageMemberRequest(world.image(), body))
    assert (made.member_id, made.status) == (OTHER, "pending")


def glance_list_image_members(world: World) -> None:
    id = world.image(shared=True)
    [member] = world.ims.glance_list_image_members(ims.GlanceListImageMembersRequest(id)).members
    assert member.member_id == OTHER


def list_image_members(world: World) -> None:
    id = world.image(shared=True)
    [member] = world.ims.list_image_members(ims.ListImageMembersRequest(id, limit=1)).members
    assert member.member_id == OTHER


def glance_show_image_member(world: World) -> None:
    id = world.image(shared=True)
    assert world.ims.glance_show_image_member(ims.GlanceShowImageMemberRequest(id, OTHER)).status == "pending"


def show_image_member(world: World) -> None:
    id = world.image(shared=True)
    assert world.ims.show_image_member(ims.ShowImageMemberRequest(id, OTHER)).status == "pending"


def glance_update_image_member(world: World) -> None:
    body = ims.GlanceUpdateImageMemberRequestBody("rejected")
    request = ims.GlanceUpdateImageMemberRequest(world.image(shared=True), OTHER, body)
    assert world.other.glance_update_image_member(request).status == "rejected"


def glance_delete_image_member(world: World) -> None:
    id = world.image(shared=True)
    world.ims.glance_delete_image_member(ims.GlanceDeleteImageMemberRequest(id, OTHER))
    assert world.ims.glance_list_image_members(ims.GlanceListImageMembersRequest(id)).members == []


def copied(world: World, call: Callable[[Any], Any], request: type) -> None:
    body = ims.CopyImageInRegionRequestBody(name="copy")
    job = world.job(call(request(world.image(active=True), body)))
    assert world.shown(job.entities.image_id).name == "copy"


def copy_image_in_region(world: World) -> None:
    copied(world, world.ims.copy_image_in_region, ims.CopyImageInRegionRequest)


def copy_image_in_region_in_safe_mode(world: World) -> None:
    copied(world, world.ims.copy_image_in_region_in_safe_mode, ims.CopyImageInRegionInSafeModeRequest)


def copy_image_cross_region(world: World) -> None:
    body = ims.CopyImageCrossRegionRequestBody(
        agency_name="agency", name="far", project_name="ap-southeast-1", region="ap-southeast-1"
    )
    request = ims.CopyImageCrossRegionRequest(world.image(active=True), body)
    copy = world.job(world.ims.copy_image_cross_region(request)).entities.image_id
    assert [image.name for image in world.other.list_images(ims.ListImagesRequest(id=copy)).images] == ["far"]


def exported(world: World, call: Callable[[Any], Any], request: type) -> None:
    body = ims.ExportImageRequestBody("bucket:base.qcow2", "qcow2")
    job = world.job(call(request(world.image(active=True), body)))
    assert (job.status, job.job_type) == ("SUCCESS", "imsNativeExportImageJob")


def export_image(world: World) -> None:
    exported(world, world.ims.export_image, ims.ExportImageRequest)


def export_image_in_safe_mode(world: World) -> None:
    exported(world, world.ims.export_image_in_safe_mode, ims.ExportImageInSafeModeRequest)


def registered(world: World) -> tuple[str, Any]:
    id = world.image()
    body = ims.RegisterImageRequestBody("bucket:base.qcow2")
    return id, world.ims.register_image(ims.RegisterImageRequest(image_id=id, body=body))


def register_image(world: World) -> None:
    id, _ = registered(world)
    assert world.shown(id).status == "active"


def show_job(world: World) -> None:
    id, answer = registered(world)
    job = world.job(answer)
    assert (job.status, job.job_type, job.entities.image_id) == ("SUCCESS", "imsNativeImportImageJob", id)


def show_job_progress(world: World) -> None:
    _, answer = registered(world)
    progress = world.ims.show_job_progress(ims.ShowJobProgressRequest(answer.job_id))
    assert (progress.status, progress.entities.process_percent) == ("SUCCESS", 1.0)


def show_image_quota(world: World) -> None:
    resources = world.ims.show_image_quota(ims.ShowImageQuotaRequest()).quotas.resources
    assert [row.type for row in resources] == ["image", "image_shared", "image_member"]


def list_os_versions(world: World) -> None:
    counts = [
        sum(len(group.version_list) for group in world.ims.list_os_versions(ims.ListOsVersionsRequest(tag)).body)
        for tag in (None, "uefi", "bms", "arm")
    ]
    assert counts == sorted(set(counts), reverse=True)


def update_image(world: World) -> None:
    id = world.image(active=True)
    changes = [ims.UpdateImageRequestBody("replace", "/name", "new")]
    assert world.ims.update_image(ims.UpdateImageRequest(id, changes)).name == "new"


def glance_update_image(world: World) -> None:
    id = world.image()
    changes = [ims.GlanceUpdateImageRequestBody("replace", "/name", "new")]
    assert world.ims.glance_update_image(ims.GlanceUpdateImageRequest(id, changes)).name == "new"


def glance_create_image_metadata(world: World) -> None:
    assert world.shown(world.image()).status == "queued"


def glance_delete_image(world: World) -> None:
    id = world.image()
    world.ims.glance_delete_image(ims.GlanceDeleteImageRequest(id, ims.GlanceDeleteImageRequestBody()))
    assert world.ims.list_images(ims.ListImagesRequest(id=id)).images == []


def glance_list_images(world: World) -> None:
    id = world.image()
    assert [image.id for image in world.ims.glance_list_images(ims.GlanceListImagesRequest(id=id)).images] == [id]


def list_images(world: World) -> None:
    id = world.image()
    assert [image.id for image in world.ims.list_images(ims.ListImagesRequest(id=id)).images] == [id]


def glance_show_image(world: World) -> None:
    id = world.image()
    assert world.shown(id).id == id


def glance_show_image_schemas(world: World) -> None:
    assert world.ims.glance_show_image_schemas(ims.GlanceShowImageSchemasRequest()).name == "image"


def glance_list_image_schemas(world: World) -> None:
    assert world.ims.glance_list_image_schemas(ims.GlanceListImageSchemasRequest()).name == "images"


def glance_show_image_member_schemas(world: World) -> None:
    assert world.ims.glance_show_image_member_schemas(ims.GlanceShowImageMemberSchemasRequest()).name == "member"


def glance_list_image_member_schemas(world: World) -> None:
    assert world.ims.glance_list_image_member_schemas(ims.GlanceListImageMemberSchemasRequest()).name == "members"


def list_versions(world: World) -> None:
    assert [version.id for version in world.ims.list_versions(ims.ListVersionsRequest()).versions] == ["v1", "v2"]


def show_version(world: World) -> None:
    assert [version.id for version in world.ims.show_version(ims.ShowVersionRequest("v2")).versions] == ["v2"]


def keystone_list_projects(world: World) -> None:
    [project] = world.iam.keystone_list_projects(iam.KeystoneListProjectsRequest(name="ap-southeast-1")).projects
    assert project.id == OTHER


def keystone_show_project(world: World) -> None:
    assert world.iam.keystone_show_project(iam.KeystoneShowProjectRequest(OTHER)).project.name == "ap-southeast-1"


def keystone_list_auth_projects(world: World) -> None:
    projects = world.iam.keystone_list_auth_projects(iam.KeystoneListAuthProjectsRequest()).projects
    assert OTHER in [project.id for project in projects]


def keystone_list_auth_domains(world: World) -> None:
    [domain] = world.iam.keystone_list_auth_domains(iam.KeystoneListAuthDomainsRequest()).domains
    assert domain.id == ACCOUNT.domain_id


def keystone_list_regions(world: World) -> None:
    regions = world.iam.keystone_list_regions(iam.KeystoneListRegionsRequest()).regions
    assert "cn-north-4" in [region.id for region in regions]


def keystone_show_region(world: World) -> None:
    assert world.iam.keystone_show_region(iam.KeystoneShowRegionRequest("cn-north-4")).region.id == "cn-north-4"


def keystone_show_catalog(world: World) -> None:
    services = world.iam.keystone_show_catalog(iam.KeystoneShowCatalogRequest()).catalog
    assert {service.type for service in services} == {"image", "identity"}


def keystone_show_version(world: World) -> None:
    assert world.iam.keystone_show_version(iam.KeystoneShowVersionRequest()).version.id == "v3.6"


def keystone_create_user_token_by_password(world: World) -> None:
    assert world.token().token.user.name == ACCOUNT.user_name


def keystone_validate_token(world: World) -> None:
    token = world.token().x_subject_token
    request = iam.KeystoneValidateTokenRequest(x_subject_token=token)
    assert world.iam.keystone_validate_token(request).token.user.name == ACCOUNT.user_name


DRIVEN: dict[str, Callable[[World], None]] = {
    function.__name__: function
    for function in list(globals().values())
    if inspect.isfunction(function) and function.__annotations__ == {"world": "World", "return": "None"}
    if function.__module__ == __name__
}

NOT_SERVED = {
    "create_image",
    "create_image_in_safe_mode",
    "create_data_image",
    "create_data_image_in_safe_mode",
    "create_whole_image",
    "import_image_quick",
    "import_image_quick_in_safe_mode",
}
"""They make images of servers, disks, backups and files in buckets, which a local service does not have."""

ONLY_DRIVEN_BY_IDENTITY = {name for name in DRIVEN if name.startswith("keystone_")}


def methods(client: type) -> set[str]:
    named = {name for name, _ in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")}
    return {name for name in named if f"{name}_invoker" in named}


def test_readme_names_what_is_not_served() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    [row] = [line for line in readme.splitlines() if line.startswith("| not served")]

    assert set(re.findall(r"`(\w+)`", row)) == NOT_SERVED


def test_no_method_is_forgotten() -> None:
    assert methods(ims.ImsClient) == (set(DRIVEN) - ONLY_DRIVEN_BY_IDENTITY) | NOT_SERVED
    assert methods(iam.IamClient) > ONLY_DRIVEN_BY_IDENTITY


@pytest.mark.parametrize("name", sorted(DRIVEN))
def test_method_is_served(name: str, world: World) -> None:
    DRIVEN[name](world)


@pytest.mark.parametrize("name", sorted(NOT_SERVED))
def test_method_that_is_not_served_is_told(name: str, world: World) -> None:
    request = getattr(ims, "".join(word.title() for word in name.split("_")) + "Request")

    with pytest.raises(ClientRequestException) as caught:
        getattr(world.ims, name)(request())

    assert (caught.value.status_code, caught.value.error_code) == (404, "APIGW.0101")
