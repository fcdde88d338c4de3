"""``providers``: which providers the stack needs, what they know, and why there is nothing to lock."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_ims.backend.engine.stack.providers.builtin import BUILTIN_SOURCE
from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.provider import PROVIDER_ADDRESS

if TYPE_CHECKING:
    from constructs_ims.backend.engine.configuration import Configuration
    from constructs_ims.backend.engine.stack.providers.port import Described
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


def providers(_parsed: Parsed, session: CommandSession) -> int:
    """Print the providers that the configuration and the state need."""
    from constructs_ims.backend.engine.lang.provider_addresses import provider_name

    terminal, (configuration, warnings) = session.terminal, session.read_configuration()
    terminal.say("\nProviders required by configuration:\n.")
    lines = [f"provider[{source}]{_constraint(configuration, source)}" for source in configuration.provider_sources]
    for position, line in enumerate(lines):
        terminal.say(f"{'└' if position == len(lines) - 1 else '├'}── {line}")
    stored = {provider_name(found.provider) for found in session.read_state().resources.values()}
    terminal.say("\nProviders required by state:\n" if stored else "")
    for source in sorted(stored):
        terminal.say(f"    provider[{source}]\n")
    session.show(warnings)
    return 0


def schema(parsed: Parsed, session: CommandSession) -> int:
    """Print the schemas of the providers that are here, as JSON."""
    from constructs_ims.backend.engine.lang.json_text import to_compact
    from constructs_ims.backend.engine.render.schemas import schemas_to_json

    if not parsed["json"]:
        detail = "The `terraform providers schema` command requires the `-json` flag."
        raise CommandFailedError(error("JSON only", detail))
    configuration, _ = session.read_configuration()
    known = described_providers()
    needed = {source: known[source] for source in configuration.provider_sources if source in known}
    session.terminal.say(to_compact(schemas_to_json(needed)))
    return 0


def lock(parsed: Parsed, session: CommandSession) -> int:
    """Say that there is nothing to lock."""
    if faults := [_no_platform(name) for name in parsed["platform"] if not _PLATFORM.fullmatch(name)]:
        raise CommandFailedError(*faults)
    session.terminal.say(
        session.terminal.paint(
            "\n[bold][green]Success![reset] [bold]The provider is part of constructs-ims: there is nothing to "
            "lock.[reset]"
        )
    )
    return 0


def described_providers() -> dict[str, Described]:
    """Return the providers whose schemas are known here, by their sources."""
    from constructs_ims.backend.engine.stack.providers.builtin import BuiltinProvider
    from constructs_ims.backend.provider.provider import ImageProvider

    return {PROVIDER_ADDRESS: ImageProvider(environment={}), BUILTIN_SOURCE: BuiltinProvider()}


def _constraint(configuration: Configuration, source: str) -> str:
    found = (
        required.version
        for name, required in configuration.required_providers.items()
        if configuration.source_of(name) == source
    )
    version = next(found, "")
    return f" {version}" if version else ""


_PLATFORM: Final = re.compile(r"[^_]+_[^_]+")


def _no_platform(name: str) -> Diagnostic:
    detail = (
        f'The string "{name}" given in the -platform option is not a valid target platform: must be two words '
        "separated by an underscore."
    )
    return error("Invalid target platform", detail)
