from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cdktf
import pytest
from cdktf import Fn, TerraformElement, TerraformIterator, TerraformProvider, TerraformStack, TerraformVariable, Token

from constructs_ims import (
    HuaweicloudProvider,
    HuaweicloudProviderAssumeRole,
    HuaweicloudProviderAssumeRoleWithOidc,
    HuaweicloudProviderConfig,
    ImsImageMetadata,
    ImsValidationError,
)

Synth = Callable[[TerraformStack], dict[str, Any]]
OIDC = {"agency_name": "a", "domain_id": "d", "idp_id": "i"}


def block_of(document: dict[str, Any]) -> dict[str, Any]:
    return document["provider"]["huaweicloud"][0]


def test_version_constraint_is_always_written(stack: TerraformStack, synth: Synth) -> None:
    provider = HuaweicloudProvider(stack, "main", region="cn-north-4")

    assert provider.version_constraint == ">= 1.73.2, < 2.0.0"
    assert synth(stack)["terraform"]["required_providers"]["huaweicloud"] == {
        "source": "huaweicloud/huaweicloud",
        "version": ">= 1.73.2, < 2.0.0",
    }


def test_version_constraint_left_out_is_the_default(stack: TerraformStack, synth: Synth) -> None:
    HuaweicloudProvider(stack, "main", version_constraint=None)

    assert synth(stack)["terraform"]["required_providers"]["huaweicloud"]["version"] == ">= 1.73.2, < 2.0.0"


def test_version_constraint_can_be_changed(stack: TerraformStack, synth: Synth) -> None:
    HuaweicloudProvider(stack, "main", version_constraint="~> 1.80")

    assert synth(stack)["terraform"]["required_providers"]["huaweicloud"]["version"] == "~> 1.80"


def test_every_argument(stack: TerraformStack, synth: Synth) -> None:
    given: dict[str, Any] = {
        "region": "cn-north-4",
        "access_key": "ak",
        "secret_key": "sk",
        "insecure": True,
        "max_retries": 3,
        "endpoints": {"ims": "https://ims.example.com"},
        "default_tags": {"owner": "me"},
        "ignore_tags": ["a", "b"],
        "enable_force_new": False,
    }
    provider = HuaweicloudProvider(stack, "main", **given)

    assert block_of(synth(stack)) == given
    assert {name: getattr(provider, name) for name in given} == given
    assert {name: getattr(provider, f"{name}_input") for name in given} == given


def test_arguments_can_be_changed(stack: TerraformStack, synth: Synth) -> None:
    provider = HuaweicloudProvider(stack, "main", region="cn-north-4", insecure=True)
    provider.region = "cn-south-1"
    provider.reset_insecure()
    provider.alias = "south"
    provider.assume_role = [{"agency_name": "a"}]
    provider.assume_role_with_oidc = HuaweicloudProviderAssumeRoleWithOidc(**OIDC, id_token="t")

    assert block_of(synth(stack)) == {
        "alias": "south",
        "region": "cn-south-1",
        "assume_role": [{"agency_name": "a"}],
        "assume_role_with_oidc": {**OIDC, "id_token": "t"},
    }
    assert provider.fqn == "huaweicloud.south"

    provider.reset_alias()
    provider.reset_assume_role()
    provider.reset_assume_role_with_oidc()
    provider.region = None
    assert block_of(synth(stack)) == {}


def test_roles_come_back_as_values(stack: TerraformStack) -> None:
    role = HuaweicloudProviderAssumeRole(agency_name="a", duration=900)
    oidc = HuaweicloudProviderAssumeRoleWithOidc(**OIDC, id_token_file="f")
    provider = HuaweicloudProvider(stack, "main", assume_role=[role], assume_role_with_oidc=oidc)

    assert (provider.assume_role, provider.assume_role_input) == ([role], [role])
    assert (provider.assume_role_with_oidc, provider.assume_role_with_oidc_input) == (oidc, oidc)


def test_roles_from_an_iterator(stack: TerraformStack, synth: Synth) -> None:
    agencies = TerraformIterator.from_list(["a", "b"])
    HuaweicloudProvider(stack, "main", assume_role=agencies.dynamic({"agency_name": agencies.value}))

    assert block_of(synth(stack)) == {
        "dynamic": {
            "assume_role": {
                "content": {"agency_name": "${each.value}"},
                "for_each": '${toset(["a", "b"])}',
                "iterator": "each",
            },
        },
    }


def test_tokens_pass(stack: TerraformStack, synth: Synth) -> None:
    variable = TerraformVariable(stack, "variable", type="any")
    HuaweicloudProvider(
        stack,
        "main",
        region=variable.string_value,
        max_retries=variable.number_value,
        insecure=variable.boolean_value,
        ignore_tags=variable.list_value,
        auth_url=variable.string_value,
    )

    assert set(block_of(synth(stack)).values()) == {"${var.variable}"}


def test_tokens_for_whole_maps_pass(stack: TerraformStack, synth: Synth) -> None:
    """Bindings of ``cdktf get`` fail on these at synthesis."""
    variable = TerraformVariable(stack, "variable", type="map(string)")
    provider = HuaweicloudProvider(stack, "main", default_tags=Token.as_string_map(variable.fqn))
    provider.endpoints = Token.as_string_map(Fn.merge([variable.fqn, {"ims": "https://ims.example.com"}]))

    assert block_of(synth(stack)) == {
        "default_tags": "${var.variable}",
        "endpoints": '${merge(var.variable, {"ims" = "https://ims.example.com"})}',
    }
    assert 'default_tags = "${var.variable}"' in cdktf.Testing.synth_hcl(stack)


def test_provider_block_is_known_to_cdktf(stack: TerraformStack) -> None:
    provider = HuaweicloudProvider(stack, "main")

    assert TerraformProvider.is_terraform_provider(provider)
    assert provider.terraform_resource_type == HuaweicloudProvider.TF_RESOURCE_TYPE == "huaweicloud"
    assert provider.terraform_provider_source == "huaweicloud/huaweicloud"


def test_stack_without_provider_block_fails_validation(stack: TerraformStack) -> None:
    ImsImageMetadata(stack, "image", name="a")

    with pytest.raises(RuntimeError, match="huaweicloud"):
        cdktf.Testing.synth(stack, True)


REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "key alone": (
        {"access_key": "a"},
        [
            "Missing argument (secret_key): access_key is given without secret_key. "
            "Give both, or neither to take them from the environment."
        ],
    ),
    "token without keys": (
        {"security_token": "t"},
        [
            "Missing argument (access_key): security_token is given without access_key. "
            "Give both, or neither to take them from the environment."
        ],
    ),
    "agency alone": (
        {"agency_name": "a"},
        [
            "Missing argument (agency_domain_name): agency_name is given without agency_domain_name. "
            "Give both, or neither to take them from the environment."
        ],
    ),
    "negative retries": (
        {"max_retries": -1},
        ["Invalid max retries (max_retries): max_retries is -1. Use 0 retries or more."],
    ),
    "url": (
        {"auth_url": "iam.example.com"},
        ['Invalid auth url (auth_url): "iam.example.com" is no URL. Use one that starts with https:// or http://.'],
    ),
    "alias": (
        {"alias": "1 south"},
        ['Invalid alias (alias): "1 south" is no name. Use letters, digits, - and _, and begin with a letter or _.'],
    ),
    "constraint": (
        {"version_constraint": "latest"},
        [
            'Invalid version constraint (version_constraint): "latest" is no constraint. '
            'Write one like ">= 1.73.2, < 2.0.0".'
        ],
    ),
    "unknown argument": (
        {"regoin": "cn-north-4"},
        ['Unknown argument: There is no argument "regoin". Did you mean "region"?'],
    ),
    "text for map": (
        {"endpoints": "https://ims.example.com"},
        [
            'Wrong type (endpoints): The string "https://ims.example.com" is given. '
            'Use a mapping of strings to strings: {"key": "value"}.'
        ],
    ),
    "number in map": (
        {"default_tags": {"a": 1}},
        ['Wrong type (default_tags["a"]): The number 1 is given. Use a string.'],
    ),
    "secret of wrong type": (
        {"access_key": "a", "secret_key": 123456},
        ["Wrong type (secret_key): A value of type int is given. Use a string."],
    ),
    "role without agency": (
        {"assume_role": [{"duration": 0}]},
        [
            "Invalid duration (assume_role[0].duration): duration is 0. Use 1 seconds or more.",
            "Missing argument (assume_role[0].agency_name): agency_name is left out, but it is required. Add it.",
        ],
    ),
    "role as mapping": (
        {"assume_role": {"agency_name": "a"}},
        ["Wrong type (assume_role): A dict is given. Use a list of HuaweicloudProviderAssumeRole or mappings."],
    ),
    "role as text": (
        {"assume_role": ["a"]},
        ['Wrong type (assume_role[0]): The string "a" is given. Use HuaweicloudProviderAssumeRole or a mapping.'],
    ),
    "identity token twice": (
        {"assume_role_with_oidc": {**OIDC, "id_token": "t", "id_token_file": "f"}},
        [
            "Invalid combination of arguments (assume_role_with_oidc): "
            "Both id_token and id_token_file are given. Give exactly one."
        ],
    ),
    "no identity token": (
        {"assume_role_with_oidc": OIDC},
        [
            "Invalid combination of arguments (assume_role_with_oidc): "
            "Neither id_token nor id_token_file is given. Give exactly one."
        ],
    ),
}


@pytest.mark.parametrize(("given", "messages"), REFUSED.values(), ids=REFUSED)
def test_refused(stack: TerraformStack, given: dict[str, Any], messages: list[str]) -> None:
    with pytest.raises(ImsValidationError) as caught:
        HuaweicloudProvider(stack, "main", **given)

    assert [str(diagnostic) for diagnostic in caught.value.diagnostics] == messages
    assert caught.value.construct_path == "stack/main"


def test_setters_hold_the_same_rules(stack: TerraformStack) -> None:
    provider = HuaweicloudProvider(stack, "main", max_retries=1)
    with pytest.raises(ImsValidationError, match="max_retries is -1"):
        provider.max_retries = -1
    with pytest.raises(ImsValidationError, match="agency_name is left out"):
        provider.assume_role = [{}]

    assert provider.max_retries == 1


@pytest.mark.parametrize(
    ("key", "written"), [("CostCenter", "cost_center"), ("cost-center", "cost_center"), ("Owner", "owner")]
)
def test_keys_that_cdktf_changes_earn_a_warning(
    stack: TerraformStack,
    synth: Synth,
    warnings_of: Callable[[TerraformElement], list[str]],
    key: str,
    written: str,
) -> None:
    provider = HuaweicloudProvider(stack, "main", default_tags={key: "x"})

    assert block_of(synth(stack)) == {"default_tags": {written: "x"}}
    assert warnings_of(provider) == [
        f'Changed key (default_tags): cdktf writes the key "{key}" as "{written}". To keep it, leave default_tags out '
        'and call add_override("default_tags", {...}) on the provider.'
    ]


def test_the_mend_of_that_warning_works(stack: TerraformStack, synth: Synth) -> None:
    HuaweicloudProvider(stack, "main").add_override("default_tags", {"CostCenter": "x"})

    assert block_of(synth(stack)) == {"default_tags": {"CostCenter": "x"}}


def test_secrets_are_not_shown() -> None:
    config = HuaweicloudProviderConfig(access_key="the-key", secret_key="the-secret", password="the-password")

    assert "the-" not in repr(config)
