"""A state as ``terraform show`` and ``terraform state show`` print it for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from constructs_ims.backend.engine.render.change import RenderedChange
from constructs_ims.backend.engine.render.compare import diff_block, diff_value
from constructs_ims.backend.engine.render.diff_style import DiffStyle
from constructs_ims.backend.engine.render.diff_text import diff_text
from constructs_ims.backend.engine.render.text_layout import PLAIN, TextLayout
from constructs_ims.backend.engine.state.stored import SchemaOf
from constructs_ims.schema.types import type_from_json

EMPTY = "The state file is empty. No resources are represented.\n"


def state_text(document: Mapping[str, Any], schema_of: SchemaOf, terminal: TextLayout = PLAIN) -> str:
    """Write the whole state from its JSON document."""
    resources = list(resources_of(document))
    outputs = (document.get("values") or {}).get("outputs") or {}
    if not resources and not outputs:
        return EMPTY
    text = "\n".join(resource_text(resource, schema_of, terminal) for resource in resources)
    return text + _outputs_text(outputs, terminal) if outputs else text


def resources_of(document: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Yield the record of every object in a state's document."""
    return _resources((document.get("values") or {}).get("root_module") or {})


def _resources(module: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield from module.get("resources") or ()
    for child in module.get("child_modules") or ():
        yield from _resources(child)


def resource_text(resource: Mapping[str, Any], schema_of: SchemaOf, terminal: TextLayout = PLAIN) -> str:
    """Write one object from its record in a state's document."""
    schema = schema_of(resource["provider_name"], resource["mode"], resource["type"])
    change = _unchanged(resource.get("values") or {}, resource.get("sensitive_values"))
    body = diff_text(diff_block(change, schema.block if schema else None), 0, _style(terminal))
    kind = "resource" if resource["mode"] == "managed" else "data"
    return f'# {resource["address"]}:{_note(resource)}\n{kind} "{resource["type"]}" "{resource["name"]}" {body}\n'


def _note(resource: Mapping[str, Any]) -> str:
    if deposed := resource.get("deposed_key"):
        return f" (deposed object {deposed})"
    return " (tainted)" if resource.get("tainted") else ""


def _outputs_text(outputs: Mapping[str, Any], terminal: TextLayout) -> str:
    lines = ["", "", "Outputs:", ""]
    for name in sorted(outputs):
        output = outputs[name]
        diff = diff_value(_unchanged(output["value"], output["sensitive"]), type_from_json(output["type"]))
        lines.append(f"{name} = {diff_text(diff, 0, _style(terminal))}")
    return "".join(f"{line}\n" for line in lines)


def _unchanged(value: Any, sensitive: Any) -> RenderedChange:
    return RenderedChange(value, value, before_sensitive=sensitive, after_sensitive=sensitive)


def _style(terminal: TextLayout) -> DiffStyle:
    return DiffStyle(terminal, shows_unchanged=True, hides_symbols=True)
