"""``graph``: the stack's objects and what each is made from, in the language of Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.schema.diagnostics import error, has_errors

if TYPE_CHECKING:
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import Session

_GONE: Final = ("validate", "eval")
_WALKS: Final = ("plan", "plan-refresh-only", "apply")


def graph(parsed: Parsed, session: Session) -> int:
    """Print the graph of the objects, or of all that a walk of ``-type`` goes through."""
    from constructs_ims.backend.engine.render.graph_dot import objects_dot, walk_dot
    from constructs_ims.backend.sandbox.console import prepared

    kind = parsed["type"]
    _check(kind, parsed["plan"])
    stack, diagnostics = prepared(session.stack, session.read_state())
    if has_errors(diagnostics):
        raise CommandFailedError(*diagnostics)
    session.terminal.say(walk_dot(stack, is_apply=kind == "apply") if kind else objects_dot(stack))
    return 0


def _check(kind: str | None, plan: str | None) -> None:
    if plan or kind == "plan-destroy":
        detail = (
            "The graphs of a saved plan and of a destruction are not drawn here. Set CONSTRUCTS_IMS_ENGINE=terraform "
            "to have the real Terraform draw them."
        )
        raise CommandFailedError(error("Graph not available", detail))
    if kind in _GONE:
        detail = f'The graph type "{kind}" is no longer available. Use -type=plan instead to get a similar result.'
        raise CommandFailedError(error("Graph type no longer available", detail))
    if kind and kind not in _WALKS:
        detail = 'The -type=... argument must be either "plan", "plan-refresh-only", "plan-destroy", or "apply".'
        raise CommandFailedError(error("Unsupported graph type", detail))
