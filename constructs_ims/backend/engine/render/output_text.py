"""Output values as ``terraform output`` prints them: for people, as JSON, and raw."""

from __future__ import annotations

from collections.abc import Mapping

from constructs_ims.backend.engine.lang import ConversionError, convert, from_json, render_console, typed
from constructs_ims.backend.engine.lang.json_text import Record, to_compact, to_indented
from constructs_ims.backend.engine.render.text_layout import PLAIN, TextLayout
from constructs_ims.backend.engine.state.model import OutputState
from constructs_ims.schema.diagnostics import Diagnostic, error, warning
from constructs_ims.schema.types import STRING, friendly_name, type_to_json

NO_OUTPUTS = warning(
    "No outputs found",
    "The state file either has no outputs defined, or all the defined outputs are empty. Please define an output in "
    "your configuration with the `output` keyword and run `terraform refresh` for it to become available. If you are "
    "using interpolation, please verify the interpolated value is not empty. You can use the `terraform console` "
    "command to assist.",
)


def output_text(output: OutputState) -> str:
    """Write one value for people, sensitive or not."""
    return str(render_console(typed(from_json(output.value), output.type)))


def outputs_text(outputs: Mapping[str, OutputState]) -> str:
    """Write every output for people, sensitive ones hidden; each ends a line."""
    return "".join(
        f"{name} = {'<sensitive>' if outputs[name].sensitive else output_text(outputs[name])}\n"
        for name in sorted(outputs)
    )


def apply_outputs_text(outputs: Mapping[str, OutputState], terminal: TextLayout = PLAIN) -> str:
    """Write the outputs as they stand at the end of an apply; nothing where there are none."""
    if not outputs:
        return ""
    head = terminal.paint("[reset][bold][green]\nOutputs:\n\n[reset]")
    return head + outputs_text(outputs)


def outputs_json(outputs: Mapping[str, OutputState]) -> str:
    """Write every output as JSON over many lines."""
    return to_indented({name: _record(output) for name, output in outputs.items()})


def output_json(output: OutputState) -> str:
    """Write one value as JSON on one line."""
    return to_compact(output.value)


def output_raw(name: str, output: OutputState) -> tuple[str, list[Diagnostic]]:
    """Return one value as bare text, or say why it has none."""
    if output.value is None:
        detail = f'The value for output value "{name}" is null, so -raw mode cannot print it.'
        return "", [error("Unsupported value for raw output", detail)]
    try:
        return str(convert(from_json(output.value, output.type), STRING)), []
    except ConversionError:
        detail = (
            f'The -raw option only supports strings, numbers, and boolean values, but output value "{name}" is '
            f"{friendly_name(output.type)}.\n\nUse the -json option for machine-readable representations of output "
            "values that have complex types."
        )
        return "", [error("Unsupported value for raw output", detail)]


def output_missing(name: str) -> Diagnostic:
    """Say that there is no such output."""
    detail = (
        "The output variable requested could not be found in the state file. If you recently added this to your "
        "configuration, be sure to run `terraform apply`, since the state won't be updated with new output variables "
        "until that command is run."
    )
    return error(f'Output "{name}" not found', detail)


def _record(output: OutputState) -> Record:
    return Record(sensitive=output.sensitive, type=type_to_json(output.type), value=output.value)
