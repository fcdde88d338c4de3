"""What is left out of a kept document because it varies from run to run, or must not be kept. Each rule can be off."""

from __future__ import annotations

import enum
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.documents.secrets import SENSITIVE, hide_sensitive, hide_settings, without_secrets


class Rule(enum.StrEnum):
    """One thing that is normalised. In stacks' JSON, texts that look like ids or times are the user's own, and stay."""

    METADATA = "metadata"
    """``//`` in a stack's JSON: constructs' paths and the CDK's version."""
    VERSIONS = "versions"
    """Versions of tools in plans and states: ``terraform_version``, ``format_version``."""
    PATHS = "paths"
    """Absolute paths: the project's directory (``<cwd>``), temporary directories, pytest's too, and the home."""
    ASSETS = "assets"
    """The hash in the path of an asset, which depends on the line ends and modes of the machine's files."""
    TIMES = "times"
    """Times in plans and states, such as ``2025-01-31T12:00:00Z``."""
    IDS = "ids"
    """UUIDs and 32-digit ids in plans and states, numbered, so that equal ones stay equal."""
    SECRETS = "secrets"
    """Sensitive values, and the credentials of providers, backends and remote states. References to them stay."""


ALL_RULES: Final = frozenset(Rule)

_VERSIONS: Final = frozenset({"terraform_version", "format_version"})
_TIME: Final = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_ID: Final = re.compile(r"\b(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})\b")
_ASSET: Final = re.compile(r"\b(assets/[^/\s\"]+/)[0-9A-Fa-f]{32}\b")
_STATE_FILE: Final = r"(?=[/\\]terraform\.[^/\\\s\"]+\.tfstate(?![\w.-]))"
"""What follows the working directory in the path that the CDK gives a local backend: the rest of that path."""
_PYTEST_FOLDER: Final = re.compile(r"(<tmp>)[/\\]pytest-of-[^/\\]+[/\\]pytest-\w+(?:[/\\]popen-gw\d+)?[/\\][^/\\\s\"]+")


def normalized_stack(
    document: Mapping[str, Any], rules: Iterable[Rule] = ALL_RULES, project: Path | None = None
) -> dict[str, Any]:
    """Return a stack's JSON as it is kept; ``project`` is the directory that paths start from (the working one)."""
    applied = frozenset(rules) & {Rule.METADATA, Rule.PATHS, Rule.ASSETS, Rule.SECRETS}
    kept = without_secrets(document) if Rule.SECRETS in applied else document
    return _walk(kept, _Texts(applied, project), applied)  # type: ignore[no-any-return]


def normalized_plan(
    document: Mapping[str, Any], rules: Iterable[Rule] = ALL_RULES, project: Path | None = None
) -> dict[str, Any]:
    """Return the JSON of a plan (``terraform show -json``) as it is kept."""
    applied = frozenset(rules) - {Rule.METADATA}
    kept = _plan_without_secrets(document) if Rule.SECRETS in applied else document
    return _walk(kept, _Texts(applied, project), applied)  # type: ignore[no-any-return]


def normalized_state(
    document: Mapping[str, Any], rules: Iterable[Rule] = ALL_RULES, project: Path | None = None
) -> dict[str, Any]:
    """Return a state (version 4) as it is kept."""
    applied = frozenset(rules) - {Rule.METADATA}
    kept = _state_without_secrets(document) if Rule.SECRETS in applied else document
    return _walk(kept, _Texts(applied, project), applied)  # type: ignore[no-any-return]


def normalized_text(text: str, rules: Iterable[Rule] = ALL_RULES, project: Path | None = None) -> str:
    """Return the text of a plan as it is kept; Terraform hides what is sensitive in it."""
    return _Texts(frozenset(rules), project).normalized(text)


class _Texts:
    """Normalises the texts of one document; an id has the same number wherever it stands in it."""

    def __init__(self, rules: frozenset[Rule], project: Path | None) -> None:
        self._rules = rules
        self._folders = tuple(_folders(project)) if Rule.PATHS in rules else ()
        self._ids: dict[str, str] = {}

    def normalized(self, text: str) -> str:
        if Rule.PATHS in self._rules:
            for name, folder in self._folders:
                text = folder.sub(f"<{name}>", text)
            text = _PYTEST_FOLDER.sub(r"\1", text)
        if Rule.ASSETS in self._rules:
            text = _ASSET.sub(r"\1<hash>", text)
        if Rule.TIMES in self._rules:
            text = _TIME.sub("<time>", text)
        if Rule.IDS in self._rules:
            text = _ID.sub(self._number, text)
        return text

    def _number(self, id_: re.Match[str]) -> str:
        return self._ids.setdefault(id_[0], f"<id-{len(self._ids) + 1}>")


def _walk(value: Any, texts: _Texts, rules: frozenset[Rule]) -> Any:
    """Return a value with its keys sorted and its texts normalised, in that order."""
    if isinstance(value, str):
        return texts.normalized(value)
    if isinstance(value, list | tuple):
        return [_walk(nested, texts, rules) for nested in value]
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for key in sorted(value):
        if key == "//" and Rule.METADATA in rules:
            continue
        is_version = key in _VERSIONS and Rule.VERSIONS in rules and isinstance(value[key], str)
        name = texts.normalized(key)
        kept[name] = "<version>" if is_version else _walk(value[key], texts, rules)
    return kept


def _folders(project: Path | None) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Return the folders that depend on machine and run, the one inside another first.

    The working directory is told by its state files alone when it is above or below the project: paths there are the
    same from wherever a test is started.
    """
    cwd = Path.cwd()
    if project is None:
        project = cwd
    elif project != cwd:
        for spelling in {str(cwd), str(cwd.resolve())}:
            yield "cwd", _folder_pattern(spelling.rstrip("/\\"), _STATE_FILE)
    apart = [] if cwd.is_relative_to(project) or project.is_relative_to(cwd) else [("cwd", cwd)]
    places = [
        ("cwd", project),
        *apart,
        ("tmp", Path(tempfile.gettempdir())),
        ("home", Path(os.path.expanduser("~"))),
    ]
    spelt = {str(path): name for name, place in reversed(places) for path in (place, place.resolve())}
    for folder in sorted(spelt, key=len, reverse=True):
        if len(Path(folder).parts) > 1:
            yield spelt[folder], _folder_pattern(folder)


@cache
def _folder_pattern(folder: str, followed_by: str = "") -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/\\.-]){re.escape(folder)}(?![\w.-]){followed_by}")


def _plan_without_secrets(plan: Mapping[str, Any]) -> dict[str, Any]:
    kept = {**plan}
    for section in ("planned_values", "prior_state"):
        if section in plan:
            kept[section] = _values_without_secrets(plan[section])
    for section in ("resource_changes", "resource_drift"):
        if section in plan:
            kept[section] = [{**each, "change": _hidden_change(each["change"])} for each in plan[section]]
    if "output_changes" in plan:
        kept["output_changes"] = {name: _hidden_change(change) for name, change in plan["output_changes"].items()}
    if "variables" in plan:
        kept["variables"] = _hidden_variables(plan)
    if "configuration" in plan:
        kept["configuration"] = _configuration_without_secrets(plan["configuration"])
    return kept


def _values_without_secrets(section: Any) -> Any:
    """Hide what is marked in planned values, modules inside modules included, or in a prior state."""
    if isinstance(section, list):
        return [_values_without_secrets(nested) for nested in section]
    if not isinstance(section, dict):
        return section
    if "sensitive_values" in section:
        return {**section, "values": _masked(section.get("values"), section["sensitive_values"])}
    if section.get("sensitive") is True and "value" in section:
        return {**section, "value": SENSITIVE}
    return {key: _values_without_secrets(nested) for key, nested in section.items()}


def _hidden_change(change: Mapping[str, Any]) -> dict[str, Any]:
    sides = [side for side in ("before", "after") if side in change]
    return {**change, **{side: _masked(change[side], change.get(f"{side}_sensitive")) for side in sides}}


def _hidden_variables(plan: Mapping[str, Any]) -> dict[str, Any]:
    declared = plan.get("configuration", {}).get("root_module", {}).get("variables", {})
    sensitive = {name for name, variable in declared.items() if variable.get("sensitive")}
    return {
        name: {**each, "value": SENSITIVE} if name in sensitive else each for name, each in plan["variables"].items()
    }


def _configuration_without_secrets(configuration: Mapping[str, Any]) -> dict[str, Any]:
    providers = {
        key: {**each, "expressions": hide_settings(each["expressions"])} if "expressions" in each else each
        for key, each in configuration.get("provider_config", {}).items()
    }
    module = dict(configuration.get("root_module", {}))
    for section, hide in (("variables", hide_sensitive), ("outputs", _hidden_output)):
        if section in module:
            module[section] = {name: hide(each) for name, each in module[section].items()}
    return {**configuration, "provider_config": providers, "root_module": module}


def _hidden_output(output: Mapping[str, Any]) -> dict[str, Any]:
    """Hide the literal that a sensitive output is made of."""
    expression = output.get("expression")
    if not output.get("sensitive") or not isinstance(expression, dict) or "constant_value" not in expression:
        return dict(output)
    return {**output, "expression": {**expression, "constant_value": SENSITIVE}}


def _masked(value: Any, mask: Any) -> Any:
    """Return a value with what its mask has True for hidden; null stays, for it tells nothing."""
    if mask is True:
        return value if value is None else SENSITIVE
    if isinstance(mask, dict) and isinstance(value, dict):
        return {key: _masked(nested, mask.get(key)) for key, nested in value.items()}
    if isinstance(mask, list) and isinstance(value, list):
        return [_masked(nested, mask[index] if index < len(mask) else None) for index, nested in enumerate(value)]
    return value


def _state_without_secrets(state: Mapping[str, Any]) -> dict[str, Any]:
    outputs = {
        name: {**output, "value": SENSITIVE} if output.get("sensitive") else output
        for name, output in state.get("outputs", {}).items()
    }
    resources = [
        {**resource, "instances": [_hidden_instance(each) for each in resource.get("instances", [])]}
        for resource in state.get("resources", [])
    ]
    return {**state, "outputs": outputs, "resources": resources}


def _hidden_instance(instance: Mapping[str, Any]) -> dict[str, Any]:
    attributes = instance.get("attributes")
    for path in instance.get("sensitive_attributes") or []:
        steps = [step["value"]["value"] if isinstance(step["value"], dict) else step["value"] for step in path]
        attributes = _hidden_at(attributes, steps)
    return {**instance, "attributes": attributes} if "attributes" in instance else dict(instance)


def _hidden_at(value: Any, steps: list[Any]) -> Any:
    if not steps:
        return value if value is None else SENSITIVE
    step, *further = steps
    if isinstance(value, dict) and step in value:
        return {**value, step: _hidden_at(value[step], further)}
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return [*value[:step], _hidden_at(value[step], further), *value[step + 1 :]]
    return value
