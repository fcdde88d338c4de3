"""``init``, ``get``, ``modules``: nothing has to be fetched; it is only looked whether the stack can be planned."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from constructs_ims.cli.terraform.session import CommandFailedError, UsageError
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.image_metadata import RESOURCE_TYPE
from constructs_ims.schema.provider import is_this_provider

if TYPE_CHECKING:
    from constructs_ims.backend.engine.configuration import Configuration, ModuleCall
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession

_EMPTY: Final = (
    "[reset][bold]Terraform initialized in an empty directory![reset]\n\n"
    "The directory has no Terraform configuration files. You may begin working\n"
    "with Terraform immediately by creating Terraform configuration files."
)
_NEXT: Final = (
    '[green]\nYou may now begin working with Terraform. Try running "terraform plan" to see\n'
    "any changes that are required for your infrastructure.[reset]"
)


def init(parsed: Parsed, session: CommandSession) -> int:
    """Say what the stack will be planned with; write nothing beside it."""
    if not parsed["json"]:
        return _init(parsed, session, lambda text, _: session.terminal.say(session.terminal.paint(text)), session.show)
    from constructs_ims.cli.views.operation_json import JsonOperationView

    session.terminal.color = False
    with JsonOperationView(session) as view:

        def tell(text: str, code: str) -> None:
            view.told(session.terminal.paint(text).strip("\n- "), code)

        return _init(parsed, session, tell, view.diagnosed)


def _init(
    parsed: Parsed,
    session: CommandSession,
    tell: Callable[[str, str], None],
    show: Callable[[Iterable[Diagnostic]], None],
) -> int:
    """Initialize; ``tell`` gets texts with marks of color, and the codes that Terraform has for them in its events."""
    if parsed.words:
        raise CommandFailedError(error("Too many command line arguments", "Did you mean to use -chdir?"))
    if not any(session.directory.glob("*.tf*")):
        tell(_EMPTY, "output_init_empty_message")
        return 0
    tell("[reset][bold]Initializing the backend...[reset]", "initializing_backend_message")
    tell("- offline, the state is kept in the sandbox; the stack's own backend is not touched", "")
    configuration, warnings = session.read_configuration()
    show(warnings)
    if configuration.modules:
        tell("[reset][bold]Initializing modules...[reset]", "initializing_modules_message")
    for name in sorted(configuration.modules):
        tell(f"- {name} is simulated: {configuration.modules[name].source} is not fetched", "")
    tell("[reset][bold]Initializing provider plugins...[reset]", "initializing_provider_plugin_message")
    for source in configuration.provider_sources:
        tell(f"- {source} {_how(source, configuration)}", "")
    tell("\n[reset][bold][green]Terraform has been successfully initialized![reset]", "output_init_success_message")
    tell(_NEXT, "output_init_success_cli_message")
    return 0


def get(_parsed: Parsed, session: CommandSession) -> int:
    """Check whether the stack can be read; its modules are simulated, so that there is nothing to fetch."""
    _, warnings = session.read_configuration()
    session.show(warnings)
    return 0


def modules(parsed: Parsed, session: CommandSession) -> int:
    """List the modules that the stack calls."""
    if parsed.words:
        raise UsageError(error("Too many command line arguments", "Expected no positional arguments"))
    configuration, warnings = session.read_configuration()
    calls = [configuration.modules[name] for name in sorted(configuration.modules)]
    if parsed["json"]:
        listed = [{"key": call.name, "source": call.source, "version": call.version} for call in calls]
        document = {"format_version": "1.0", "modules": listed or None}
        session.terminal.say(json.dumps(document, separators=(",", ":")))
    else:
        session.show(warnings)
        session.terminal.say("\n".join(_module_lines(calls)))
    return 0


def _module_lines(calls: Sequence[ModuleCall]) -> Iterable[str]:
    if not calls:
        yield "No modules found in configuration."
        return
    yield from ("", "Modules declared by configuration:", ".")
    for call in calls:
        branch = "└" if call is calls[-1] else "├"
        version = f" {call.version}" if call.version else ""
        yield f'{branch}── "{call.name}"[{call.source}]{version}'
    yield ""


def _how(source: str, configuration: Configuration) -> str:
    if source.startswith("terraform.io/builtin/"):
        return "is built in to Terraform"
    if not is_this_provider(source):
        return "is simulated: constructs-ims does not have it"
    resources = configuration.resources.values()
    used = {one.address.type for one in resources if configuration.source_of(one.provider[0]) == source}
    simulated = sorted(used - {RESOURCE_TYPE})
    but = f", which simulates {', '.join(simulated)}" if simulated else ""
    return f"is part of constructs-ims{but}"
