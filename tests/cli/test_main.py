from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from constructs_ims.cli.main import COMMANDS, main


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]):
    assert main(["--help"]) == 0
    page = capsys.readouterr().out
    assert all(f"  {row.name} " in page for row in COMMANDS)


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_every_row_of_the_table_has_its_module(row, capsys: pytest.CaptureFixture[str]):
    module = importlib.import_module(f"constructs_ims.cli.commands.{row.module}")
    assert callable(module.run)
    with pytest.raises(SystemExit) as ended:
        main([row.name, "--help"])
    assert ended.value.code == 0
    assert f"constructs-ims {row.name}" in capsys.readouterr().out


def test_without_a_command_the_page_is_shown_and_the_status_says_so(capsys: pytest.CaptureFixture[str]):
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().out


def test_a_misspelt_command_earns_a_hint(capsys: pytest.CaptureFixture[str]):
    assert main(["emulatr"]) == 2
    assert '"emulatr" is no command. Did you mean "emulator"?' in capsys.readouterr().err


def test_the_version(capsys: pytest.CaptureFixture[str]):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("constructs-ims ")


def test_an_unknown_argument_is_a_usage_error(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["emulator", "--prot", "1"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        'constructs-ims emulator: error: unrecognized arguments: --prot 1. Did you mean "--port"?\n'
        "constructs-ims emulator --help tells more.\n"
    )


def test_nobody_need_read_the_help_to_its_end():
    command = f"{sys.executable} -m constructs_ims.cli.main --help | true"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert ran.stderr == ""


@pytest.mark.parametrize(
    ("program", "words", "left_out"),
    [
        ("constructs_ims.cli.main", ["--help"], ["importlib.metadata", "constructs_ims.backend.engine"]),
        ("constructs_ims.cli.terraform", ["version"], ["sqlite3", "constructs_ims.backend.engine"]),
        ("constructs_ims.cli.terraform", ["output"], ["sqlite3", "constructs_ims.backend.engine.configuration"]),
    ],
)
def test_a_command_loads_only_what_it_needs(program: str, words: list[str], left_out: list[str], tmp_path):
    code = (
        f"import sys; from {program} import main; main({words!r}); print(sorted({set(left_out)!r} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_interrupt_during_a_command_ends_it_as_shells_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("constructs_ims.cli.commands.doctor.run", interrupted)

    assert main(["doctor"]) == 130
