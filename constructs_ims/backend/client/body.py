"""The body of an answer, bounded in size and in time; a timeout of the socket bounds each part of it alone."""

from __future__ import annotations

import time
from typing import Final

import requests

LARGEST_BODY: Final = 64 << 20
"""Bytes; a page of a thousand images has about a fiftieth of it."""
_PART: Final = 64 << 10


def read_body(response: requests.Response, seconds: float) -> bytes:
    """Return what the service sent, as it was sent: an encoding that nobody asked for is not undone.

    Raise what ``requests`` raises for a failure, a body over ``LARGEST_BODY`` and one that takes longer than
    ``seconds`` among them.
    """
    deadline = time.monotonic() + seconds
    body = bytearray()
    try:
        while part := response.raw.read1(_PART):
            body += part
            if len(body) > LARGEST_BODY:
                raise requests.exceptions.ContentDecodingError(f"it is larger than {LARGEST_BODY >> 20} MiB")
            if time.monotonic() > deadline:
                raise requests.exceptions.ReadTimeout(f"not whole after {seconds:g} seconds")
    except BaseException:
        response.close()
        raise
    return bytes(body)
