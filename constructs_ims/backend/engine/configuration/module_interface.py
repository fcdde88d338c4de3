"""What the files of a module declare: its input variables and its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from constructs_ims.backend.engine.configuration.model import Output, Variable


@dataclass(frozen=True, slots=True)
class ModuleInterface:
    """The variables and outputs of a module; ``origin`` says where its files are, "" where they are out of reach."""

    variables: Mapping[str, Variable] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    origin: str = ""
    declared_at: Mapping[str, str] = field(default_factory=dict)
    """Where each variable is declared, as messages say it: ``assets/network/variables.tf:3,1-16``."""
    validated_at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Where the validation rules of each variable stand."""

    @property
    def is_known(self) -> bool:
        """Whether the module's files were read, so that it has no other variables and outputs than these."""
        return bool(self.origin)


UNKNOWN_INTERFACE = ModuleInterface()
