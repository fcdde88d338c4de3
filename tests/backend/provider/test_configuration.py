from __future__ import annotations

import pytest

from constructs_ims.backend.provider.configuration import LocalService, resolve_settings, validate_configuration
from constructs_ims.backend.provider.regions import credentials
from constructs_ims.schema.values import Unknown

from .conftest import provider_block

SANDBOX = LocalService("http://127.0.0.1:4000", "SANDBOXKEY", "sandbox-secret")
OWN = {"endpoints": {"ims": "http://127.0.0.1:5000/", "iam": "http://127.0.0.1:5001/"}}


def resolve(sandbox=None, environment=None, **given):
    return resolve_settings(provider_block(**given), environment or {}, sandbox)


def test_a_sandbox_is_used_with_its_own_keys_whatever_the_block_and_the_environment_hold():
    environment = {"HW_ACCESS_KEY": "REAL", "HW_SECRET_KEY": "real", "HW_AUTH_URL": "https://iam.example.com/v3"}
    settings, faults = resolve(SANDBOX, environment, region="cn-north-4", access_key="REAL", secret_key="real")
    assert faults == []
    assert settings is not None
    assert settings.service == SANDBOX
    assert settings.identity_endpoint == "http://127.0.0.1:4000/v3"
    assert not settings.pinned


def test_endpoints_of_this_machine_take_the_keys_beside_them():
    settings, faults = resolve(region="cn-north-4", access_key="AK", secret_key="SK", **OWN)
    assert faults == []
    assert settings is not None
    assert settings.service == LocalService("http://127.0.0.1:5000/", "AK", "SK")
    assert settings.identity_endpoint == "http://127.0.0.1:5001/v3"
    assert settings.pinned


def test_endpoints_of_this_machine_inside_a_sandbox_never_see_the_blocks_keys():
    settings, _ = resolve(SANDBOX, region="cn-north-4", access_key="REAL", secret_key="real", **OWN)
    assert settings is not None
    assert settings.service == LocalService("http://127.0.0.1:5000/", "SANDBOXKEY", "sandbox-secret")


def test_an_auth_url_beside_endpoints_says_where_projects_are_asked_for():
    settings, _ = resolve(SANDBOX, region="cn-north-4", auth_url="http://localhost:5002/v3", **OWN)
    assert settings is not None
    assert settings.identity_endpoint == "http://localhost:5002/v3"


def test_without_a_service_the_error_says_how_to_start_one():
    settings, [fault] = resolve(region="cn-north-4")
    assert settings is None
    assert fault.summary == "No local IMS service"
    assert "constructs-ims run --" in fault.detail


def test_the_region_comes_from_the_block_before_the_environment():
    environment = {"HW_REGION_NAME": "cn-east-3"}
    assert resolve(SANDBOX, environment)[0].region == "cn-east-3"
    assert resolve(SANDBOX, environment, region="cn-north-4")[0].region == "cn-north-4"


@pytest.mark.parametrize("region", [None, "", Unknown], ids=["left out", "empty", "unknown"])
def test_a_region_is_needed(region):
    settings, faults = resolve(SANDBOX, region=region)
    assert settings is None
    assert any("region should be provided" in fault.detail for fault in faults) or faults[0].summary == "Invalid region"


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("1", True), ("false", False), ("", False)])
def test_the_environment_may_allow_replacements(text, flag):
    settings, _ = resolve(SANDBOX, {"HW_ENABLE_FORCE_NEW": text}, region="cn-north-4")
    assert settings is not None
    assert settings.force_new is flag


def test_the_block_overrules_the_environment_on_replacements():
    settings, _ = resolve(SANDBOX, {"HW_ENABLE_FORCE_NEW": "true"}, region="cn-north-4", enable_force_new=False)
    assert settings is not None
    assert settings.force_new is False


@pytest.mark.parametrize(
    ("given", "environment", "retries"),
    [
        ({}, {}, 5),
        ({"max_retries": 0}, {}, 0),
        ({}, {"HW_MAX_RETRIES": "2"}, 2),
        ({"max_retries": 1}, {"HW_MAX_RETRIES": "2"}, 1),
    ],
    ids=["left out", "none", "from the environment", "the block before the environment"],
)
def test_how_often_a_request_is_sent_again(given, environment, retries):
    settings, _ = resolve(SANDBOX, environment, region="cn-north-4", **given)
    assert settings is not None
    assert settings.max_retries == retries


@pytest.mark.parametrize("text", ["many", "-1", "1.5"])
def test_retries_in_the_environment_are_a_whole_number(text):
    settings, [fault] = resolve(SANDBOX, {"HW_MAX_RETRIES": text}, region="cn-north-4")
    assert settings is None
    assert f'max_retries is "{text}" in the environment' in fault.detail


REFUSED = {
    "a secret key alone": ({"secret_key": "SK"}, "all of `access_key,secret_key` must be specified"),
    "an agency alone": ({"agency_name": "a"}, "all of `agency_domain_name,agency_name` must be specified"),
    "an endpoint elsewhere": ({"endpoints": {"ims": "https://ims.example.com"}}, "not on this machine"),
    "an endpoint without a scheme, elsewhere": ({"endpoints": {"ims": "ims.example.com"}}, "not on this machine"),
    "an identity service elsewhere": ({"auth_url": "https://iam.example.com/v3"}, "not on this machine"),
    "an empty endpoint": ({"endpoints": {"ims": ""}}, "the value of customer endpoint ims must be specified"),
    "fewer than no retries": ({"max_retries": -1}, "Use 0 retries or more"),
    "two tokens": (
        {"assume_role_with_oidc": [{"id_token": "t", "id_token_file": "f"}]},
        "one of `id_token,id_token_file` must be specified, and 2 are",
    ),
}


@pytest.mark.parametrize(("given", "text"), REFUSED.values(), ids=REFUSED)
def test_what_a_block_may_not_hold(given, text):
    assert any(text in fault.detail for fault in validate_configuration(provider_block(**given)))


def test_unknown_values_are_passed_over():
    unknown = dict.fromkeys(provider_block(), Unknown)
    assert validate_configuration(unknown) == []


def test_a_token_that_is_not_known_yet_may_turn_out_to_be_the_only_one():
    block = {"id_token": Unknown, "id_token_file": Unknown}
    assert validate_configuration(provider_block(assume_role_with_oidc=[block])) == []


def test_faults_name_their_place_inside_nested_blocks():
    block = {"agency_name": "a", "domain_name": None, "domain_id": None, "duration": 0}
    [fault] = validate_configuration(provider_block(assume_role=[block]))
    assert str(fault).startswith("Invalid duration (assume_role[0].duration)")


def test_secrets_stay_out_of_the_repr():
    settings, _ = resolve(SANDBOX, region="cn-north-4")
    assert "sandbox-secret" not in repr(settings)


def test_a_service_survives_the_way_through_the_environment():
    assert LocalService.from_environment(SANDBOX.to_environment()) == SANDBOX
    assert LocalService.from_environment({}) is None


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ({"access_key": "AK", "secret_key": "SK"}, ("AK", "SK")),
        ({"access_key": "AK"}, None),
        ({"secret_key": "SK"}, None),
    ],
    ids=["both", "access key", "secret key"],
)
def test_own_endpoints_need_both_keys(pair, expected):
    settings, faults = resolve(region="cn-north-4", **pair, **OWN)
    given = settings and (settings.service.access_key, settings.service.secret_key)
    assert given == expected
    assert bool(faults) == (expected is None)


def test_keys_sign_as_what_they_are():
    """The access key is named in a request, the secret key never is."""
    settings, _ = resolve(region="cn-north-4", access_key="AK", secret_key="SK", **OWN)
    pair = credentials(settings)
    assert (pair.access_key, pair.secret_key) == ("AK", "SK")


@pytest.mark.parametrize("name", ["ims", "iam"])
@pytest.mark.parametrize("address", ["", None])
def test_endpoint_without_an_address_is_one_fault_that_names_it(name, address):
    _, faults = resolve(SANDBOX, region="cn-north-4", endpoints={name: address})
    assert [fault.summary for fault in faults] == ["Invalid endpoint"]
    assert f"customer endpoint {name} must be specified" in faults[0].detail
