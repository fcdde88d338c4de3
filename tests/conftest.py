"""What every test shares: isolation from the machine, generated inputs and their seed, and the CDK that it runs with.

``CONSTRUCTS_IMS_EXAMPLES`` raises the number of inputs; the promise was counted with 10,000. Every run draws new ones,
in CI too; the header of the run names the seed, and ``--hypothesis-seed`` repeats it. An input that fails is to be kept
as an ``@example`` of its test. With ``CONSTRUCTS_IMS_TEST_CDK=cdktn`` the tests that import ``cdktf`` get ``cdktn`` in
its place.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from .isolation import isolate
from .moved_cdk import move

isolate()
settings.register_profile(
    "constructs-ims",
    settings(),
    derandomize=False,  # hypothesis would fix the inputs in CI
    print_blob=True,
    max_examples=int(os.environ.get("CONSTRUCTS_IMS_EXAMPLES", "10")),
    deadline=None,  # a busy machine is no fault of the code
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("constructs-ims")

if os.environ.get("CONSTRUCTS_IMS_TEST_CDK") == "cdktn":
    move()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed of generated inputs, for all processes of the run."""
    if config.getoption("hypothesis_seed", None) is None:
        config.option.hypothesis_seed = str(secrets.randbelow(2**32))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand a test's parameters out together: what xdist does for each handed out grows with the square of their number.

    Tests of few parameters, which take long, come last in its order, so that no process ends long before the others.
    """
    from xdist.scheduler import LoadGroupScheduling

    class ByFunction(LoadGroupScheduling):
        def _split_scope(self, nodeid: str) -> str:
            scope: str = super()._split_scope(nodeid)
            return scope.partition("[")[0]

    return ByFunction(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each test the id in which xdist wrote its group: as of 9.2, pytest has it in another place."""
    if config.getoption("loadgroup", False):
        for item in items:
            with_group = getattr(item, "_nodeid", item.nodeid)
            if with_group != item.nodeid:
                item._id = type(item._id).parse(with_group)


def pytest_report_header(config: pytest.Config) -> str:
    """Name the seed of generated inputs."""
    return f"generated inputs: --hypothesis-seed={config.getoption('hypothesis_seed')}"


@pytest.fixture(scope="session")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Check files strictly; what the first call learned of the package and its libraries is kept for the next.

    Tests that use it are of ``xdist_group("mypy")``: one process then runs them all.
    """
    words = ["--strict", "--no-error-summary", "--hide-error-context", f"--cache-dir={tmp_path_factory.mktemp('mypy')}"]
    root = Path(__file__).parents[1]

    def check(*files: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "mypy", *words, *map(str, files)]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)

    return check
