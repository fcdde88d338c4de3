"""The emulator judged by the vendor's own SDK, over a socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkiam.v3 import IamClient, KeystoneListAuthDomainsRequest, KeystoneListProjectsRequest
from huaweicloudsdkims import v2 as ims
from huaweicloudsdkims.v2 import (
    GlanceCreateImageMetadataRequest,
    GlanceCreateImageMetadataRequestBody,
    GlanceDeleteImageRequest,
    GlanceDeleteImageRequestBody,
    GlanceListImageSchemasRequest,
    GlanceListImagesRequest,
    GlanceShowImageRequest,
    GlanceShowImageSchemasRequest,
    ImsClient,
    ListImagesRequest,
    ListOsVersionsRequest,
)

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.backend.emulator.server import EmulatorServer
from constructs_ims.schema.os_versions import OS_VERSIONS

# The vendor is leaving some of Glance's own calls behind; its provider and older clients still make them.
pytestmark = pytest.mark.filterwarnings("ignore:Method 'glance_.*is deprecated:DeprecationWarning")

ACCOUNT = Account("ACCESSKEY", "secret")


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT)) as server:
        yield server


@pytest.fixture
def client(server: EmulatorServer) -> ImsClient:
    return client_of("cn-north-4", server)


def client_of(region: str, server: EmulatorServer, secret: str = ACCOUNT.secret_key) -> ImsClient:
    credentials = BasicCredentials(ACCOUNT.access_key, secret, project_in(region).id)
    return ImsClient.new_builder().with_credentials(credentials).with_endpoint(server.endpoint).build()


def create(client: ImsClient, **fields: object) -> ims.GlanceCreateImageMetadataResponse:
    body = GlanceCreateImageMetadataRequestBody(**fields)
    return client.glance_create_image_metadata(GlanceCreateImageMetadataRequest(body=body))


def find(client: ImsClient, **query: object) -> list[ims.ImageInfo]:
    return list(client.list_images(ListImagesRequest(**query)).images)


def test_image_lives_and_dies(client: ImsClient) -> None:
    made = create(
        client,
        name="Ubuntu 映像",
        os_version="Ubuntu 20.04 server 64bit",
        disk_format="vhd",
        tags=["test=testvalue", "image=imagevalue"],
        min_ram=1024,
        min_disk=80,
        protected=False,
        visibility="private",
        container_format="bare",
    )

    assert (made.name, made.status, made.os_type, made.platform, made.os_bit) == (
        "Ubuntu 映像",
        "queued",
        "Linux",
        "Ubuntu",
        "64",
    )
    [found] = find(client, id=made.id)
    shown = client.glance_show_image(GlanceShowImageRequest(image_id=made.id))
    for image in (found, shown):
        assert (image.tags, image.min_disk, image.min_ram) == (["test=testvalue", "image=imagevalue"], 80, 1024)
        assert (image.image_size, image.isregistered, image.imagetype) == ("0", "true", "private")

    client.glance_delete_image(
        GlanceDeleteImageRequest(image_id=made.id, body=GlanceDeleteImageRequestBody(delete_backup=False))
    )
    assert find(client, id=made.id) == []


def test_lists_are_filtered_and_paged(client: ImsClient) -> None:
    ids = {create(client, name=f"paged-{n}", tags=["of=paged"], min_disk=40).id for n in range(5)}

    assert {image.id for image in find(client, tag="of=paged", min_disk=40, imagetype="private")} == ids
    first = find(client, tag="of=paged", limit=3)
    rest = find(client, tag="of=paged", limit=3, marker=first[-1].id)
    assert {image.id for image in [*first, *rest]} == ids
    native = client.glance_list_images(GlanceListImagesRequest(tag="of=paged", limit=2, protected=False))
    assert len(native.images) == 2
    assert native.next.startswith("/v2/images?")
    assert native.schema == "/v2/schemas/images"


def test_regions_are_apart(client: ImsClient, server: EmulatorServer) -> None:
    elsewhere = client_of("ap-southeast-1", server)
    made = create(elsewhere, name="far")

    assert find(client, id=made.id) == []
    assert [image.id for image in find(elsewhere, id=made.id)] == [made.id]


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({"os_version": "Windows 10 64bit"}, "IMG.0056", "Invalid OS version."),
        ({"min_disk": 5}, "IMG.0055", "The memory or disk size is invalid."),
        ({"name": "x" * 256}, "IMG.0062", "The image name is incorrect."),
        ({"tags": [f"k{n}=v" for n in range(11)]}, "IMG.0116", "The number of image tags exceeds the quota."),
    ],
    ids=["windows", "disk", "name", "tags"],
)
def test_refusals_are_understood(fields: dict[str, object], code: str, message: str, client: ImsClient) -> None:
    with pytest.raises(ClientRequestException) as caught:
        create(client, **fields)

    refusal = caught.value
    assert (refusal.status_code, refusal.error_code, refusal.error_msg) == (400, code, message)
    assert len(refusal.request_id) == 32


def test_protected_image_stays(client: ImsClient) -> None:
    made = create(client, name="kept", protected=True)

    with pytest.raises(ClientRequestException) as caught:
        client.glance_delete_image(GlanceDeleteImageRequest(image_id=made.id, body=GlanceDeleteImageRequestBody()))
    assert (caught.value.status_code, caught.value.error_code) == (400, "IMG.0091")


@pytest.mark.parametrize("call", ["glance_show_image", "glance_delete_image"])
def test_unknown_image_is_not_found(call: str, client: ImsClient) -> None:
    request = {"glance_show_image": GlanceShowImageRequest, "glance_delete_image": GlanceDeleteImageRequest}[call]

    with pytest.raises(ClientRequestException) as caught:
        getattr(client, call)(request(image_id="7"))
    assert (caught.value.status_code, caught.value.error_code) == (404, "IMG.0144")


def test_wrong_secret_is_refused(server: EmulatorServer) -> None:
    with pytest.raises(ClientRequestException) as caught:
        find(client_of("cn-north-4", server, secret="another"))

    assert (caught.value.status_code, caught.value.error_code) == (401, "APIGW.0301")
    assert caught.value.error_msg == "Incorrect IAM authentication information: verify aksk signature fail"


def test_os_versions_are_listed(client: ImsClient) -> None:
    groups = client.list_os_versions(ListOsVersionsRequest()).body

    assert sum(len(group.version_list) for group in groups) == len(OS_VERSIONS)


def test_schemas_are_read(client: ImsClient) -> None:
    assert client.glance_show_image_schemas(GlanceShowImageSchemasRequest()).name == "image"
    assert client.glance_list_image_schemas(GlanceListImageSchemasRequest()).name == "images"


def test_identity_is_found(server: EmulatorServer) -> None:
    credentials = GlobalCredentials(ACCOUNT.access_key, ACCOUNT.secret_key, ACCOUNT.domain_id)
    iam = IamClient.new_builder().with_credentials(credentials).with_endpoint(server.endpoint).build()

    [project] = iam.keystone_list_projects(KeystoneListProjectsRequest(name="cn-north-4")).projects
    [domain] = iam.keystone_list_auth_domains(KeystoneListAuthDomainsRequest()).domains

    assert (project.id, project.domain_id) == (project_in("cn-north-4").id, ACCOUNT.domain_id)
    assert domain.id == ACCOUNT.domain_id


def test_credentials_find_their_own_project(server: EmulatorServer) -> None:
    """Given no project, the SDK asks IAM for that of the region, as it does on its own account's first call."""
    credentials = BasicCredentials(ACCOUNT.access_key, ACCOUNT.secret_key).with_iam_endpoint(server.endpoint)
    region = Region("ap-southeast-3", server.endpoint)
    client = ImsClient.new_builder().with_credentials(credentials).with_region(region).build()

    assert create(client, name="n").owner == project_in("ap-southeast-3").id
