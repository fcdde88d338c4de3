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

from constructs_ims.backend.provider.configuration import LocalService
from constructs_ims.backend.sandbox.environment import (
    DEFAULT_REGION,
    REGION_VARIABLE,
    harmless_variables,
    without_account,
)
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
from constructs_ims.backend.sandbox.sandbox import Sandbox
from constructs_ims.backend.terraform.engine.installation import TerraformInstallation
from constructs_ims.backend.terraform.engine.stack import TerraformSandboxStack
from constructs_ims.backend.terraform.providers import lack_of_modules, lack_of_providers, missing_providers
from constructs_ims.schema.diagnostics import error

if TYPE_CHECKING:
    from constructs_ims.backend.emulator.server import EmulatorServer

_OF_THE_MACHINE: Final = ("PATH", "HOME", "TMPDIR", "TMP", "TEMP", "LANG", "LC_ALL", "PYTHONPATH", "SYSTEMROOT")
"""The variables of the process that Terraform and the provider need to run at all."""


class TerraformSandbox(Sandbox):
    """A ``Sandbox`` with the real Terraform in the place of the built-in engine.

    Its images are served on a port of this machine from the first plan on, to this package's provider as an
    executable. ``installation`` may be shared with other sandboxes and processes. ``on_missing`` is called with the
    reason when a stack needs providers or modules that cannot be had offline; when it returns, the operation fails.
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
        """Return the environment that Terraform sees: the local service's account, and no other.

        With a mirror of other providers it has what the sandbox's own environment has, for these.
        """
        machine = {name: os.environ[name] for name in _OF_THE_MACHINE if name in os.environ}
        given = without_account(self.environment) if self.installation.others else {}
        return {
            **machine,
            **given,
            REGION_VARIABLE: DEFAULT_REGION,
            **harmless_variables(self.environment),
            **self._service().to_environment(),
            "TF_CLI_CONFIG_FILE": str(self.installation.configuration_file),
        }

    def require_offline(
        self, sources: Iterable[str], modules: Mapping[str, str], said: Iterable[str], states: Iterable[str]
    ) -> None:
        """Raise ``OperationFailedError`` for providers that cannot be had offline, and modules to be downloaded.

        ``states`` says which states of others would be read. ``said`` are the addresses of objects of which values are
        said, for which no provider is simulated.
        """
        reasons = []
        if missing := missing_providers(sources, self.installation.others):
            reasons.append(error("Provider not available offline", lack_of_providers(missing)))
            if addresses := ", ".join(said):
                detail = (
                    f"Values are said of {addresses}, and Terraform tells a simulated provider no addresses to "
                    "find them by. Say them of the type (mock_resource, mock_data), or run this test with the built-in "
                    "engine."
                )
                reasons.append(error("Values of single objects", detail))
        if modules:
            reasons.append(error("Module not available offline", lack_of_modules(modules)))
        reasons += [error("Remote state elsewhere", detail) for detail in states]
        if reasons:
            self._on_missing("\n".join(reason.detail for reason in reasons))
            raise OperationFailedError(reasons)

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
