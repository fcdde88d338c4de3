"""Functions of providers: CDK Terrain has a way to call them, a CDKTF app writes them as text."""

from __future__ import annotations

from pathlib import Path

import cdktf
import pytest
from cdktf import App, TerraformOutput, TerraformStack

from constructs_ims import HuaweicloudProvider, ImsImageMetadata, OperationFailedError, Sandbox
from constructs_ims.testing import Template


def call(provider: str, function: str, argument: str) -> str:
    """Return a call as the app's CDK writes it."""
    invoke = getattr(cdktf, "TerraformProviderFunction", None)
    if invoke is None:
        return f'${{provider::{provider}::{function}("{argument}")}}'
    return str(cdktf.Token.as_string(invoke.invoke(provider, function, [argument])))


def stack_named_by(name: str, output: Path) -> TerraformStack:
    app = App(outdir=str(output), context={"targetVersions": {"terraform": ">=1.8.0"}})
    stack = TerraformStack(app, "stack")
    HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
    stack.add_override("terraform.required_providers.terraform", {"source": "terraform.io/builtin/terraform"})
    ImsImageMetadata(stack, "image", name=name)
    TerraformOutput(stack, "name", value=name)
    return stack


@pytest.mark.parametrize(
    ("provider", "function", "argument"),
    [("terraform", "encode_expr", "base"), ("aws", "arn_parse", "arn:aws:s3:::bucket")],
)
def test_function_of_a_provider_is_told_with_the_way_forward(
    tmp_path: Path, provider: str, function: str, argument: str
) -> None:
    stack = stack_named_by(call(provider, function, argument), tmp_path)

    Template.from_stack(stack).has_resource_properties(
        ImsImageMetadata, {"name": f'${{provider::{provider}::{function}("{argument}")}}'}
    )
    with Sandbox(deterministic=True) as sandbox, pytest.raises(OperationFailedError) as failure:
        sandbox.plan(stack)

    assert str(failure.value).startswith("Unknown provider function")
    assert f"provider::{provider}::{function} is run by its provider" in str(failure.value)
    assert "CONSTRUCTS_IMS_ENGINE=terraform" in str(failure.value)
