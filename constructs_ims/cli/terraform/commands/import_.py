"""``import``: takes an object that exists into the state, at an address that the configuration has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_ims.backend.engine.plans.events import Observer
from constructs_ims.backend.engine.render.progress_text import id_suffix
from constructs_ims.cli.interrupts import Interrupts
from constructs_ims.cli.terraform.operation import operation_view
from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.cli.terraform.terminal import input_allowed
from constructs_ims.cli.terraform.words import read_address
from constructs_ims.schema.diagnostics import error

if TYPE_CHECKING:
    from constructs_ims.backend.engine.lang.addresses import InstanceAddress
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession
    from constructs_ims.cli.terraform.terminal import CommandTerminal


def import_(parsed: Parsed, session: CommandSession) -> int:
    """Import one object; nothing else is changed."""
    from constructs_ims.cli.terraform.operation import OperationArguments, make_plan

    if len(parsed.words) != 2:
        raise CommandFailedError(error("Address and id required", "The import command expects two arguments."))
    address, id = read_address(parsed.words[0]), parsed.words[1]
    variables = tuple((name, value) for name, value in parsed.given if name in ("var", "var-file"))
    _check_configured(address, session)
    asks = input_allowed(parsed["input"], session.environment)
    arguments = OperationArguments(
        targets=(str(address),), variables=variables, parallelism=parsed["parallelism"], input=asks
    )
    with session.changing_state(parsed, "OperationTypeImport") as state:
        _check_free(state.current(address) is None, address)
        view = operation_view(session, as_json=False)
        progress = _Progress(address, session.terminal)
        with Interrupts().heard(view) as interrupts:
            plan = make_plan(arguments, session, progress, interrupts, imports={str(address): id})
        found = plan.prior_state.current(address)
        if plan.errored or found is None:
            raise CommandFailedError(*(fault for fault in plan.diagnostics if fault.is_error))
        state.set_current(address, plan.prior_state.resources[address.resource].provider, found)
    session.terminal.say(session.terminal.paint(_SUCCESS))
    return 0


@dataclass(frozen=True, slots=True)
class _Progress(Observer):
    """Tells what becomes of the one object, and nothing of those that its configuration refers to."""

    wanted: InstanceAddress
    terminal: CommandTerminal

    def import_started(self, address: InstanceAddress, id: str) -> None:
        """Say that the object is looked up."""
        self._say("[bold]", f'{address}: Importing from ID "{id}"...')

    def refresh_started(self, address: InstanceAddress, id: str, deposed: str | None) -> None:
        """Say that the object was found and is read."""
        if address == self.wanted:
            self._say("[bold][green]", f"{address}: Import prepared!")
            self._say("[green]", f"  Prepared {address.resource.type} for import")
            self._say("[bold]", f"{address}: Refreshing state...{id_suffix(id)}")

    def _say(self, color: str, line: str) -> None:
        before, behind = self.terminal.paint(f"[reset]{color}\0[reset]").split("\0")
        self.terminal.say(f"{before}{line}{behind}")


def _check_configured(address: InstanceAddress, session: CommandSession) -> None:
    configuration, _ = session.read_configuration()
    if address.resource not in configuration.resources:
        resource = address.resource
        detail = (
            "Before importing this resource, please create its configuration in the root module. For example:\n\n"
            f'resource "{resource.type}" "{resource.name}" {{\n  # (resource arguments)\n}}'
        )
        raise CommandFailedError(error(f'resource address "{address}" does not exist in the configuration.', detail))


def _check_free(free: bool, address: InstanceAddress) -> None:
    if not free:
        detail = (
            f"Terraform is already managing a remote object for {address}. To import to this address you must first "
            "remove the existing object from the state."
        )
        raise CommandFailedError(error("Resource already managed by Terraform", detail))


_SUCCESS = (
    "[reset][green]\nImport successful!\n\n"
    "The resources that were imported are shown above. These resources are now in\n"
    "your Terraform state and will henceforth be managed by Terraform.[reset]\n"
)
