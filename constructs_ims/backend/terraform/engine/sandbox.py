"""The sandbox whose stacks the real Terraform plans and applies."""

from __future__ import annotations

import itertools
import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_ims.backend.environment import DEFAULT_REGION, REGION_VARIABLE, harmless_variables
from constructs_ims.backend.provider.configuration import LocalService
from constructs_ims.backend.sandbox.problems import OperationFailedError
from constructs_ims.backend.sandbox.sandbox import Sandbox
from constructs_ims.backend.terraform.engine.installation import TerraformInstallation
from constructs_ims.backend.terraform.engine.stack import TerraformSandboxStack
from constructs_ims.schema.diagnostics import error

if TYPE_CHECKING:
    from constructs_ims.backend.emulator.server import EmulatorServer

_OF_THE_MACHINE: Final = ("PATH", "HOME", "TMPDIR", "TMP", "TEMP", "LANG", "LC_ALL", "PYTHONPATH", "SYSTEMROOT")
"""The variables of the process that Terraform and the provider need to run at all."""


class TerraformSandbox(Sandbox):
    """A ``Sandbox`` with the real Terraform in the place of the built-in engine.

    Its images are served on a port of this machine from the first plan on, to this package's provider as an
    executable. ``installation`` may be shared with other sandboxes and processes. ``on_missing`` is called with the
    reason when a stack has objects of providers that are not there offline; when it returns, the operation fails.
    """

    stack_class = TerraformSandboxStack

    def __init__(
        self,
        installation: TerraformInstallation,
        *,
        on_missing: Callable[[str], Any] = lambda _: None,
        environment: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(environment=environment, **options)
        self.installation = installation
        self._on_missing = on_missing
        self._scratch = tempfile.TemporaryDirectory(prefix="constructs-ims-terraform-", ignore_cleanup_errors=True)
        self._numbers = itertools.count(1)
        self._server: EmulatorServer | None = None
        self._serving = threading.Lock()

    def new_directory(self) -> Path:
        """Return a new directory for a plan, which lasts until the sandbox is closed."""
        directory = Path(self._scratch.name) / str(next(self._numbers))
        directory.mkdir()
        return directory

    def child_environment(self) -> dict[str, str]:
        """Return the environment that Terraform sees: the local service's, and nothing else of any account."""
        machine = {name: os.environ[name] for name in _OF_THE_MACHINE if name in os.environ}
        return {
            **machine,
            REGION_VARIABLE: DEFAULT_REGION,
            **harmless_variables(self.environment),
            **self._service().to_environment(),
            "TF_CLI_CONFIG_FILE": str(self.installation.configuration_file),
        }

    def tell_missing(self, sources: Iterable[str]) -> None:
        """Say that providers are not there offline; raise ``OperationFailedError`` with that."""
        detail = (
            f"The real Terraform has no {', '.join(sources)} offline, whose objects the built-in engine simulates. "
            "Leave these objects to the built-in engine."
        )
        self._on_missing(detail)
        raise OperationFailedError([error("Provider not available offline", detail)])

    def close(self) -> None:
        """Close the service and delete what Terraform worked on."""
        with self._serving:
            if self._server is not None:
                self._server.close()
                self._server = None
        super().close()
        self._scratch.cleanup()

    def _service(self) -> LocalService:
        from constructs_ims.backend.emulator.app import create_app, refuse_upload
        from constructs_ims.backend.emulator.server import EmulatorServer

        world = self.world
        with self._serving:
            if self._server is None:
                app = create_app(world.store, world.account, controls=world.controls)
                self._server = EmulatorServer(app, refuse_upload=partial(refuse_upload, world.account)).start()
            return LocalService(self._server.endpoint, world.account.access_key, world.account.secret_key)
