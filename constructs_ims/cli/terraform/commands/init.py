"""``init`` and ``get``: nothing has to be fetched; all there is to do is to look whether the stack can be planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.schema.diagnostics import error, has_errors
from constructs_ims.schema.image_metadata import RESOURCE_TYPE
from constructs_ims.schema.provider import PROVIDER_ADDRESS

if TYPE_CHECKING:
    from constructs_ims.backend.engine.configuration import Configuration
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import Session


def init(parsed: Parsed, session: Session) -> int:
    """Say what the stack will be planned with; write nothing beside it."""
    if parsed.words:
        raise CommandFailedError(error("Too many command line arguments", "Did you mean to use -chdir?"))
    terminal = session.terminal
    if not any(session.directory.glob("*.tf*")):
        terminal.say(
            terminal.paint(
                "[reset][bold]Terraform initialized in an empty directory![reset]\n\n"
                "The directory has no Terraform configuration files. You may begin working\n"
                "with Terraform immediately by creating Terraform configuration files."
            )
        )
        return 0
    configuration = _configuration(session)
    terminal.say(terminal.paint("[reset][bold]Initializing the backend...[reset]"))
    terminal.say("- offline, the state is kept in the sandbox; the stack's own backend is not touched")
    terminal.say(terminal.paint("[reset][bold]Initializing provider plugins...[reset]"))
    for source in sorted(_sources(configuration)):
        terminal.say(f"- {source} {_how(source, configuration)}")
    terminal.say(
        terminal.paint(
            "\n[reset][bold][green]Terraform has been successfully initialized![reset]\n[green]\n"
            'You may now begin working with Terraform. Try running "terraform plan" to see\n'
            "any changes that are required for your infrastructure.[reset]"
        )
    )
    return 0


def get(parsed: Parsed, session: Session) -> int:
    """Refuse modules, which need Terraform; otherwise there is nothing to fetch."""
    _configuration(session)
    return 0


def _configuration(session: Session) -> Configuration:
    """Read the stack; faults that every plan would report again are errors already."""
    from constructs_ims.backend.engine.configuration import read_configuration

    configuration, diagnostics = read_configuration(session.directory)
    if has_errors(diagnostics):
        raise CommandFailedError(*diagnostics)
    session.show(diagnostics)
    return configuration


def _sources(configuration: Configuration) -> set[str]:
    used = {resource.provider[0] for resource in configuration.resources.values()}
    names = used | {name for name, _ in configuration.providers} | set(configuration.required_providers)
    return {configuration.source_of(name) for name in names}


def _how(source: str, configuration: Configuration) -> str:
    if source.startswith("terraform.io/builtin/"):
        return "is built in to Terraform"
    if source != PROVIDER_ADDRESS:
        return "is simulated: constructs-ims does not have it"
    resources = configuration.resources.values()
    used = {one.address.type for one in resources if configuration.source_of(one.provider[0]) == source}
    simulated = sorted(used - {RESOURCE_TYPE})
    but = f", which simulates {', '.join(simulated)}" if simulated else ""
    return f"is part of constructs-ims{but}"
