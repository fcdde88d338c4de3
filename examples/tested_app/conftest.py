from pathlib import Path

from constructs_ims import Sandbox
from golden_images import GoldenImages
import pytest
from cdktf import App


@pytest.fixture
def golden(tmp_path: Path) -> GoldenImages:
    """The app as it is deployed, made anew for each test."""
    return GoldenImages(App(outdir=str(tmp_path)))


@pytest.fixture
def named(ims: Sandbox) -> Sandbox:
    """The offline world in which the random name, which is simulated there, is a known one."""
    ims.override_resource("random_pet.release", {"id": "brave-otter"})
    return ims
