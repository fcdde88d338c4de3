"""The operations of IMS and IAM that the provider needs, one method each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from constructs_ims.backend.client.endpoints import loopback_endpoint
from constructs_ims.backend.client.errors import NotFoundError, RegionError
from constructs_ims.backend.client.session import Answer, Session

CREATION_ID: Final = "X-Constructs-Ims-Creation-Id"
"""The header that marks a creation; the client talks to this machine alone, so no other service ever sees it."""


class ImsClient:
    """Image metadata in one project.

    ``endpoint`` is the service's root, without a version. Without ``project_id`` the service takes the account's
    default project.
    """

    def __init__(self, session: Session, endpoint: str, project_id: str | None = None) -> None:
        self._session = session
        self._endpoint = loopback_endpoint(endpoint)
        self._headers = {"X-Project-Id": project_id} if project_id else {}

    def create_image(self, body: Mapping[str, Any], creation_id: str | None = None) -> dict[str, Any]:
        """Create an image's metadata from the documented fields and return the image as the service made it.

        The local service keeps ``creation_id`` with the image; see ``find_created``.
        """
        return self._send("POST", "/v2/images", creation_id, body=body).json_object()

    def find_created(self, creation_id: str) -> dict[str, Any] | None:
        """Return the image that was created under ``creation_id``, None when none was; the local service alone can."""
        _, images = self._page({}, creation_id)
        return images[0] if images else None

    def find_image(self, id: str) -> dict[str, Any] | None:
        """Return the image with ``id``, or None when there is none."""
        answer, images = self._page({"id": id})
        if images and images[0].get("id") != id:
            raise answer.unexpected(f'it lists another image than "{id}"')
        return images[0] if images else None

    def delete_image(self, id: str) -> None:
        """Delete the image with ``id``; raise ``NotFoundError`` when there is none.

        When an earlier attempt of this same call may have deleted the image, its absence is success.
        """
        try:
            self._send("DELETE", f"/v2/images/{quote(id, safe='')}")
        except NotFoundError as failure:
            if not failure.retried:
                raise

    def _page(self, query: Mapping[str, str], creation_id: str | None = None) -> tuple[Answer, list[dict[str, Any]]]:
        answer = self._send("GET", "/v2/cloudimages", creation_id, query=query)
        images = answer.json_object().get("images")
        if not isinstance(images, list) or not all(isinstance(image, dict) for image in images):
            raise answer.unexpected('it has no list "images" of objects')
        return answer, images

    def _send(self, method: str, path: str, creation_id: str | None = None, **rest: Any) -> Answer:
        headers = {**self._headers, CREATION_ID: creation_id} if creation_id else self._headers
        return self._session.send(method, self._endpoint, path, headers=headers, **rest)


class IamClient:
    """Projects and domains of the account; ``endpoint`` is IAM's root including its version, ``.../v3``."""

    def __init__(self, session: Session, endpoint: str) -> None:
        self._session = session
        self._endpoint = loopback_endpoint(endpoint)

    def project_id(self, region: str) -> str:
        """Return the id of the account's project in ``region``; raise ``RegionError`` when it has none."""
        answer = self._session.send("GET", self._endpoint, "/projects", query={"name": region})
        found = _ids(answer, "projects")
        if not found:
            raise RegionError(f"Wrong name or no access to the region: {region}")
        return found[0]

    def domain_id(self) -> str:
        """Return the id of the account's domain."""
        answer = self._session.send("GET", self._endpoint, "/auth/domains")
        found = _ids(answer, "domains")
        if not found:
            raise answer.unexpected("it lists no domain")
        return found[0]


def _ids(answer: Answer, name: str) -> list[str]:
    items = answer.json_object().get(name)
    if not isinstance(items, list) or not all(
        isinstance(item, dict) and isinstance(item.get("id"), str) for item in items
    ):
        raise answer.unexpected(f'it has no list "{name}" of objects with an id')
    return [item["id"] for item in items]
