"""The pytest plugin ``constructs_ims``, loaded in every run of an environment that has the package, so it loads little.

Loading it also lets jsii find a supported Node.js, in whatever order a test imports cdktf and constructs_ims.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

from constructs_ims.backend.parts import lack_of_testing
from constructs_ims.cdk_choice import CDKS

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox import Sandbox
    from constructs_ims.testing.snapshots.assertion import TerraformSnapshot


@pytest.fixture
def ims_environment() -> Mapping[str, str]:
    """Give the environment variables that stacks see in ``ims``: none, whatever the developer's machine has.

    A test, class, module or ``conftest.py`` overrides it to have some: ``return {"TF_VAR_name": "base"}``.
    """
    return {}


@pytest.fixture
def ims(ims_environment: Mapping[str, str]) -> Iterator[Sandbox]:
    """Give a fresh offline world in memory: ``ims.apply(stack)``, ``ims.plan(stack)``, ``ims.outputs(stack)``.

    It is deterministic (ids and times are the same in every run), shared with no other test or process, sees no
    variables (``TF_VAR_``, ``HW_``) but those of ``ims_environment``, and is gone when the test ends.
    """
    from constructs_ims.backend.sandbox import Sandbox

    with Sandbox(deterministic=True, environment=ims_environment) as sandbox:
        yield sandbox


@pytest.fixture
def snapshot_tf(request: pytest.FixtureRequest) -> TerraformSnapshot:
    """Compare a template, a plan or a state with the file kept of it: ``assert ims.plan(stack) == snapshot_tf``.

    It is syrupy's snapshot: ``pytest --snapshot-update`` writes the files.
    """
    if not request.config.pluginmanager.has_plugin("syrupy"):
        pytest.fail(str(lack_of_testing("syrupy")), pytrace=False)
    from constructs_ims.testing.snapshots.assertion import terraform_snapshot

    return terraform_snapshot(request)


def pytest_pycollect_makeitem(name: str, obj: object) -> list[pytest.Item] | None:
    """Have pytest pass over a CDK's ``Testing`` in a test file; else it warns of a class of tests that holds none."""
    is_of_cdk = name == "Testing" and isinstance(obj, type) and obj.__module__ in CDKS
    return [] if is_of_cdk else None
