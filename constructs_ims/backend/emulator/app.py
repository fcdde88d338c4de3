"""The WSGI application: joins the routes with the web framework, and guards the way in."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import falcon

from constructs_ims.backend.emulator.account import Account
from constructs_ims.backend.emulator.auth import AskedProjects, Received, check_claim, check_signature
from constructs_ims.backend.emulator.controls import ConnectionDroppedError, Controls, LoggedRequest
from constructs_ims.backend.emulator.exchange import answered, operation_of
from constructs_ims.backend.emulator.faults import Fault, gateway_fault, ims_fault, no_such_api, too_large
from constructs_ims.backend.emulator.hosts import HostPolicy
from constructs_ims.backend.emulator.messages import Call, Reply, Service
from constructs_ims.backend.emulator.route import Route, is_admin_path
from constructs_ims.backend.emulator.routes import ROUTES
from constructs_ims.backend.emulator.store import Store

MAX_BODY: Final = 12 * 1024 * 1024
"""The most bytes that a signed request may carry."""
MAX_UNSIGNED_BODY: Final = 64 * 1024
"""The most bytes that a request may carry whose sender is not known."""
_MAX_PARAMETERS: Final = 100
"""The most query parameters: each is a condition on the images, and the database bounds how many it can join."""
_LONGEST_URI: Final = 32 * 1024

_log = logging.getLogger(__name__)


def create_app(
    store: Store,
    account: Account,
    *,
    host: str = "127.0.0.1",
    allow_hosts: Collection[str] = (),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    new_request_id: Callable[[], str] = lambda: uuid4().hex,
    controls: Controls | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> WSGIApplication:
    """Make the emulator's WSGI application over ``store`` for ``account``.

    ``host`` is the address that it is served on: beyond loopback its admin API, under ``/_emulator/``, need a
    signature or a token as every other call does. ``allow_hosts`` are names, besides this machine's, by which requests
    may call it. ``clock`` gives the time in UTC by which signatures and tokens are judged (images are stamped by the
    store's own clock). ``controls`` are what tests ask of it, new ones when left out. ``sleep`` holds an answer back
    for so many seconds.
    """
    policy = HostPolicy.make(host, allow_hosts)
    service = Service(store, account, clock, controls or Controls(), _description, sleep)
    served = _Served(service, policy, new_request_id)
    routed = _routed()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[_SERVED] = served
        return routed(environ, start_response)

    return application


def _description() -> Mapping[str, Any]:
    from constructs_ims.backend.emulator.openapi import openapi_document

    return openapi_document(ROUTES)


_SERVED: Final = "constructs_ims.served"


@dataclass(frozen=True, slots=True)
class _Served:
    """What one application serves; it goes with each request, so that all applications share the compiled routes."""

    service: Service
    policy: HostPolicy
    new_request_id: Callable[[], str]


@cache
def _routed() -> falcon.App[falcon.Request, falcon.Response]:
    """Return the routes as the web framework has them; compiling them costs more than a small test does."""
    app = falcon.App(middleware=[_Entrance()])
    for path in dict.fromkeys(route.path for route in ROUTES):
        app.add_route(path, _resource([route for route in ROUTES if route.path == path]))
    app.add_error_handler(Exception, _answer_surprise)
    app.add_error_handler(ConnectionDroppedError, _answer_nothing)
    app.add_error_handler(sqlite3.OperationalError, _answer_storage)
    app.add_error_handler(falcon.HTTPError, _answer_framework)
    app.add_error_handler(Fault, _answer_fault)
    return app


class _Entrance:
    """Gives each request its id, and turns away those that call the emulator by a foreign name."""

    def process_request(self, request: falcon.Request, response: falcon.Response) -> None:
        """Run before a request is routed."""
        served: _Served = request.env[_SERVED]
        response.set_header("X-Request-Id", served.new_request_id())
        try:
            served.policy.check(request.env)
        except Fault as fault:
            _note_unknown(request, fault.status)
            raise
        if len(request.env["PATH_INFO"]) + len(request.query_string) > _LONGEST_URI:
            raise gateway_fault("APIGW.0201", "Request URI too large.", 414)


def _note_unknown(request: falcon.Request, status: int) -> None:
    """Note in the log a request that was refused before it was known which operation it is."""
    service: Service = request.env[_SERVED].service
    query = tuple(parse_qsl(request.query_string, keep_blank_values=True))[:_MAX_PARAMETERS]
    now = service.store.clock.shown()
    service.controls.log.add(LoggedRequest(now, "unknown", request.method, request.path, query, status))


def _resource(routes: list[Route]) -> SimpleNamespace:
    """Return what the framework calls a resource: an object with a method for each HTTP method of one path."""
    return SimpleNamespace(**{f"on_{route.method.lower()}": _responder(route) for route in routes})


def _responder(route: Route) -> Callable[..., None]:
    def respond(request: falcon.Request, response: falcon.Response, **params: str) -> None:
        served: _Served = request.env[_SERVED]
        service = served.service
        call, status = None, None
        try:
            signed = route.signed or (route.is_guarded and served.policy.beyond_loopback)
            call = _call(route, request, params, served, signed=signed)
            _check(route, call)
            reply = answered(route, service, call)
            status = reply.status
        except Fault as fault:
            status = fault.status
            raise
        finally:
            if not route.is_admin:
                query, content = (call.query, call.body) if call else ((), b"")
                operation = operation_of(route, call)
                now = service.store.clock.shown()
                service.controls.log.add(
                    LoggedRequest(now, operation, request.method, request.path, query, status, content, _kept(request))
                )
        _write(response, reply)

    return respond


def _kept(request: falcon.Request) -> tuple[tuple[str, str], ...]:
    """Return the headers that belong to what a request asks for, and hold no secret."""
    headers = {"Content-Type": request.content_type, "X-Project-Id": request.env.get("HTTP_X_PROJECT_ID")}
    return tuple((name, value) for name, value in headers.items() if value)


def _call(route: Route, request: falcon.Request, params: Mapping[str, str], served: _Served, *, signed: bool) -> Call:
    service = served.service
    query = _query(request)
    environ = request.env
    token = None
    if signed:
        # Who sends is looked at before the body is read, whose digest is a part of what was signed.
        token = check_claim(environ, service.account, service.clock(), service.token_time())
    is_known = signed or is_admin_path(request.path)  # which is of this machine, or signed
    body = _body(request, MAX_BODY if is_known else MAX_UNSIGNED_BODY)
    if signed and not token:
        received = Received(request.method, environ["PATH_INFO"], request.query_string, environ, body)
        check_signature(received, service.account)
    asked_for = AskedProjects(environ.get("HTTP_X_PROJECT_ID"), params.get("project_id"), token)
    project_id = asked_for.checked(service.account) if route.is_of_a_project else service.account.default_project.id
    creation_id = environ.get("HTTP_X_CONSTRUCTS_IMS_CREATION_ID") or None
    media_type = (request.content_type or "").partition(";")[0].strip().lower()
    return Call(
        query,
        body,
        params,
        project_id,
        request.netloc,
        creation_id,
        media_type,
        environ.get("HTTP_X_SUBJECT_TOKEN", ""),
        accepts_html="text/html" in environ.get("HTTP_ACCEPT", ""),
        is_local=not served.policy.beyond_loopback,
    )


def _check(route: Route, call: Call) -> None:
    """Refuse what the call does not take: parameters, and a body, or one of another kind."""
    if route.query is not None and (unknown := sorted({name for name, _ in call.query} - set(route.query))):
        raise ims_fault("IMG.0017", f"{unknown[0]} is no parameter of {route.method} {route.path}.")
    # Whether a call without a body passes one over is in no document; HTTP leaves it open, and gateways do either.
    if call.body.strip() and not route.media_types:
        raise gateway_fault("APIGW.0201", detail=f"{route} takes no body.")
    # What sends a body without saying what it is, as curl and Python do, is understood where tests and tools ask.
    if call.body and call.media_type and call.media_type not in route.media_types and not route.is_admin:
        detail = f"The body is {call.media_type}; this call takes {' or '.join(route.media_types)}."
        raise gateway_fault("APIGW.0201", "Unsupported media type.", 415, detail)


def _query(request: falcon.Request) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(parse_qsl(request.query_string, keep_blank_values=True, max_num_fields=_MAX_PARAMETERS))
    except ValueError:
        detail = f"The query has more than {_MAX_PARAMETERS} parameters. Send fewer."
        raise gateway_fault("APIGW.0201", detail=detail) from None


def _body(request: falcon.Request, most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise too_large(most)
    return bytes(request.bounded_stream.read()) if request.content_length else b""


def refuse_upload(account: Account, environ: Mapping[str, str], *, beyond_loopback: bool = False) -> Fault | None:
    """Return the refusal of a body over ``MAX_UNSIGNED_BODY``, judged by the request's headers alone, or None.

    ``environ`` has the path and the headers as WSGI has them. A body whose length is not told is as good as a large
    one. The admin API takes large ones unsigned, unless other machines reach it.
    """
    if is_admin_path(environ["PATH_INFO"]) and not beyond_loopback:
        return None
    length = environ.get("CONTENT_LENGTH", "")
    if length.isdecimal() and int(length) <= MAX_UNSIGNED_BODY:
        return None
    try:
        now = datetime.now(UTC)
        check_claim(environ, account, now, now)
    except Fault as fault:
        return fault
    return None


def _write(response: falcon.Response, reply: Reply) -> None:
    response.status = reply.status
    if reply.status != 204:
        response.content_type = reply.media_type
        content = reply.body.encode() if reply.content is None else reply.content
        if reply.length is None:
            response.data = content
        else:
            response.set_stream(iter([content]), reply.length)
    for name, value in reply.headers.items():
        response.set_header(name, value)


def _answer_fault(_request: falcon.Request, response: falcon.Response, fault: Fault, _params: Any) -> None:
    _write(response, Reply.json(fault.body(response.get_header("X-Request-Id") or ""), fault.status))


def _answer_nothing(
    _request: falcon.Request, _response: falcon.Response, failure: ConnectionDroppedError, _params: Any
) -> None:
    """Leave it to the server to close the connection."""
    raise failure


def _answer_framework(
    request: falcon.Request, response: falcon.Response, failure: falcon.HTTPError, params: Any
) -> None:
    """Answer what the framework itself refuses: an unknown path or method, or a malformed header."""
    if failure.status_code in (404, 405):
        fault = no_such_api(request.method, request.path)
        if not is_admin_path(request.path):
            _note_unknown(request, fault.status)
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
