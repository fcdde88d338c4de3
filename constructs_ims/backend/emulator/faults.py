"""The refusals of IMS, of its API gateway and of IAM: their codes, their wording, and the three shapes of their bodies.

Codes and messages are those of the vendor's tables. ``detail`` is ours: a sentence beside the vendor's two fields that
says what was wrong with this very request, which the vendor's messages do not.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

IMS_MESSAGES: Final = {
    "IMG.0001": "The request message format is invalid.",
    "IMG.0004": "The description contains more than 1024 characters.",
    "IMG.0007": "The request body is empty.",
    "IMG.0013": "The image name is not specified.",
    "IMG.0015": "The number of private images has reached the maximum allowed.",
    "IMG.0017": "The URL format is incorrect.",
    "IMG.0023": "An exception occurred during task query.",
    "IMG.0024": "The image type in the request is incorrect.",
    "IMG.0027": "The image ID in the request does not exist.",
    "IMG.0030": "The project ID and token in the request are invalid.",
    "IMG.0035": "An attribute conflict occurred during the modification.",
    "IMG.0046": "The image is unavailable.",
    "IMG.0047": "This operation can be performed only by the image owner.",
    "IMG.0054": "The image description format is invalid.",
    "IMG.0055": "The memory or disk size is invalid.",
    "IMG.0056": "Invalid OS version.",
    "IMG.0057": (
        "The image file is empty, not found, or in incorrect format, or you do not have enough permission to access "
        "the file."
    ),
    "IMG.0059": "The size of the image file exceeds the maximum allowed.",
    "IMG.0062": "The image name is incorrect.",
    "IMG.0067": "The project ID is incorrect.",
    "IMG.0068": "The specified bucket name is empty.",
    "IMG.0072": "The specified image format is not supported.",
    "IMG.0073": "The name of the exported file is empty.",
    "IMG.0076": "You cannot share an image with yourself.",
    "IMG.0088": "The number of shared images has reached the maximum allowed.",
    "IMG.0091": "The protected image cannot be deleted.",
    "IMG.0092": "The image can only be deleted by the owner.",
    "IMG.0105": "The operation is not supported.",
    "IMG.0108": "The tenant ID was not found in the current region.",
    "IMG.0112": "Failed to add the tenant.",
    "IMG.0114": "Failed to query the tenant details.",
    "IMG.0115": "The image tag is invalid.",
    "IMG.0116": "The number of image tags exceeds the quota.",
    "IMG.0121": "The object cannot be found.",
    "IMG.0141": "The value of hw_firmware_type is not uefi or bios.",
    "IMG.0142": "Replication must be performed across regions.",
    "IMG.0144": "The image does not exist.",
    "IMG.0145": "The project name is incorrect.",
    "IMG.0147": "The entered region information is incorrect.",
}

GATEWAY_MESSAGES: Final = {
    "APIGW.0101": (404, "The API does not exist or has not been published in the environment."),
    "APIGW.0201": (400, "API request error."),
    "APIGW.0301": (401, "Incorrect IAM authentication information"),
    "APIGW.0302": (403, "The IAM user is not authorized to access the API."),
    "APIGW.0306": (403, "API access denied."),
    "APIGW.0307": (401, "The token must be updated."),
    "APIGW.0308": (429, "The throttling threshold has been reached."),
    "APIGW.0601": (500, "Internal server error."),
}


class Fault(Exception):  # noqa: N818 - the service's word for it is a fault or a refusal, not a failure of ours
    """A refusal: an HTTP status and a body in the shape of whoever refuses."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status, body)
        self.status = status
        self._body = body

    def body(self, request_id: str) -> dict[str, Any]:
        """Return the body of the answer to the request with this id."""
        return {**self._body, "request_id": request_id} if "error_code" in self._body else self._body


def ims_fault(code: str, detail: str, status: int = 400) -> Fault:
    """Make a refusal of the image service.

    400 is the status of every documented code; the pages of single calls allow for 404 too.
    """
    return Fault(status, {"error": {"message": IMS_MESSAGES[code], "code": code, "detail": detail}})


def gateway_fault(code: str, message: str = "", status: int | None = None, detail: str = "") -> Fault:
    """Make a refusal of the API gateway; ``message`` and ``status`` take the place of the table's."""
    listed_status, listed_message = GATEWAY_MESSAGES[code]
    body = {"error_msg": message or listed_message, "error_code": code}
    return Fault(status or listed_status, {**body, "detail": detail} if detail else body)


def too_large(most: int) -> Fault:
    """Make the gateway's refusal of a body of more than ``most`` bytes."""
    return gateway_fault("APIGW.0201", "Request entity too large.", 413, f"At most {most} bytes are taken here.")


def authentication_fault(reason: str) -> Fault:
    """Make the gateway's refusal of a signature or token, with its ``reason`` after the colon."""
    return gateway_fault("APIGW.0301", f"{GATEWAY_MESSAGES['APIGW.0301'][1]}: {reason}")


def iam_fault(status: int, title: str, message: str) -> Fault:
    """Make a refusal of IAM, in Keystone's shape."""
    return Fault(status, {"error": {"code": status, "message": message, "title": title}})


def no_such_image(id: str) -> Fault:
    """Make the refusal of an id that the project does not have."""
    # Which code answers an unknown id is not documented; the calls list 404, and this code fits best.
    return ims_fault("IMG.0144", f'There is no image "{id}" in this project.', status=404)


def not_yours(project_id: str, id: str) -> Fault:
    """Make the refusal of a change to an image that another project shares with this one."""
    return ims_fault("IMG.0047", f'The image "{id}" belongs to another project than {project_id}.')


def no_such_api(method: str, path: str) -> Fault:
    """Make the refusal of a call that is not served."""
    return gateway_fault("APIGW.0101", detail=f"The local service does not answer {method} {path}.")


def reason_phrase(status: int) -> str:
    """Return what HTTP calls a status, of which a test may order one that it does not know."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Refused"
