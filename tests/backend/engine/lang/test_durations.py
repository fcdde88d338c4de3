"""Every unit of a duration, at the boundary of a second."""

from __future__ import annotations

import pytest

from constructs_ims.backend.engine.lang import MappingScope, evaluate, parse_expression

SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


def added(duration: str) -> object:
    return evaluate(parse_expression(f'timeadd("2020-01-01T00:00:00Z", "{duration}")'), MappingScope({})).value


@pytest.mark.parametrize(("unit", "seconds"), SECONDS.items(), ids=SECONDS)
def test_units(unit: str, seconds: float) -> None:
    in_an_hour = round(3600 / seconds)

    assert added(f"{in_an_hour}{unit}") == "2020-01-01T01:00:00Z"
    assert added(f"{in_an_hour - 1}{unit}") < "2020-01-01T01:00:00Z"
