"""What may be a slip of the pen in what is asked of a plan, of which Terraform says nothing."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_ims.backend.engine.changes import Plan
from constructs_ims.backend.engine.options import read_addresses
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, warning


def doubtful_targets(plan: Plan) -> Iterator[Diagnostic]:
    """Yield a warning for each target that nothing has for its address, and something almost."""
    known = {*plan.configuration.resources, *plan.prior_state.resources}
    for target in read_addresses(plan.targets, "-target")[0]:
        hint = "" if target.resource in known else did_you_mean(str(target.resource), sorted(map(str, known)))
        if hint:
            detail = f'Nothing in the stack has the address "{target}", so nothing is done there.{hint}'
            yield warning("Target not found", detail)
