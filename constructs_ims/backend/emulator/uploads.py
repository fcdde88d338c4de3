"""Connections of the server: bodies that are refused by their headers are thrown away as they come in, not stored."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from waitress.channel import ClientDisconnected
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error

from constructs_ims.backend.emulator.controls import ConnectionDroppedError
from constructs_ims.backend.emulator.faults import gateway_fault, reason_phrase
from constructs_ims.backend.emulator.lingering import LingeringChannel

if TYPE_CHECKING:
    from constructs_ims.backend.emulator.faults import Fault


def channel_class(refuse: Callable[[Mapping[str, str]], Fault | None]) -> type[LingeringChannel]:
    """Return the class of connections whose requests ``refuse`` judges by their headers, given as WSGI has them."""

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        body_rcv: Any
        expect_continue: bool

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if self.body_rcv is not None and (fault := refuse({**_wsgi_names(self.headers), "PATH_INFO": self.path})):
                self._refuse(fault)

        def _refuse(self, fault: Fault) -> None:
            self.error = UploadRefusedError(fault)
            if self.expect_continue:  # the client waits for leave to send
                self.expect_continue = False
                self.body_rcv = None
            else:
                self.body_rcv.buf.close()
                self.body_rcv.buf = _Nowhere()

    class Channel(LingeringChannel):
        parser_class = Parser
        task_class = _Task
        error_task_class = _ErrorTask

    return Channel


class _ErrorTask(ErrorTask):  # type: ignore[misc]
    def execute(self) -> None:
        """Answer what the server itself cannot read as the gateway does."""
        failure = self.request.error
        if not isinstance(failure, UploadRefusedError):
            status, message = _GATEWAY_ANSWERS.get(failure.code, (failure.code, failure.reason))
            fault = gateway_fault("APIGW.0201", message, status, failure.body)
            self.request.error = UploadRefusedError(fault)
        super().execute()


_GATEWAY_ANSWERS: Final = {
    413: (413, "Request entity too large."),
    431: (494, "Request headers too large."),
}


class _Task(WSGITask):  # type: ignore[misc]
    def execute(self) -> None:
        try:
            super().execute()
        except ConnectionDroppedError as failure:
            # The connection is reset, not closed in good order, and the server closes what is left of it.
            self.channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.channel.is_reset = True
            raise ClientDisconnected from failure


def _wsgi_names(headers: Mapping[str, str]) -> dict[str, str]:
    return {name if name == "CONTENT_LENGTH" else f"HTTP_{name}": value for name, value in headers.items()}


class _Nowhere:
    """Takes what a body consists of, and keeps its length alone."""

    def __init__(self) -> None:
        self._length = 0

    def append(self, data: bytes) -> None:
        self._length += len(data)

    def __len__(self) -> int:
        return self._length

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


class UploadRefusedError(Error):  # type: ignore[misc]
    """The answer to a refused request, in the service's own form."""

    def __init__(self, fault: Fault) -> None:
        super().__init__("")
        self.code = fault.status
        self.reason = reason_phrase(fault.status)
        self._fault = fault

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, Any]], bytes]:
        """Return status, headers and body."""
        request_id = uuid4().hex
        headers = [("Content-Type", "application/json"), ("X-Request-Id", request_id)]
        return f"{self.code} {self.reason}", headers, json.dumps(self._fault.body(request_id)).encode()
