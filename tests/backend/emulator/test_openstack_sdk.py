"""The emulator judged by OpenStack's SDK: a token from IAM, then images by Glance's own API."""

from __future__ import annotations

from collections.abc import Iterator

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
def connection() -> Iterator[Connection]:
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT)) as server:
        connection = openstack.connect(
            load_yaml_config=False,
            load_envvars=False,
            auth_url=f"{server.endpoint}/v3",
            username=ACCOUNT.user_name,
            password=ACCOUNT.password,
            user_domain_name=ACCOUNT.domain_name,
            project_name="cn-north-4",
            project_domain_name=ACCOUNT.domain_name,
        )
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
