"""Lines and bars while an apply goes on, and colors for who sees them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from constructs_ims.backend.engine.lang.addresses import parse_address
from constructs_ims.backend.engine.plans.changes import Action, ResourceChange
from constructs_ims.cli.views.progress import ProgressBar, ProgressLines
from constructs_ims.cli.views.style import Palette


class Screen(io.StringIO):
    """A terminal, as far as anyone can tell."""

    def isatty(self) -> bool:
        return True


def change(**more: Any) -> ResourceChange:
    return ResourceChange(parse_address("a.b"), 'provider["x"]', Action.CREATE, None, {}, **more)


def test_done_object_gets_a_line() -> None:
    out = io.StringIO()
    lines = ProgressLines(out, Palette())

    lines.apply_completed(change(), Action.CREATE, "id-1", 1.25)
    lines.apply_progressed(change(), Action.CREATE, "", 10)
    lines.apply_errored(change(simulated=True), Action.DELETE, "", 1)

    assert out.getvalue() == ("  + a.b  created in 1.2 s  id-1\n    a.b still at work after 10 s\n  x a.b  failed\n")


def test_simulated_object_is_marked() -> None:
    out = io.StringIO()

    ProgressLines(out, Palette()).apply_completed(change(simulated=True), Action.CREATE, "", 0)

    assert out.getvalue() == "  + a.b (simulated)  created\n"


@pytest.mark.parametrize(
    ("stream", "objects", "kind"),
    [(io.StringIO(), 1000, ProgressLines), (Screen(), 3, ProgressLines), (Screen(), 1000, ProgressBar)],
    ids=["pipe", "few", "many"],
)
def test_bar_is_for_many_objects_on_a_terminal(stream: io.StringIO, objects: int, kind: type) -> None:
    assert isinstance(ProgressLines.start(stream, Palette(enabled=stream.isatty()), objects), kind)


def test_bar_comes_with_the_first_object_and_goes_at_the_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    bar = ProgressBar(2)
    bar.stop()
    assert capsys.readouterr().out == ""  # there was none to take away

    bar.apply_started(change(), Action.CREATE, "")
    bar.apply_completed(change(), Action.CREATE, "id", 0)
    bar.stop()

    shown = capsys.readouterr().out
    assert "1/2" in shown
    assert "a.b" in shown
    bar.apply_completed(change(), Action.CREATE, "id", 0)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("stream", "variables", "wanted", "colored"),
    [
        (Screen(), {}, None, True),
        (io.StringIO(), {}, None, False),
        (Screen(), {"NO_COLOR": "1"}, None, False),
        (Screen(), {"TERM": "dumb"}, None, False),
        (Screen(), {}, False, False),
    ],
    ids=["terminal", "pipe", "NO_COLOR", "dumb", "refused"],
)
def test_color_is_for_terminals(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, variables: dict[str, str], wanted: bool | None, colored: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert (Palette.of(stream, wanted).green("x") == "\x1b[32mx\x1b[0m") is colored
