"""Stacks that generated bindings and this package must synthesize alike.

Run as a program: ``scenarios.py generated|ours OUTPUT``. It writes the JSON and the HCL of each scenario's stacks,
and the names and parameters that the bindings offer.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import jsii
from cdktf import (
    App,
    Aspects,
    Fn,
    IAspect,
    LocalExecProvisioner,
    Postcondition,
    Precondition,
    SSHProvisionerConnection,
    TerraformCount,
    TerraformIterator,
    TerraformOutput,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
    TerraformVariable,
    Testing,
    Token,
)


class Bindings:
    """The classes under one name each, wherever they come from."""

    def __init__(self, origin: str) -> None:
        image = import_module("imports.huaweicloud.ims_image_metadata" if origin == "generated" else "constructs_ims")
        provider = import_module("imports.huaweicloud.provider" if origin == "generated" else "constructs_ims")
        self.image = image.ImsImageMetadata
        self.timeouts = image.ImsImageMetadataTimeouts
        self.image_config = image.ImsImageMetadataConfig
        self.timeouts_reference = image.ImsImageMetadataTimeoutsOutputReference
        self.provider = provider.HuaweicloudProvider
        self.provider_config = provider.HuaweicloudProviderConfig
        self.role = provider.HuaweicloudProviderAssumeRole
        self.oidc_role = provider.HuaweicloudProviderAssumeRoleWithOidc


Scenario = Callable[[Bindings, TerraformStack], Any]
SCENARIOS: dict[str, Scenario] = {}


def scenario(build: Scenario) -> Scenario:
    SCENARIOS[build.__name__] = build
    return build


@scenario
def empty_image(use: Bindings, stack: TerraformStack) -> None:
    use.image(stack, "image")


@scenario
def every_argument(use: Bindings, stack: TerraformStack) -> None:
    use.image(
        stack,
        "image",
        container_format="bare",
        disk_format="qcow2",
        enable_force_new="true",
        id="4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba86",
        min_disk=40,
        min_ram=1024,
        name="ubuntu",
        os_version="Ubuntu 20.04 server 64bit",
        protected=False,
        region="cn-north-4",
        tags=["team=platform", "stage = test"],
        timeouts=use.timeouts(delete="5m"),
        visibility="private",
    )


@scenario
def every_attribute(use: Bindings, stack: TerraformStack) -> None:
    image = use.image(stack, "image", name="a")
    for name, member in sorted(inspect.getmembers(type(image), lambda member: isinstance(member, property))):
        inherited = name.startswith("_") or name.endswith("_input") or hasattr(BASE, name)
        if not inherited and name not in ("timeouts", "version_constraint") and member.fget is not None:
            TerraformOutput(stack, f"attribute-{name}", value=getattr(image, name))
    TerraformOutput(stack, "timeout", value=image.timeouts.delete)
    TerraformOutput(stack, "first-tag", value=Fn.element(image.tags, 0))


@scenario
def empty_timeouts(use: Bindings, stack: TerraformStack) -> None:
    use.image(stack, "image", name="a", timeouts={})


@scenario
def timeouts_taken_away(use: Bindings, stack: TerraformStack) -> None:
    use.image(stack, "none", name="a", timeouts=use.timeouts())
    use.image(stack, "put", name="b").put_timeouts()
    image = use.image(stack, "reset", name="c", timeouts={"delete": "1m"})
    image.timeouts.reset_delete()
    other = use.image(stack, "unset", name="d", timeouts={"delete": "1m"})
    other.timeouts.internal_value = use.timeouts(delete="2m")


@scenario
def setters(use: Bindings, stack: TerraformStack) -> None:
    image = use.image(stack, "image", name="a", min_disk=10, tags=["a=b"], timeouts={"delete": "1m"})
    image.name = "b"
    image.protected = True
    image.tags = ["c=d"]
    image.reset_min_disk()
    image.put_timeouts(delete="2h")
    other = use.image(stack, "other", name="c", timeouts={"delete": "1m"})
    other.timeouts.delete = "3m"
    third = use.image(stack, "third", name="d", timeouts={"delete": "1m"})
    third.reset_timeouts()
    TerraformOutput(stack, "inputs", value=[image.name_input, *image.tags_input, other.timeouts.delete_input])


@scenario
def tokens(use: Bindings, stack: TerraformStack) -> None:
    text = TerraformVariable(stack, "text", type="string")
    count = TerraformVariable(stack, "number", type="number")
    flag = TerraformVariable(stack, "flag", type="bool")
    texts = TerraformVariable(stack, "texts", type="list(string)")
    use.image(
        stack,
        "image",
        name=f"prefix-{text.string_value}",
        os_version=text.string_value,
        min_disk=count.number_value,
        protected=flag.boolean_value,
        tags=texts.list_value,
        timeouts={"delete": text.string_value},
    )
    use.image(
        stack,
        "mixed",
        name=Token.as_string(Fn.join("-", ["a", text.string_value])),
        tags=[f"team={text.string_value}", "a=b"],
    )
    use.image(stack, "by_hand", name="${var.text}", min_ram=Token.as_number("${var.number}"))


@scenario
def references_between_images(use: Bindings, stack: TerraformStack) -> None:
    first = use.image(stack, "first", name="first")
    use.image(stack, "second", name=f"{first.name}-copy", tags=[f"from={first.id}"], protected=first.protected)
    use.image(stack, "third", name="third", tags=first.tags, min_disk=first.min_disk, depends_on=[first])


@scenario
def counts(use: Bindings, stack: TerraformStack) -> None:
    use.image(stack, "three", name="three", count=3)
    counter = TerraformCount.of(2)
    use.image(stack, "two", name=Token.as_string(counter.index), count=counter)
    use.image(stack, "some", name="some", count=TerraformVariable(stack, "number", type="number").number_value)


@scenario
def for_each(use: Bindings, stack: TerraformStack) -> None:
    names = TerraformIterator.from_list(["a", "b"])
    use.image(stack, "listed", name=Token.as_string(names.value), for_each=names)
    table = TerraformIterator.from_map({"small": {"disk": 10}, "large": {"disk": 100}})
    images = use.image(stack, "mapped", name=table.key, min_disk=table.get_number("disk"), for_each=table)
    TerraformOutput(stack, "all", value=images.id)
    chained = TerraformIterator.from_resources(images)
    use.image(stack, "chained", name=chained.get_string("name"), for_each=chained)


@scenario
def lifecycle(use: Bindings, stack: TerraformStack) -> None:
    first = use.image(stack, "first", name="first")
    rules = TerraformResourceLifecycle(
        create_before_destroy=True,
        prevent_destroy=True,
        ignore_changes=["name", "tags"],
        replace_triggered_by=[f"{first.terraform_resource_type}.{first.friendly_unique_id}"],
        precondition=[Precondition(condition='${var.region != ""}', error_message="no region")],
        postcondition=[Postcondition(condition='${self.status == "queued"}', error_message="not queued")],
    )
    use.image(stack, "ruled", name="ruled", lifecycle=rules)
    use.image(stack, "ignoring", name="ignoring", lifecycle={"ignore_changes": "all"})


@scenario
def provisioners(use: Bindings, stack: TerraformStack) -> None:
    use.image(
        stack,
        "image",
        name="a",
        provisioners=[LocalExecProvisioner(type="local-exec", command="true", working_dir="x", when="destroy")],
        connection=SSHProvisionerConnection(type="ssh", host="h", script_path="p"),
    )


@scenario
def overrides_imports_and_moves(use: Bindings, stack: TerraformStack) -> None:
    image = use.image(stack, "image", name="a", min_disk=10)
    image.add_override("min_disk", 20)
    image.add_override("lifecycle.ignore_changes", ["tags"])
    image.override_logical_id("renamed")
    imported = use.image(stack, "imported", name="b")
    imported.import_from("4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba86")
    use.image(stack, "old", name="c").move_to("target")
    use.image(stack, "new", name="c").add_move_target("target")
    use.image(stack, "fresh", name="d").move_from_id("huaweicloud_ims_image_metadata.stale")
    use.image.generate_config_for_import(stack, "found", "id-of-found")


@scenario
def provider_arguments(use: Bindings, stack: TerraformStack) -> None:
    provider = use.provider(
        stack,
        "main",
        region="cn-north-4",
        access_key="ak",
        secret_key="sk",
        insecure=True,
        max_retries=3,
        endpoints={"ims": "https://ims.example.com"},
        default_tags={"owner": "me", "CostCenter": "12"},
        ignore_tags=["a", "b"],
        assume_role=[use.role(agency_name="a", domain_name="d", duration=900), use.role(agency_name="b")],
        enable_force_new=False,
    )
    provider.cloud = "example.com"
    provider.reset_insecure()
    TerraformOutput(stack, "region", value=provider.region)


@scenario
def provider_tokens(use: Bindings, stack: TerraformStack) -> None:
    tags = TerraformVariable(stack, "tags", type="map(string)")
    names = TerraformVariable(stack, "names", type="list(string)")
    provider = use.provider(
        stack,
        "main",
        region=tags.string_value,
        ignore_tags=names.list_value,
        max_retries=tags.number_value,
        insecure=tags.boolean_value,
    )
    TerraformOutput(stack, "region", value=provider.region)


@scenario
def provider_oidc(use: Bindings, stack: TerraformStack) -> None:
    role = use.oidc_role(agency_name="a", domain_id="d", idp_id="i", id_token_file="f")
    use.provider(stack, "main", region="cn-north-4", assume_role_with_oidc=role)


@scenario
def provider_dynamic_roles(use: Bindings, stack: TerraformStack) -> None:
    agencies = TerraformIterator.from_list(["a", "b"])
    use.provider(stack, "main", assume_role=agencies.dynamic({"agency_name": agencies.value}))


@scenario
def several_regions(use: Bindings, stack: TerraformStack) -> None:
    use.provider(stack, "north", region="cn-north-4")
    south = use.provider(stack, "south", region="cn-south-1", alias="south")
    use.image(stack, "there", name="there", provider=south)
    use.image(stack, "here", name="here")


@scenario
def aspects(use: Bindings, stack: TerraformStack) -> None:
    @jsii.implements(IAspect)
    class Tag:
        def visit(self, node: Any) -> None:
            if isinstance(node, use.image):
                node.tags = ["by=aspect"]

    use.image(stack, "image", name="a", tags=["a=b"])
    Aspects.of(stack).add(Tag())


BASE = TerraformResource


def cross_stack(use: Bindings, app: App) -> list[TerraformStack]:
    producer, consumer = TerraformStack(app, "producer"), TerraformStack(app, "consumer")
    for stack in (producer, consumer):
        use.provider(stack, "main", region="cn-north-4")
    image = use.image(producer, "image", name="shared", tags=["a=b"])
    use.image(consumer, "copy", name=image.name, tags=[f"from={image.id}"], min_disk=image.min_disk)
    return [producer, consumer]


def synthesized(use: Bindings) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, build in SCENARIOS.items():
        stack = TerraformStack(Testing.app(), "stack")
        build(use, stack)
        found[name] = json.loads(Testing.synth(stack))
        found[f"{name} as HCL"] = Testing.synth_hcl(stack)
    app = Testing.app()
    stacks = cross_stack(use, app)
    app.synth()
    for stack in stacks:
        written = Path(app.outdir) / "stacks" / stack.node.id / "cdk.tf.json"
        found[f"cross-stack {stack.node.id}"] = json.loads(written.read_text())
    return found


def surface(use: Bindings) -> dict[str, Any]:
    return {name: members_of(kind) for name, kind in vars(use).items()}


def members_of(kind: type) -> dict[str, Any]:
    """The parameters of a class in order, its public names, and which of them can be set on an instance."""
    parameters = inspect.signature(kind.__init__).parameters.values()
    own = {name: inspect.getattr_static(kind, name) for name in dir(kind) if not name.startswith("_")}
    fields = getattr(kind, "__dataclass_fields__", {})
    return {
        "parameters": [[each.name, str(each.kind)] for each in parameters if each.name != "self"],
        "members": sorted({*own, *fields}),
        "settable": [name for name, member in own.items() if isinstance(member, property) and member.fset],
    }


if __name__ == "__main__":
    bindings = Bindings(sys.argv[1])
    answer = {"synthesized": synthesized(bindings), "surface": surface(bindings)}
    Path(sys.argv[2]).write_text(json.dumps(answer, indent=1, sort_keys=True, default=str))
