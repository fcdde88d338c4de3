from __future__ import annotations

from pathlib import Path

import pytest

from constructs_ims.backend.terraform.mirror import provider_installation
from constructs_ims.cli.main import main


def test_install_lays_the_provider_and_says_how_terraform_finds_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    mirror = tmp_path / "plugins"
    assert main(["provider", "install", str(mirror)]) == 0
    output = capsys.readouterr().out
    [executable] = (mirror / "registry.terraform.io").rglob("terraform-provider-huaweicloud_v*")
    assert f"Laid {executable}" in output
    assert output.endswith(provider_installation(mirror))


def test_terraform_takes_other_providers_from_elsewhere(tmp_path: Path):
    ours = '["registry.terraform.io/huaweicloud/huaweicloud", "registry.opentofu.org/huaweicloud/huaweicloud"]'
    assert provider_installation(tmp_path / 'a "${b}"').splitlines() == [
        "provider_installation {",
        "  filesystem_mirror {",
        f'    path    = "{tmp_path}/a \\"$${{b}}\\""',
        f"    include = {ours}",
        "  }",
        "  direct {",
        f"    exclude = {ours}",
        "  }",
        "}",
    ]


def test_install_passes_for_any_release(tmp_path: Path):
    assert main(["provider", "install", str(tmp_path), "--version", "1.80.1"]) == 0
    assert list(tmp_path.rglob("terraform-provider-huaweicloud_v1.80.1"))


def test_install_again_changes_nothing(tmp_path: Path):
    main(["provider", "install", str(tmp_path)])
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    main(["provider", "install", str(tmp_path)])
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_install_refuses_what_is_no_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["provider", "install", str(tmp_path), "--version", "latest"]) == 1
    assert 'Error: Invalid version: "latest" is no version.' in capsys.readouterr().err


def test_install_into_a_place_that_is_no_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").touch()
    assert main(["provider", "install", str(tmp_path / "file")]) == 1
    assert "Error: Cannot write mirror" in capsys.readouterr().err
