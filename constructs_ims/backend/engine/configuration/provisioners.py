"""Provisioners and connections: they are not run offline, but what Terraform would refuse of them is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from constructs_ims.backend.engine.configuration.blocks import (
    ConfigurationBlock,
    Faults,
    nested_blocks,
    without_repeated,
)
from constructs_ims.backend.engine.configuration.expressions import read_argument
from constructs_ims.backend.engine.configuration.model import Body, Provisioner
from constructs_ims.backend.engine.configuration.source import Place
from constructs_ims.backend.engine.lang import Traversal, references
from constructs_ims.schema.attribute import Attribute
from constructs_ims.schema.attribute import Block as SchemaBlock
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import AttributeStep
from constructs_ims.schema.types import BOOL, NUMBER, STRING, ListType, MapType, Type

_SOURCE: Final = "https://developer.hashicorp.com/terraform/language/v1.11.x/resources/provisioners"
_NO_DOC: Final = "An argument of a provisioner or a connection."


def _block(required: str = "", /, **types: Type) -> SchemaBlock:
    return SchemaBlock(
        tuple(
            Attribute(name, type_, _NO_DOC, _SOURCE, required=name == required, optional=name != required)
            for name, type_ in types.items()
        )
    )


PROVISIONERS: Final[Mapping[str, SchemaBlock]] = {
    "file": _block("destination", source=STRING, content=STRING, destination=STRING),
    "local-exec": _block(
        "command",
        command=STRING,
        interpreter=ListType(STRING),
        working_dir=STRING,
        environment=MapType(STRING),
        quiet=BOOL,
    ),
    "remote-exec": _block(inline=ListType(STRING), script=STRING, scripts=ListType(STRING)),
}
"""The arguments of each provisioner that Terraform has."""

CONNECTION: Final = _block(
    "host",
    type=STRING,
    user=STRING,
    password=STRING,
    host=STRING,
    port=NUMBER,
    timeout=STRING,
    script_path=STRING,
    target_platform=STRING,
    private_key=STRING,
    certificate=STRING,
    host_key=STRING,
    agent=BOOL,
    agent_identity=STRING,
    proxy_scheme=STRING,
    proxy_host=STRING,
    proxy_port=NUMBER,
    proxy_user_name=STRING,
    proxy_user_password=STRING,
    bastion_host=STRING,
    bastion_host_key=STRING,
    bastion_port=NUMBER,
    bastion_user=STRING,
    bastion_password=STRING,
    bastion_private_key=STRING,
    bastion_certificate=STRING,
    https=BOOL,
    insecure=BOOL,
    cacert=STRING,
    use_ntlm=BOOL,
)
"""The arguments of a connection."""

_REMOVED: Final = frozenset({"chef", "habitat", "puppet", "salt-masterless"})
_KEYWORDS: Final = {"when": ("create", "destroy"), "on_failure": ("continue", "fail")}
_META: Final = frozenset({*_KEYWORDS, "connection", "//"})


def decode_provisioners(body: Body, faults: Faults) -> tuple[Provisioner, ...]:
    """Decode the provisioners of a resource, each with the connection that it uses."""
    shared = _connection(body, "resource", faults)
    found = [_decode(block, shared, faults) for block in nested_blocks(body, "provisioner", faults, labels=1)]
    if shared is not None and any(one.is_destroy_time for one in found):
        _check_destroy_time(shared, faults)
    return tuple(found)


def _connection(body: Body, kind: str, faults: Faults) -> Body | None:
    blocks = list(nested_blocks(body, "connection", faults))
    for extra in blocks[1:]:
        detail = f"This {kind} already has a connection block at {faults.where(blocks[0].body.place)}."
        faults.add(error("Duplicate connection block", detail), extra.body.place)
    return blocks[0].body if blocks else None


def _decode(block: ConfigurationBlock, shared: Body | None, faults: Faults) -> Provisioner:
    (type_,), body = block.labels, without_repeated(block.body, block.body.values, faults)
    if type_ in _REMOVED:
        faults.add_key(_removed(type_), block.label_places[0])
    for name, words in _KEYWORDS.items():
        if name in body.values and body.values[name] not in words:
            faults.add_value(_no_keyword(name, words), body.place_of(name))
    own = _connection(body, "provisioner", faults)
    arguments = body.without(_META)
    is_destroy_time = body.values.get("when") == "destroy"
    if is_destroy_time:
        for inner in (arguments, own):
            _check_destroy_time(inner, faults)
    return Provisioner(type_, arguments, _merged(shared, own), is_destroy_time, block.label_places[0])


def _merged(shared: Body | None, own: Body | None) -> Body | None:
    """Return the connection of a provisioner: its own arguments over those of the resource."""
    if shared is None or own is None:
        return own or shared
    places: dict[str, Place] = {name: own.place_of(name) for name in own.values}
    return replace(shared, values={**shared.values, **own.values}, place=own.place, overridden=places)


def _removed(type_: str) -> Diagnostic:
    return error(
        f'The "{type_}" provisioner has been removed',
        f'The "{type_}" provisioner was deprecated in Terraform 0.13.4 has been removed from Terraform. Visit '
        "https://learn.hashicorp.com/collections/terraform/provision for alternatives to using provisioners that are "
        "a better fit for the Terraform workflow.",
    )


def _no_keyword(name: str, words: tuple[str, ...]) -> Diagnostic:
    detail = f'The "{name}" argument requires one of the following keywords: {" or ".join(words)}.'
    return error(f'Invalid "{name}" keyword', detail)


def _check_destroy_time(body: Body | None, faults: Faults) -> None:
    """Note what refers to anything that may be gone when an object is destroyed."""
    quiet = Faults(faults.sources)
    for name, value in (body.values if body else {}).items():
        place = body.place_of(name) if body else Place("")
        for reference in references(read_argument(value, place, quiet).expression):
            if not _stays(reference):
                faults.add_value(_GONE, place)


def _stays(reference: Traversal) -> bool:
    match reference.root, reference.steps:
        case (("self" | "path" | "terraform"), _):
            return True
        case "count", (AttributeStep("index"),):
            return True
        case "each", (AttributeStep("key"),):
            return True
        case _:
            return False


_GONE: Final = error(
    "Invalid reference from destroy provisioner",
    "Destroy-time provisioners and their connection configurations may only reference attributes of the related "
    "resource, via 'self', 'count.index', or 'each.key'.\n\nReferences to other resources during the destroy phase can "
    "cause dependency cycles and interact poorly with create_before_destroy.",
)


def missing_plugin(type_: str) -> Diagnostic:
    """Say that there is no such provisioner."""
    return error(
        "Missing required provisioner plugin",
        f"This configuration requires provisioner plugin \"{type_}\", which isn't available. If you're intending to "
        "use an external provisioner plugin, you must install it manually into one of the plugin search directories "
        "before running Terraform.",
    )


def combination_faults(type_: str, values: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yield what is wrong with the arguments that are given together; ``values`` has null for those left out."""
    given = [name for name, value in values.items() if value is not None]
    match type_:
        case "file" if "source" in given and "content" in given:
            yield error("Cannot set both 'source' and 'content'")
        case "file" if "source" not in given and "content" not in given:
            yield error("Must provide one of 'source' or 'content'")
        case "remote-exec" if len(given) != 1:
            detail = 'Only one of "inline", "script", or "scripts" must be set'
            yield error("Invalid remote-exec provisioner configuration", detail)
        case _:
            pass
