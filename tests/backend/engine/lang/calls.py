"""Many expressions worked out at once, as Terraform's console shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from constructs_ims.backend.engine.lang import (
    FunctionSettings,
    MappingScope,
    evaluate_typed,
    parse_expression,
    render_console,
)

TESTDATA = Path(__file__).parent / "testdata"


def guarded(expression: str) -> str:
    """Wrap an expression so that a failure is a value too, and the types of values are kept."""
    return f'try([{expression}], ["failed"])'


def together(expressions: Iterable[str]) -> str:
    """One expression for the values, or failures, of all."""
    return f"[{', '.join(map(guarded, expressions))}]"


def plain_zero(shown: str) -> str:
    """Take the sign off zero: Terraform has a negative zero, which we do not follow it in."""
    return re.sub(r"-0(?![.\d])", "0", shown)


def rendered(expression: str) -> str:
    """What the console prints for an expression."""
    return render_console(
        evaluate_typed(parse_expression(expression), MappingScope({}, FunctionSettings(TESTDATA))).value
    )
