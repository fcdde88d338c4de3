"""Nothing but this machine is an endpoint."""

from __future__ import annotations

import pytest

from constructs_ims.backend.client.endpoints import loopback_endpoint
from constructs_ims.backend.client.errors import EndpointError


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("http://127.0.0.1:8765/", "http://127.0.0.1:8765"),
        ("http://127.8.9.10/", "http://127.8.9.10"),
        ("https://localhost:8443/v3/", "https://localhost:8443/v3"),
        ("http://LOCALHOST:80", "http://localhost:80"),
        ("http://[::1]:8765", "http://[::1]:8765"),
    ],
)
def test_this_machine_is_taken(given: str, expected: str) -> None:
    assert loopback_endpoint(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        "https://ims.cn-north-4.myhuaweicloud.com/",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1:8765",
        "http://0.0.0.0:8765",
        "http://169.254.169.254/openstack/latest/securitykey",
        "http://[::ffff:10.0.0.1]/",
        "http://2130706433/",
        "http://127.1/",
        "http://example.com\\@127.0.0.1/",
    ],
)
def test_other_machines_are_refused(given: str) -> None:
    with pytest.raises(EndpointError) as caught:
        loopback_endpoint(given)

    assert given.partition("\\")[0].rstrip("/") in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "127.0.0.1:8765",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "http://",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:port",
        "http://user:sesame@127.0.0.1:8765",
        "http://127.0.0.1:8765?x=1",
        "http://127.0.0.1:8765#x",
        "http://[::1",
    ],
)
def test_malformed_endpoints_are_refused(given: str) -> None:
    with pytest.raises(EndpointError, match="is not an endpoint") as caught:
        loopback_endpoint(given)

    assert "sesame" not in str(caught.value)
