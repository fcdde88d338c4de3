"""``metadata functions``: the functions of the expression language, as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.schema.diagnostics import error
from constructs_ims.schema.types import type_to_json

if TYPE_CHECKING:
    from constructs_ims.backend.engine.lang.functions.registry import Function, Parameter
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import Session


def functions(parsed: Parsed, session: Session) -> int:
    """Print the signatures."""
    from constructs_ims.backend.engine.lang.functions.registry import CONSOLE_ONLY, CORE_PREFIX, find, names

    if not parsed["json"]:
        detail = "The `terraform metadata functions` command requires the `-json` flag."
        raise CommandFailedError(error("JSON only", detail))
    signatures = {
        f"{prefix}{name}": _signature(found)
        for name in names()
        if name not in CONSOLE_ONLY and (found := find(name))
        for prefix in ("", CORE_PREFIX)
    }
    session.terminal.say(json.dumps({"format_version": "1.0", "function_signatures": signatures}, sort_keys=True))
    return 0


def _signature(found: Function) -> dict[str, Any]:
    from constructs_ims.backend.engine.lang.functions.registry import static_result

    signature: dict[str, Any] = {"return_type": type_to_json(static_result(found))}
    if found.parameters:
        signature["parameters"] = [_parameter(parameter) for parameter in found.parameters]
    if found.variadic is not None:
        signature["variadic_parameter"] = _parameter(found.variadic)
    return signature


def _parameter(parameter: Parameter) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": parameter.name, "type": type_to_json(parameter.type)}
    return {**shown, "is_nullable": True} if parameter.nullable else shown
