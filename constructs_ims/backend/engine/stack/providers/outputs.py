"""Made-up outputs of what is simulated as a whole: module calls, and states that are out of reach."""

from __future__ import annotations

from typing import Any

from constructs_ims.backend.engine.lang import ConversionError, convert, from_json, type_of, typed
from constructs_ims.backend.engine.lang.typed import collapse
from constructs_ims.backend.engine.stack.demands.demand import ANYTHING, Demand
from constructs_ims.backend.engine.stack.evaluate.bodies import plain
from constructs_ims.backend.engine.stack.providers.made_up import grown, made_up
from constructs_ims.backend.engine.state.model import OutputState
from constructs_ims.schema.types import Type


def said_output(said: Any) -> OutputState:
    """Return an output that the user says, as JSON has it."""
    value = from_json(said)
    return OutputState(collapse(value), type_of(value))


def made_up_output(stored: OutputState | None, asked: Demand, seed: str) -> OutputState:
    """Return an output that gives what is asked: as it was ``stored`` as far as that does, else the same for a seed."""
    type_ = stored.type if stored is not None and asked == ANYTHING else asked.type()
    value = None if stored is None else _converted(stored, type_)
    return OutputState(grown(value, type_, seed, asked) if value is not None else made_up(type_, seed, asked), type_)


def _converted(stored: OutputState, type_: Type) -> Any:
    """Return a stored value under a type; None where it has none under that."""
    if stored.type == type_:
        return stored.value
    try:
        return plain(convert(typed(stored.value, stored.type), type_), type_)
    except ConversionError:
        return None
