from __future__ import annotations

import json

import pytest

from constructs_ims.backend.provider.timeouts import delete_timeout, go_duration, private_bytes
from constructs_ims.schema.values import Unknown

GIVEN = [
    pytest.param({"timeouts": None}, 600.0, id="no block"),
    pytest.param({"timeouts": {"delete": None}}, 600.0, id="an empty block"),
    pytest.param({"timeouts": {"delete": Unknown}}, 600.0, id="an unknown value"),
    pytest.param({"timeouts": {"delete": "1h30m"}}, 5400.0, id="hours and minutes"),
]


@pytest.mark.parametrize(("values", "seconds"), GIVEN)
def test_how_long_a_deletion_may_take(values, seconds):
    assert delete_timeout(values) == seconds


def test_an_imported_object_remembers_the_version_of_its_schema_too():
    assert json.loads(private_bytes({}, imported=True)) == {
        "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": {"delete": 600000000000},
        "schema_version": "0",
    }


DURATIONS = {0.25: "250ms", 5: "5s", 90: "1m30s", 600: "10m0s", 3605: "1h0m5s", 1.5: "1.5s"}


@pytest.mark.parametrize(("seconds", "text"), DURATIONS.items(), ids=DURATIONS.values())
def test_durations_are_written_as_go_does(seconds, text):
    assert go_duration(seconds) == text
