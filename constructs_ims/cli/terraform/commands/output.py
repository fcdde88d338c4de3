"""``output``: the output values of the last apply, for people, as JSON, or one of them raw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from constructs_ims.cli.terraform.session import CommandFailedError, UsageError
from constructs_ims.schema.diagnostics import did_you_mean, error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_ims.backend.engine.state.model import OutputState
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


@dataclass(frozen=True, slots=True)
class OutputArguments:
    """What to show: one output or all, for people, as JSON, or raw."""

    name: str = ""
    json: bool = False
    raw: bool = False


def read_arguments(parsed: Parsed) -> OutputArguments:
    """Read the command line; ``CommandFailedError`` when it makes no sense."""
    if len(parsed.words) > 1:
        detail = (
            "The output command expects exactly one argument with the name of an output variable or no arguments to "
            "show all outputs."
        )
        raise UsageError(error("Unexpected argument", detail))
    if parsed["json"] and parsed["raw"]:
        raise UsageError(error("Invalid output format", "The -raw and -json options are mutually-exclusive."))
    if parsed["raw"] and not parsed.words:
        detail = "You must give the name of a single output value when using the -raw option."
        raise UsageError(error("Output name required", detail))
    return OutputArguments(parsed.words[0] if parsed.words else "", parsed["json"], parsed["raw"])


def output(parsed: Parsed, session: CommandSession) -> int:
    """Show output values."""
    from constructs_ims.backend.engine.render.output_text import NO_OUTPUTS, outputs_json, outputs_text

    arguments = read_arguments(parsed)
    outputs = session.read_state(parsed["state"]).outputs
    if arguments.name and (outputs or arguments.json):
        _show_one(arguments, _find(outputs, arguments.name), session)
    elif arguments.json:
        session.terminal.say(outputs_json(outputs).rstrip("\n"))
    elif outputs:
        session.terminal.say(outputs_text(outputs), end="")
    else:
        session.show([NO_OUTPUTS])
    return 0


def _show_one(arguments: OutputArguments, found: OutputState, session: CommandSession) -> None:
    from constructs_ims.backend.engine.render.output_text import output_json, output_raw, output_text

    if arguments.raw:
        text, faults = output_raw(arguments.name, found)
        if faults:
            raise CommandFailedError(*faults)
        session.terminal.say(text, end="")
    else:
        session.terminal.say(output_json(found) if arguments.json else output_text(found))


def _find(outputs: Mapping[str, OutputState], name: str) -> OutputState:
    from constructs_ims.backend.engine.render.output_text import output_missing

    if name in outputs:
        return outputs[name]
    missing = output_missing(name)
    raise CommandFailedError(replace(missing, detail=missing.detail + did_you_mean(name, outputs)))
