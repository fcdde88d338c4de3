"""The WSGI application: joins the routes with the web framework, and guards the way in."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import uuid4

import falcon

from constructs_ims.backend.emulator.account import Account
from constructs_ims.backend.emulator.auth import Received, authenticate
from constructs_ims.backend.emulator.faults import Fault, gateway_fault, no_such_api
from constructs_ims.backend.emulator.hosts import check_host
from constructs_ims.backend.emulator.messages import Call, Reply, Service
from constructs_ims.backend.emulator.routes import ROUTES, Route
from constructs_ims.backend.emulator.store import Store

MAX_BODY: Final = 12 * 1024 * 1024
"""The most bytes that a signed request may carry."""

_log = logging.getLogger(__name__)


def create_app(
    store: Store,
    account: Account,
    *,
    allow_hosts: Collection[str] = (),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    new_request_id: Callable[[], str] = lambda: uuid4().hex,
) -> falcon.App[falcon.Request, falcon.Response]:
    """Make the emulator's WSGI application over ``store`` for ``account``.

    ``allow_hosts`` are names, besides this machine's, by which requests may call it. ``clock`` gives the time in UTC by
    which signatures and tokens are judged (images are stamped by the store's own clock).
    """
    app = falcon.App(middleware=[_Entrance(frozenset(allow_hosts), new_request_id)])
    service = Service(store, account, clock)
    for path in dict.fromkeys(route.path for route in ROUTES):
        app.add_route(path, _resource([route for route in ROUTES if route.path == path], service))
    app.add_error_handler(Exception, _answer_surprise)
    app.add_error_handler(sqlite3.OperationalError, _answer_storage)
    app.add_error_handler(falcon.HTTPError, _answer_framework)
    app.add_error_handler(Fault, _answer_fault)
    return app


class _Entrance:
    """Gives each request its id, and turns away those that call the emulator by a foreign name."""

    def __init__(self, allow_hosts: Collection[str], new_request_id: Callable[[], str]) -> None:
        self._allow_hosts = allow_hosts
        self._new_request_id = new_request_id

    def process_request(self, request: falcon.Request, response: falcon.Response) -> None:
        """Run before a request is routed."""
        response.set_header("X-Request-Id", self._new_request_id())
        check_host(request.env.get("HTTP_HOST"), request.env.get("HTTP_ORIGIN"), self._allow_hosts)


def _resource(routes: list[Route], service: Service) -> SimpleNamespace:
    """Return what the framework calls a resource: an object with a method for each HTTP method of one path."""
    return SimpleNamespace(**{f"on_{route.method.lower()}": _responder(route, service) for route in routes})


def _responder(route: Route, service: Service) -> Callable[..., None]:
    def respond(request: falcon.Request, response: falcon.Response, **params: str) -> None:
        body = _body(request)
        environ = request.env
        project_id = environ.get("HTTP_X_PROJECT_ID") or service.account.default_project.id
        if route.signed:
            received = Received(request.method, environ["PATH_INFO"], request.query_string, environ, body)
            token = authenticate(received, service.account, service.clock())
            project_id = (token and token.project_id) or project_id
        query = tuple(parse_qsl(request.query_string, keep_blank_values=True)) if request.query_string else ()
        _write(response, route.handler(service, Call(query, body, params, project_id, request.netloc)))

    return respond


def _body(request: falcon.Request) -> bytes:
    if (request.content_length or 0) > MAX_BODY:
        raise gateway_fault("APIGW.0201", "Request entity too large.", 413)
    return bytes(request.bounded_stream.read()) if request.content_length else b""


def _write(response: falcon.Response, reply: Reply) -> None:
    response.status = reply.status
    if reply.status != 204:
        response.content_type = "application/json"
        response.data = reply.body.encode()
    for name, value in reply.headers.items():
        response.set_header(name, value)


def _answer_fault(_request: falcon.Request, response: falcon.Response, fault: Fault, _params: Any) -> None:
    _write(response, Reply.json(fault.body(response.get_header("X-Request-Id") or ""), fault.status))


def _answer_framework(
    request: falcon.Request, response: falcon.Response, failure: falcon.HTTPError, params: Any
) -> None:
    """Answer what the framework itself refuses: an unknown path or method, or a malformed header."""
    if failure.status_code in (404, 405):
        fault = no_such_api(request.method, request.path)
    else:
        fault = gateway_fault("APIGW.0201", status=failure.status_code, detail=failure.description or failure.title)
    _answer_fault(request, response, fault, params)


def _answer_storage(
    request: falcon.Request, response: falcon.Response, failure: sqlite3.OperationalError, params: Any
) -> None:
    """Answer that the database cannot be used just now: the disk is full, say, which is no failure of the emulator."""
    detail = f"The local service cannot use its database ({failure}). See that its disk has room and may be written to."
    _answer_fault(request, response, gateway_fault("APIGW.0601", detail=detail), params)


def _answer_surprise(request: falcon.Request, response: falcon.Response, failure: Exception, params: Any) -> None:
    """Answer a failure of the emulator itself: the client learns its id, the log the rest."""
    _log.error(
        "%s %s failed, request id %s",
        request.method,
        request.path,
        response.get_header("X-Request-Id"),
        exc_info=failure,
    )
    _answer_fault(request, response, gateway_fault("APIGW.0601"), params)
