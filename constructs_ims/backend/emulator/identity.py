"""The calls of IAM that clients of the image service make on the way: projects, domains, tokens."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from constructs_ims.backend.emulator.account import Account, AccountProject
from constructs_ims.backend.emulator.faults import Fault, iam_fault
from constructs_ims.backend.emulator.messages import Call, Reply, Service
from constructs_ims.backend.emulator.tokens import AuthToken, new_token, read_token, write_token

_ROLES: Final = ({"id": "0", "name": "te_admin"}, {"id": "0", "name": "ims_adm"})


def show_version(_: Service, call: Call) -> Reply:
    """``GET /v3``: which version of the identity API this is."""
    link = {"rel": "self", "href": f"http://{call.host}/v3/"}
    return Reply.json({"version": {"id": "v3.6", "status": "stable", "links": [link], "media-types": []}})


_PROJECT_PROPERTIES: Final = ("name", "domain_id", "parent_id", "enabled", "is_domain")
PROJECT_FILTERS: Final = (*_PROJECT_PROPERTIES, "page", "per_page")
"""The query parameters of a list of projects."""


def list_projects(service: Service, call: Call) -> Reply:
    """``GET /v3/projects``: the account's projects, of which each region has one."""
    account = service.account
    projects = [_project(project, account, call.host) for project in account.projects]
    for name in _PROJECT_PROPERTIES:
        wanted = call.argument(name)
        if wanted is not None:
            projects = [project for project in projects if str(project[name]).lower() == wanted.lower()]
    return Reply.json({"projects": _paged(projects, call), "links": _links(f"http://{call.host}/v3/projects")})


def show_project(service: Service, call: Call) -> Reply:
    """``GET /v3/projects/{project_id}``: one project of the account."""
    for project in service.account.projects:
        if project.id == call.params["id"]:
            return Reply.json({"project": _project(project, service.account, call.host)})
    raise iam_fault(404, "Not Found", f"Could not find project: {call.params['id']}.")


def list_regions(service: Service, call: Call) -> Reply:
    """``GET /v3/regions``: the regions that the account has a project in."""
    regions = [_region(project.name, call.host) for project in service.account.projects]
    return Reply.json({"regions": regions, "links": _links(f"http://{call.host}/v3/regions")})


def show_region(service: Service, call: Call) -> Reply:
    """``GET /v3/regions/{id}``: one of them."""
    if all(project.name != call.params["id"] for project in service.account.projects):
        raise iam_fault(404, "Not Found", f"Could not find region: {call.params['id']}.")
    return Reply.json({"region": _region(call.params["id"], call.host)})


def show_catalog(service: Service, call: Call) -> Reply:
    """``GET /v3/auth/catalog``: the services, and where they are."""
    links = _links(f"http://{call.host}/v3/auth/catalog")
    return Reply.json({"catalog": _catalog(service.account, call.host), "links": links})


def check_token(service: Service, call: Call) -> Reply:
    """``GET`` or ``HEAD /v3/auth/tokens``: what a token is good for, which the header ``X-Subject-Token`` has."""
    account = service.account
    try:
        token = read_token(call.subject_token, account, service.token_time())
    except Fault:
        raise iam_fault(404, "Not Found", "The token in X-Subject-Token is none, or has expired.") from None
    project = next((project for project in account.projects if project.id == token.project_id), None)
    return Reply.json({"token": _token(token, project, account, call)}, 200, {"X-Subject-Token": call.subject_token})


def list_domains(service: Service, call: Call) -> Reply:
    """``GET /v3/auth/domains``: the account's one domain."""
    account = service.account
    domain = {
        "id": account.domain_id,
        "name": account.domain_name,
        "enabled": True,
        "description": "",
        "links": {"self": f"http://{call.host}/v3/domains/{account.domain_id}"},
    }
    return Reply.json({"domains": [domain], "links": _links(f"http://{call.host}/v3/auth/domains")})


def issue_token(service: Service, call: Call) -> Reply:
    """``POST /v3/auth/tokens``: a token for the account's user and password, or for its key pair.

    The method of the latter, ``hw_ak_sk``, is in no document, but clients in several languages use it.
    """
    account = service.account
    auth = _mapping(_identity_body(call), "auth")
    identity = _mapping(auth, "identity")
    methods = identity.get("methods", ["password"])
    if methods == ["password"]:
        _check_password(_mapping(_mapping(identity, "password"), "user"), account)
    elif methods == ["hw_ak_sk"]:
        _check_key_pair(_mapping(identity, "hw_ak_sk"), account)
    else:
        detail = f"The method {json.dumps(methods)} is not served. Use a password, or hw_ak_sk."
        raise iam_fault(401, "Unauthorized", detail)
    project = _scope(auth.get("scope"), account)
    token = new_token(project.id if project else None, service.token_time(), methods[0])
    body = _token(token, project, account, call)
    return Reply.json({"token": body}, 201, {"X-Subject-Token": write_token(token, account)})


def _region(name: str, host: str) -> dict[str, Any]:
    links = {"self": f"http://{host}/v3/regions/{name}"}
    return {"id": name, "type": "public", "description": "", "parent_region_id": None, "links": links}


def _project(project: AccountProject, account: Account, host: str) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "domain_id": account.domain_id,
        "parent_id": account.domain_id,
        "is_domain": False,
        "enabled": True,
        "description": "",
        "links": _links(f"http://{host}/v3/projects/{project.id}"),
    }


def _paged(items: list[dict[str, Any]], call: Call) -> list[dict[str, Any]]:
    page, per_page = call.argument("page"), call.argument("per_page")
    if page is None or per_page is None:
        return items
    if not (_is_count(page) and _is_count(per_page)):
        raise iam_fault(400, "Bad Request", "The page and per_page parameters must be whole numbers from 1.")
    start = (int(page) - 1) * int(per_page)
    return items[start : start + int(per_page)]


def _is_count(text: str) -> bool:
    return re.fullmatch("0*[1-9][0-9]{0,8}", text, re.ASCII) is not None


def _links(own: str) -> dict[str, str | None]:
    return {"self": own, "previous": None, "next": None}


def _identity_body(call: Call) -> dict[str, Any]:
    try:
        return call.json_object()
    except Fault:
        raise _malformed("The body is not a JSON object.") from None


def _mapping(value: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    if not isinstance(found, dict):
        raise _malformed(f"{key} is not an object.")
    return found


def _malformed(message: str) -> Fault:
    return iam_fault(400, "Bad Request", message)


def _check_password(user: Mapping[str, Any], account: Account) -> None:
    named = user.get("name") == account.user_name or user.get("id") == account.user_id
    domain = user.get("domain", {})
    is_user = named and isinstance(domain, dict) and _is_domain(domain, account)
    given = str(user.get("password", "")).encode(errors="replace")
    if not account.password or not is_user or not hmac.compare_digest(given, account.password.encode()):
        raise iam_fault(401, "Unauthorized", "The username or password is wrong.")


def _is_domain(named: Mapping[str, Any], account: Account) -> bool:
    """Tell whether a domain that is named by id or name, or not at all, is the account's."""
    is_id, is_name = named.get("id") in (None, account.domain_id), named.get("name") in (None, account.domain_name)
    return is_id and is_name


def _check_key_pair(given: Mapping[str, Any], account: Account) -> None:
    access, secret = (_mapping(given, part).get("key") for part in ("access", "secret"))
    is_secret = hmac.compare_digest(str(secret).encode(errors="replace"), account.secret_key.encode())
    if access != account.access_key or not is_secret:
        raise iam_fault(401, "Unauthorized", "The access key or secret key is wrong.")


def _scope(scope: object, account: Account) -> AccountProject | None:
    """Return the project that a scope names; None stands for the domain, which is also what no scope means."""
    match scope:
        case None:
            return None
        case {"project": dict() as wanted}:
            for project in account.projects:
                if project.id == wanted.get("id") or project.name == wanted.get("name"):
                    return project
            raise iam_fault(401, "Unauthorized", "The project of the scope does not exist.")
        case {"domain": dict() as named, **others} if others.get("project") is None:
            if _is_domain(named, account):
                return None
            raise iam_fault(401, "Unauthorized", "The domain of the scope does not exist.")
    raise _malformed("scope names neither a project nor a domain.")


def _token(token: AuthToken, project: AccountProject | None, account: Account, call: Call) -> dict[str, Any]:
    domain = {"id": account.domain_id, "name": account.domain_name}
    scope = {"project": {"id": project.id, "name": project.name, "domain": domain}} if project else {"domain": domain}
    return {
        "methods": [token.method],
        "issued_at": _time(token.issued_at),
        "expires_at": _time(token.expires_at),
        "catalog": [] if call.argument("nocatalog") else _catalog(account, call.host),
        "roles": list(_ROLES),
        "user": {"id": account.user_id, "name": account.user_name, "domain": domain, "password_expires_at": ""},
        **scope,
    }


def _catalog(account: Account, host: str) -> list[dict[str, Any]]:
    services = (("ims", "image", ""), ("iam", "identity", "/v3"))
    return [_catalog_entry(account, f"http://{host}{path}", name, type) for name, type, path in services]


def _catalog_entry(account: Account, url: str, name: str, type: str) -> dict[str, Any]:
    endpoint = {"id": name, "interface": "public", "region": account.region, "region_id": account.region, "url": url}
    return {"id": name, "name": name, "type": type, "endpoints": [endpoint]}


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
