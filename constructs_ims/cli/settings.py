"""The environment variables that choose how stacks are planned and applied, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error

ENGINE: Final = "CONSTRUCTS_IMS_ENGINE"
SIMULATE: Final = "CONSTRUCTS_IMS_SIMULATE"
_ALLOWED: Final = {
    ENGINE: {
        "builtin": "the engine of this package, which is the default",
        "terraform": "the real Terraform, run by terraform-ims",
    },
    SIMULATE: {
        "on": "objects that no provider here knows are simulated, which is the default",
        "off": "such objects are an error",
    },
}


def setting_faults(environment: Mapping[str, str]) -> list[Diagnostic]:
    """Return what is wrong with the variables, one that is empty being as good as none."""
    return [
        _unknown(name, given) for name in _ALLOWED if (given := environment.get(name)) and given not in _ALLOWED[name]
    ]


def wants_terraform(environment: Mapping[str, str]) -> bool:
    """Whether the real Terraform is to do the work."""
    return environment.get(ENGINE) == "terraform"


def simulates(environment: Mapping[str, str]) -> bool:
    """Whether objects that no provider here knows are simulated."""
    return environment.get(SIMULATE) != "off"


def _unknown(name: str, given: str) -> Diagnostic:
    allowed = _ALLOWED[name]
    meanings = ", or ".join(f'"{value}" ({meaning})' for value, meaning in allowed.items())
    return error(f"Unknown {name}", f'{name} is "{given}". Use {meanings}.{did_you_mean(given, allowed)}')
