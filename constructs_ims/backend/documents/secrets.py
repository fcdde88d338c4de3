"""Secrets in a stack's JSON: credentials in providers, backends and remote states, sensitive variables and outputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from constructs_ims.backend.engine.configuration.credentials import is_credential

SENSITIVE: Final = "(sensitive value)"
"""What is shown in place of a secret."""

_REFERENCE: Final = re.compile(r"\$\{[^{}]*\}")
_PLACES: Final = frozenset({"key"})
"""What a backend has of this name is a path."""


def without_secrets(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stack's JSON with its secrets hidden; a reference stays, for it names a secret and does not hold it."""
    hide: dict[str, Callable[[Any], Any]] = {
        "provider": hide_settings,
        "terraform": hide_backend,
        "data": _hide_remote_states,
        "variable": lambda value: _each(value, hide_sensitive),
        "output": lambda value: _each(value, hide_sensitive),
    }
    return {key: hide[key](value) if key in hide else value for key, value in document.items()}


def hide_settings(value: Any, places: frozenset[str] = frozenset()) -> Any:
    """Return the body of a provider or, with ``places``, of a backend, or a list of them, with credentials hidden."""
    if isinstance(value, dict):
        return {
            key: _hidden(nested) if is_credential(key) and key not in places else hide_settings(nested, places)
            for key, nested in value.items()
        }
    return [hide_settings(nested, places) for nested in value] if isinstance(value, list) else value


def hide_backend(value: Any) -> Any:
    """Return the settings of a backend or of a remote state with credentials hidden."""
    return hide_settings(value, _PLACES)


def hide_sensitive(value: Any) -> Any:
    """Return a variable or an output with its default or value hidden when it is sensitive."""
    if not isinstance(value, dict) or not value.get("sensitive"):
        return value
    return {key: _hidden(nested) if key in ("default", "value") else nested for key, nested in value.items()}


def _hidden(value: Any) -> Any:
    is_reference = isinstance(value, str) and _REFERENCE.fullmatch(value)
    return value if value is None or is_reference else SENSITIVE


def _hide_remote_states(section: Any) -> Any:
    return _each(section, lambda value: value, terraform_remote_state=hide_backend)


def _each(section: Any, hide: Any, **others: Any) -> Any:
    if isinstance(section, list):
        return [_each(part, hide, **others) for part in section]
    if not isinstance(section, dict):
        return section
    return {key: others.get(key, hide)(value) for key, value in section.items()}
