"""What a provider says of a configured object, and what may not be set whatever it says."""

from __future__ import annotations

from collections.abc import Sequence

from constructs_ims.backend.engine.stack.evaluate.bodies import Evaluated
from constructs_ims.backend.engine.stack.evaluate.sensitive import without_sensitive
from constructs_ims.backend.engine.stack.providers.port import Provider
from constructs_ims.schema.attribute import Block
from constructs_ims.schema.diagnostics import Diagnostic, has_errors
from constructs_ims.schema.unconfigurable import unconfigurable_faults


def argument_faults(provider: Provider, type_name: str, block: Block, evaluated: Evaluated) -> Sequence[Diagnostic]:
    """Return what a provider says of a configured object, and where it lets all pass, what may not be set."""
    config = evaluated.value
    found = without_sensitive(provider.validate_resource(type_name, config), (config, evaluated.sensitive))
    return found if has_errors(found) else [*found, *unconfigurable_faults(block, config)]
