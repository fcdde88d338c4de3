"""The pytest plugin ``constructs_ims``, loaded in every run of an environment that has the package, so it loads little.

Loading it also lets jsii find a supported Node.js, in whatever order a test imports cdktf and constructs_ims.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

from constructs_ims.backend.extras import testing_extra_missing
from constructs_ims.cdk_choice import CDKS

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox import Sandbox
    from constructs_ims.backend.terraform.engine.installation import TerraformInstallation
    from constructs_ims.testing.snapshots.assertion import TerraformSnapshot


_ENGINES = ("builtin", "terraform")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--ims-engine`` and the ini key ``ims_engine``."""
    text = "what plans and applies stacks in the fixture ims: builtin (the default), or terraform, the real program"
    parser.getgroup("constructs-ims").addoption("--ims-engine", choices=_ENGINES, help=text)
    parser.addini("ims_engine", text, default="builtin")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse another engine before any test runs."""
    engine_of(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say so when stacks can reach real services: with the real Terraform, and providers that the user names."""
    import os

    mirror = os.environ.get("CONSTRUCTS_IMS_PROVIDER_MIRROR")
    if engine_of(config) == "builtin" or not mirror:
        return None
    return f"constructs-ims: providers in {mirror} are not simulated; they act on what their configuration leads to"


@pytest.fixture
def ims_environment() -> Mapping[str, str]:
    """Give the environment variables that stacks see in ``ims``: none, whatever the developer's machine has.

    A test, class, module or ``conftest.py`` overrides it to have some: ``return {"TF_VAR_name": "base"}``.
    """
    return {}


@pytest.fixture(scope="session")
def ims_terraform(request: pytest.FixtureRequest) -> TerraformInstallation | None:
    """Give the real Terraform, with what it needs prepared once for all processes of the run; None where it is not."""
    import os

    from constructs_ims.backend.terraform.engine.installation import installed_terraform

    factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    shared = factory.getbasetemp()
    if hasattr(request.config, "workerinput"):  # a process of xdist, whose directory is below that of the run
        shared = shared.parent
    return installed_terraform(shared / "constructs-ims-terraform", os.environ)


@pytest.fixture
def ims(request: pytest.FixtureRequest, ims_environment: Mapping[str, str]) -> Iterator[Sandbox]:
    """Give a fresh offline world in memory: ``ims.apply(stack)``, ``ims.plan(stack)``, ``ims.outputs(stack)``.

    It is deterministic (ids and times are the same in every run), shared with no other test or process, sees no
    variables (``TF_VAR_``, ``HW_``) but those of ``ims_environment``, and is gone when the test ends. With
    ``--ims-engine=terraform`` the real Terraform plans and applies, and a test is skipped that needs what it cannot
    have offline.
    """
    with _new_sandbox(request, ims_environment) as sandbox:
        yield sandbox


def _new_sandbox(request: pytest.FixtureRequest, environment: Mapping[str, str]) -> Sandbox:
    from constructs_ims.backend.sandbox import Sandbox

    if engine_of(request.config) == "builtin":
        return Sandbox(deterministic=True, environment=environment)
    from constructs_ims.backend.terraform.engine.sandbox import TerraformSandbox

    installation = request.getfixturevalue("ims_terraform")
    if installation is None:
        pytest.skip(
            "The engine is terraform, and there is no terraform on PATH. Install it, or name it in "
            "CONSTRUCTS_IMS_TERRAFORM."
        )
    return TerraformSandbox(installation, on_missing=pytest.skip, deterministic=True, environment=environment)


def engine_of(config: pytest.Config) -> str:
    """Return the engine that the command line names, else the ini file; raise ``UsageError`` for another."""
    engine = str(config.getoption("--ims-engine") or config.getini("ims_engine"))
    if engine not in _ENGINES:
        raise pytest.UsageError(f'ims_engine is "{engine}". Use {" or ".join(_ENGINES)}.')
    return engine


@pytest.fixture
def snapshot_tf(request: pytest.FixtureRequest) -> TerraformSnapshot:
    """Compare a template, a plan or a state with the file kept of it: ``assert ims.plan(stack) == snapshot_tf``.

    It is syrupy's snapshot: ``pytest --snapshot-update`` writes the files.
    """
    if not request.config.pluginmanager.has_plugin("syrupy"):
        pytest.fail(str(testing_extra_missing("syrupy")), pytrace=False)
    from constructs_ims.testing.snapshots.assertion import terraform_snapshot

    return terraform_snapshot(request)


def pytest_pycollect_makeitem(name: str, obj: object) -> list[pytest.Item] | None:
    """Have pytest pass over a CDK's ``Testing`` and its options; else it warns of classes of tests that hold none."""
    is_of_cdk = name.startswith("Testing") and isinstance(obj, type) and obj.__module__ in CDKS
    return [] if is_of_cdk else None
