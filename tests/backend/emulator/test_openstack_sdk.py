"""The emulator judged by OpenStack's SDK: a token from IAM, then images by Glance's own API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openstack
import pytest
from openstack.connection import Connection
from openstack.exceptions import BadRequestException

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.backend.emulator.server import EmulatorServer

# openstacksdk warns of its own plans whenever it connects.
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")

ACCOUNT = Account("ACCESSKEY", "secret", password="sesame")


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT)) as server:
        yield server


def connect(server: EmulatorServer, project: str) -> Connection:
    return openstack.connect(
        load_yaml_config=False,
        load_envvars=False,
        auth_url=f"{server.endpoint}/v3",
        username=ACCOUNT.user_name,
        password=ACCOUNT.password,
        user_domain_name=ACCOUNT.domain_name,
        project_name=project,
        project_domain_name=ACCOUNT.domain_name,
    )


@pytest.fixture(scope="module")
def connection(server: EmulatorServer) -> Iterator[Connection]:
    connection = connect(server, "cn-north-4")
    yield connection
    connection.close()


def test_token_is_for_the_project(connection: Connection) -> None:
    assert connection.current_project_id == project_in("cn-north-4").id


def test_image_lives_and_dies(connection: Connection) -> None:
    made = connection.image.post("/images", json={"name": "by-openstack", "tags": ["a=b"], "min_disk": 40}).json()

    found = connection.image.get_image(made["id"])
    assert (found.name, found.status, found.min_disk, found.tags) == ("by-openstack", "queued", 40, ["a=b"])
    assert found.owner_id == project_in("cn-north-4").id
    assert connection.image.find_image("by-openstack").id == made["id"]
    connection.image.delete_image(made["id"], ignore_missing=False)
    assert connection.image.find_image("by-openstack") is None


def test_pages_are_followed(connection: Connection) -> None:
    ids = {connection.image.post("/images", json={"name": f"p{n}"}).json()["id"] for n in range(7)}

    listed = [image.id for image in connection.image.images(limit=3, sort_key="name", sort_dir="asc")]

    assert ids <= set(listed)
    assert len(listed) == len(set(listed))


def test_refusal_is_understood(connection: Connection) -> None:
    made = connection.image.post("/images", json={"name": "kept", "protected": True}).json()

    with pytest.raises(BadRequestException, match="protected"):
        connection.image.delete_image(made["id"], ignore_missing=False)


@pytest.mark.filterwarnings("ignore:Exception ignored in.*FileIO:pytest.PytestUnraisableExceptionWarning")
def test_image_with_its_file(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "disk.raw").write_bytes(b"disk" * 1000)
    image = connection.create_image(
        "with-file", filename=str(tmp_path / "disk.raw"), disk_format="raw", container_format="bare", wait=True
    )

    found = connection.image.get_image(image.id)
    assert (found.status, found.size) == ("active", 4000)
    assert found.properties["owner_specified.openstack.object"] == "images/with-file"
    downloaded = connection.image.download_image(found)
    assert downloaded.content == b"disk" * 1000
    assert connection.image.download_image(found, output=str(tmp_path / "fetched")) is not None
    assert (tmp_path / "fetched").read_bytes() == b"disk" * 1000
    connection.image.delete_image(found, ignore_missing=False)


def test_image_sent_in_parts(connection: Connection) -> None:
    image = connection.image.create_image("in-parts", disk_format="raw", container_format="bare")
    image.data = iter([b"one", b"two"])

    image.upload(connection.image)

    assert connection.image.download_image(image).content == b"onetwo"


def test_image_is_updated_and_tagged(connection: Connection) -> None:
    image = connection.image.create_image("before", disk_format="raw", container_format="bare")

    connection.image.update_image(image.id, name="after")
    fetched = connection.image.get_image(image.id)
    # The SDK takes those properties away that it is not given.
    connection.image.update_image(fetched, **{**fetched.properties, "note": "new"})
    changed = connection.image.get_image(image.id)
    assert (changed.name, changed.properties["note"]) == ("after", "new")
    with pytest.raises(BadRequestException, match="not supported"):
        connection.image.update_image(changed, note="alone")

    connection.image.add_tag(image, "plain")
    assert [found.id for found in connection.image.images(tag="plain")] == [image.id]
    connection.image.remove_tag(image, "plain")
    assert connection.image.get_image(image.id).tags == []


def test_image_is_shared(connection: Connection, server: EmulatorServer) -> None:
    image = connection.image.create_image("shared", disk_format="raw", container_format="bare")
    elsewhere = connect(server, "ap-southeast-1")
    other = elsewhere.current_project_id

    connection.image.add_member(image, member=other)
    assert [member.status for member in connection.image.members(image)] == ["pending"]
    elsewhere.image.update_member(other, image.id, status="accepted")

    assert elsewhere.image.find_image("shared").id == image.id
    assert connection.image.find_member(other, image).status == "accepted"
    connection.image.remove_member(other, image, ignore_missing=False)
    assert elsewhere.image.find_image("shared") is None
    elsewhere.close()


def test_schemas_are_read(connection: Connection) -> None:
    assert connection.image.get_image_schema().name == "image"
    assert connection.image.get_images_schema().name == "images"
    assert connection.image.get_member_schema().name == "member"
    assert connection.image.get_members_schema().name == "members"


@pytest.mark.parametrize("action", ["deactivate", "reactivate"])
def test_what_the_service_does_not_document_does_not_exist(action: str, connection: Connection) -> None:
    """The SDK's own methods ignore the answer."""
    image = connection.image.create_image(action, disk_format="raw", container_format="bare")

    answer = connection.image.post(f"/images/{image.id}/actions/{action}")

    assert (answer.status_code, answer.json()["error_code"]) == (404, "APIGW.0101")


def test_token_is_checked(connection: Connection, server: EmulatorServer) -> None:
    token = connection.auth_token
    url = f"{server.endpoint}/v3/auth/tokens"
    headers = {"X-Auth-Token": token, "X-Subject-Token": token}

    assert (
        connection.session.get(url, headers=headers, authenticated=False).json()["token"]["user"]["name"] == "sandbox"
    )
    wrong = {"X-Auth-Token": token, "X-Subject-Token": "wrong"}
    assert connection.session.get(url, headers=wrong, authenticated=False, raise_exc=False).status_code == 404
    assert (
        connection.session.get(
            url, headers={"X-Subject-Token": token}, authenticated=False, raise_exc=False
        ).status_code
        == 401
    )


def test_catalogue_is_listed(connection: Connection, server: EmulatorServer) -> None:
    catalog = connection.session.get(f"{server.endpoint}/v3/auth/catalog").json()["catalog"]

    assert {"image", "identity"} <= {service["type"] for service in catalog}
