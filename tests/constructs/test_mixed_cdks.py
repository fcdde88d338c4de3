"""An app that uses both CDKs is told so, with the line to change."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HELPER = "from cdktf import TerraformProvider, TerraformResourceLifecycle\n"
APPS = {
    "the stack is of the other": """
        from constructs_ims.cdktn import ImsImageMetadata
        from cdktf import App, TerraformStack
        ImsImageMetadata(TerraformStack(App(), "images"), "base", name="a")
        """,
    "a second stack is of the other": """
        import cdktf, cdktn
        from constructs_ims import ImsImageMetadata
        ImsImageMetadata(cdktn.TerraformStack(cdktn.App(), "images"), "base", name="a")
        ImsImageMetadata(cdktf.TerraformStack(cdktf.App(), "images"), "base", name="a")
        """,
    "the app is of the other": """
        import cdktn
        from cdktf import App
        from constructs_ims.cdktn import ImsImageMetadata
        ImsImageMetadata(cdktn.TerraformStack(App(), "images"), "base", name="a")
        """,
    "the provider is of the other": """
        import cdktn
        from constructs_ims import ImsImageMetadata
        from helper import TerraformProvider
        class Other(TerraformProvider): pass
        stack = cdktn.TerraformStack(cdktn.App(), "images")
        ImsImageMetadata(stack, "base", name="a", provider=Other(stack, "other", terraform_resource_type="other"))
        """,
    "an argument is of the other": """
        import cdktn
        from constructs_ims import ImsImageMetadata
        def build(stack):
            from helper import TerraformResourceLifecycle as Rules
            ImsImageMetadata(stack, "base", name="a", lifecycle=Rules(prevent_destroy=True))
        build(cdktn.TerraformStack(cdktn.App(), "images"))
        """,
}
LINES = {
    "the stack is of the other": 'line 3 of main.py ("from cdktf import App, TerraformStack")',
    "a second stack is of the other": 'line 2 of main.py ("import cdktf, cdktn")',
    "the app is of the other": 'line 3 of main.py ("from cdktf import App")',
    "the provider is of the other": f'line 1 of helper.py ("{HELPER.strip()}")',
    "an argument is of the other": f'line 1 of helper.py ("{HELPER.strip()}")',
}


def run(directory: Path, app: str) -> str:
    (directory / "main.py").write_text(app)
    ran = subprocess.run(
        [sys.executable, "main.py"],
        cwd=directory,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    return ran.stderr


@pytest.mark.e2e
@pytest.mark.parametrize("name", APPS)
def test_mixed_app_is_told_which_line_to_change(tmp_path: Path, name: str) -> None:
    (tmp_path / "helper.py").write_text(HELPER)

    said = run(tmp_path, APPS[name].replace("\n        ", "\n"))

    assert 'ImsValidationError: ImsImageMetadata at "images/base": Mixed CDKs' in said, said
    assert "comes from cdktf, and the constructs here from cdktn." in said, said
    assert f"Change {LINES[name]}: import cdktn there" in said, said


def test_package_that_brings_the_other_is_traced_to_the_apps_line(tmp_path: Path) -> None:
    """``installed`` stands in for the folder that packages are installed in."""
    package = tmp_path / "installed" / "prebuilt"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from .rules import Rules\n")
    (package / "rules.py").write_text("from cdktf import TerraformResourceLifecycle as Rules\n")
    app = f"""
import sys
sys.path.append("installed")
from constructs_ims.constructs import mixed_cdks
mixed_cdks._INSTALLED = (*mixed_cdks._INSTALLED, {str(tmp_path / "installed")!r}, "installed")
from constructs_ims.cdktn import ImsImageMetadata
from cdktn import App, TerraformStack
from prebuilt import Rules
ImsImageMetadata(TerraformStack(App(), "images"), "base", name="a", lifecycle=Rules(prevent_destroy=True))
"""
    said = run(tmp_path, app)

    assert 'Change line 8 of main.py ("from prebuilt import Rules"): import cdktn there, or a package that' in said, (
        said
    )


def test_explicit_import_after_the_first_construct_is_refused_at_its_line(tmp_path: Path) -> None:
    app = """
from constructs_ims import ImsImageMetadata
from cdktf import App, TerraformStack
ImsImageMetadata(TerraformStack(App(), "images"), "base", name="a")
from constructs_ims.cdktn import HuaweicloudProvider
"""
    said = run(tmp_path, app)

    assert "MixedCdksError: cdktn is asked for, and the app has made a construct with cdktf already." in said, said
    assert 'File "' in said
    assert "line 5" in said


def test_construct_of_the_other_beside_ours_is_told_when_synthesis_fails(tmp_path: Path) -> None:
    app = """
from constructs_ims.cdktn import HuaweicloudProvider
from cdktn import App, TerraformStack
from cdktf_cdktf_provider_random.pet import Pet
app = App()
stack = TerraformStack(app, "images")
HuaweicloudProvider(stack, "huaweicloud")
Pet(stack, "pet")
app.synth()
"""
    said = run(tmp_path, app)

    line = 'line 4 of main.py ("from cdktf_cdktf_provider_random.pet import Pet")'
    assert 'MixedCdksError: Mixed CDKs: "images/pet" comes from cdktf, and the constructs here from cdktn.' in said, (
        said
    )
    assert f"Change {line}: import cdktn there, or a package that is made for it." in said, said


def test_aspect_of_the_other_which_nothing_would_run_is_told(tmp_path: Path) -> None:
    app = """
import jsii, cdktf
from constructs_ims.cdktn import HuaweicloudProvider
from cdktn import App, TerraformStack
@jsii.implements(cdktf.IAspect)
class Visit:
    def visit(self, node): raise AssertionError("never visited")
app = App()
stack = TerraformStack(app, "images")
HuaweicloudProvider(stack, "huaweicloud")
cdktf.Aspects.of(stack).add(Visit())
app.synth()
"""
    said = run(tmp_path, app)

    assert 'Mixed CDKs: An Aspect on "images" comes from cdktf, and the constructs here from cdktn.' in said, said
    assert 'Change line 2 of main.py ("import jsii, cdktf"): import cdktn there' in said, said


def test_function_of_the_other_is_told(tmp_path: Path) -> None:
    app = """
import cdktn
from cdktf import App, TerraformStack
from constructs_ims import HuaweicloudProvider, ImsImageMetadata
app = App()
stack = TerraformStack(app, "images")
HuaweicloudProvider(stack, "huaweicloud")
ImsImageMetadata(stack, "base", name=cdktn.Fn.upper("x"))
app.synth()
"""
    said = run(tmp_path, app)

    assert "Mixed CDKs: A function or a token that the app uses comes from cdktn, and the constructs here from" in said
    assert 'Change line 2 of main.py ("import cdktn"): import cdktf there' in said, said


def test_synthesis_that_fails_of_itself_says_what_it_said(tmp_path: Path) -> None:
    app = """
from constructs_ims.cdktn import ImsImageMetadata
from cdktn import App, TerraformStack
app = App()
ImsImageMetadata(TerraformStack(app, "images"), "base", name="a")
app.synth()
"""
    said = run(tmp_path, app)

    assert "Found resources without a matching provider construct" in said, said
    assert "Mixed" not in said
