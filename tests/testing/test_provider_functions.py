"""Functions of providers: CDK Terrain has a way to call them, a CDKTF app writes them as text."""

from __future__ import annotations

from pathlib import Path

import cdktf
import pytest
from cdktf import App, TerraformOutput, TerraformStack

from constructs_ims import HuaweicloudProvider, ImsImageMetadata, OperationFailedError, Sandbox
from constructs_ims.testing import Match, Template


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


def test_function_of_terraform_is_shown_as_terraform_reads_it_and_run(tmp_path: Path) -> None:
    stack = stack_named_by(call("terraform", "encode_expr", "base"), tmp_path)

    Template.from_stack(stack).has_resource_properties(
        ImsImageMetadata, {"name": '${provider::terraform::encode_expr("base")}'}
    )
    with Sandbox(deterministic=True) as sandbox:
        assert sandbox.apply(stack).outputs == {"name": '"base"'}
        assert sandbox.plan(stack).no_changes


def test_function_of_a_provider_that_is_not_here_is_told_with_the_way_forward(tmp_path: Path) -> None:
    stack = stack_named_by(call("aws", "arn_parse", "arn:aws:s3:::bucket"), tmp_path)

    Template.from_stack(stack).has_resource_properties(
        ImsImageMetadata, {"name": Match.string_like_regexp("provider::aws::arn_parse")}
    )
    with Sandbox(deterministic=True) as sandbox, pytest.raises(OperationFailedError) as failure:
        sandbox.plan(stack)

    assert str(failure.value).startswith("Unknown provider function")
    assert "provider::aws::arn_parse is run by its provider" in str(failure.value)
    assert "CONSTRUCTS_IMS_ENGINE=terraform" in str(failure.value)
