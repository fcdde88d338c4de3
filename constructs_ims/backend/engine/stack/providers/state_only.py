"""What providers have in common whose objects exist in the state alone, with no service behind them."""

from __future__ import annotations

from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.operations import Object, ReadResult


class StateOnly:
    """Accepts every configuration, finds every object as the state has it, and never waits."""

    def validate_provider(self, config: Object) -> list[Diagnostic]:
        """Accept every provider block."""
        return []

    def configure(self, config: Object) -> list[Diagnostic]:
        """Accept every provider block."""
        return []

    def validate_resource(self, type_name: str, config: Object) -> list[Diagnostic]:
        """Accept every object."""
        return []

    def read_resource(self, type_name: str, state: Object, private: bytes) -> ReadResult:
        """Return the object as it is."""
        return ReadResult(state, private)

    def stop(self) -> None:
        """Nothing here waits."""
