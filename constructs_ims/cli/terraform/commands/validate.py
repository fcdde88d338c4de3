"""``validate``: whether the configuration is sound, without looking at any state or service."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.cli.views.diagnostics import texts_of
from constructs_ims.schema.diagnostics import Diagnostic, error, has_errors

if TYPE_CHECKING:
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


def validate(parsed: Parsed, session: CommandSession) -> int:
    """Check the stack."""
    if parsed.words:
        raise CommandFailedError(error("Too many command line arguments", "Expected no positional argument."))
    found = session.stack.engine().validate(session.directory).diagnostics
    if parsed["json"]:
        session.terminal.say(_document(found, session))
        return int(has_errors(found))
    session.show(found)
    if has_errors(found):
        return 1
    but = ", but there were some validation warnings as shown above" if found else ""
    session.terminal.say(session.terminal.paint(f"[green][bold]Success![reset] The configuration is valid{but}.\n"))
    return 0


def _document(found: Sequence[Diagnostic], session: CommandSession) -> str:
    from constructs_ims.backend.engine.render.diagnostics_text import diagnostic_to_json

    texts = texts_of(found, session.directory)
    errors = sum(diagnostic.is_error for diagnostic in found)
    document = {
        "format_version": "1.0",
        "valid": not errors,
        "error_count": errors,
        "warning_count": len(found) - errors,
        "diagnostics": [diagnostic_to_json(diagnostic, texts) for diagnostic in found],
    }
    return json.dumps(document, indent=2)
