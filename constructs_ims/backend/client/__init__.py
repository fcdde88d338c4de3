"""The client: IMS and IAM over HTTP, on this machine only.

``Session`` is the one place that sends: it signs, bounds the time, retries what is safe to retry and turns every
failure into the tree of ``errors``. ``ImsClient`` and ``IamClient`` know paths and shapes, nothing of transport.
"""

from __future__ import annotations

from constructs_ims.backend.client.api import IamClient, ImsClient
from constructs_ims.backend.client.errors import ClientError
from constructs_ims.backend.client.retries import RetryPolicy
from constructs_ims.backend.client.session import Session, Timeouts
from constructs_ims.backend.client.signing import Credentials
from constructs_ims.backend.client.wsgi import WsgiAdapter

__all__ = [
    "ClientError",
    "Credentials",
    "IamClient",
    "ImsClient",
    "RetryPolicy",
    "Session",
    "Timeouts",
    "WsgiAdapter",
]
