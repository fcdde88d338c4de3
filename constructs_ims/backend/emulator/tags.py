"""Tags of images: Glance's calls on whole tags, the vendor's on keys and values, and the query by tags.

What a tag may be stands in ``tag_rules``. Source: the API reference's pages on tags.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from constructs_ims.backend.emulator.faults import Fault, ims_fault
from constructs_ims.backend.emulator.listing import listing
from constructs_ims.backend.emulator.messages import Call, Reply, Service
from constructs_ims.backend.emulator.store import Image
from constructs_ims.backend.emulator.tag_rules import (
    counted,
    parts,
    tag_of_pair,
    tag_of_path,
    tag_of_text,
    tag_text,
    tags_to_delete,
    tags_to_set,
)

_PAGE: Final = 500
_INSTANCES: Final = 10
_MOST_INSTANCES: Final = 1000


def put_tag(service: Service, call: Call) -> Reply:
    """``PUT /v2/images/{id}/tags/{tag}``: add a tag; one that is there stays."""
    tag = tag_of_path(call.params["tag"])
    return _retagged(service, call, lambda tags: tags if tag in tags else [*tags, tag])


def drop_tag(service: Service, call: Call) -> Reply:
    """``DELETE /v2/images/{id}/tags/{tag}``: take a tag away."""

    def without(tags: list[str]) -> list[str]:
        if call.params["tag"] not in tags:
            raise _no_such_tag(call.params["tag"])
        return [tag for tag in tags if tag != call.params["tag"]]

    return _retagged(service, call, without)


def set_tag(service: Service, call: Call) -> Reply:
    """``PUT /v1/cloudimages/tags``: give an image a tag, as ``"key.value"``, ``"key=value"`` or a key and a value."""
    asked = call.json_object(("image_id", "tag", "image_tag"))
    if not isinstance(asked.get("image_id"), str):
        raise ims_fault("IMG.0001", "image_id is not a string.")
    if ("tag" in asked) == ("image_tag" in asked):
        raise ims_fault("IMG.0001", "Give one of tag and image_tag.")
    key, value = tag_of_pair(asked["image_tag"]) if "image_tag" in asked else tag_of_text(asked["tag"])
    return _retagged(service, call, lambda tags: _with(tags, key, value), asked["image_id"])


def add_tag(service: Service, call: Call) -> Reply:
    """``POST /v2/{project_id}/images/{id}/tags``: give an image a tag; one of the same key is overwritten."""
    key, value = tag_of_pair(call.json_object(("tag",)).get("tag"))
    return _retagged(service, call, lambda tags: _with(tags, key, value))


def change_tags(service: Service, call: Call) -> Reply:
    """``POST /v2/{project_id}/images/{id}/tags/action``: add or delete several tags."""
    asked = call.json_object(("action", "tags"))
    if asked.get("action") not in ("create", "delete"):
        raise ims_fault("IMG.0001", f'action is {json.dumps(asked.get("action"))}; use "create" or "delete".')
    deleting = asked["action"] == "delete"
    pairs = tags_to_delete(asked.get("tags")) if deleting else tags_to_set(asked.get("tags"))
    return _retagged(service, call, lambda tags: _without(tags, pairs) if deleting else _with_all(tags, pairs))


def delete_tags(service: Service, call: Call) -> Reply:
    """``DELETE /v1/{project_id}/cloudimages/{id}/tags/delete``: delete several tags."""
    pairs = tags_to_delete(call.json_object(("tags",)).get("tags"))
    return _retagged(service, call, lambda tags: _without(tags, pairs))


def delete_key(service: Service, call: Call) -> Reply:
    """``DELETE /v2/{project_id}/images/{id}/tags/{key}``: take away the tag of a key."""

    def without(tags: list[str]) -> list[str]:
        kept = [tag for tag in tags if parts(tag)[0] != call.params["key"]]
        if len(kept) == len(tags):
            raise _no_such_tag(call.params["key"])
        return kept

    return _retagged(service, call, without)


def list_image_tags(service: Service, call: Call) -> Reply:
    """``GET /v2/{project_id}/images/{id}/tags``: the tags of an image."""
    image = service.store.visible(call.project_id, call.params["id"])
    return Reply.json({"tags": _documents(_tags_of(image.attributes))})


def list_project_tags(service: Service, call: Call) -> Reply:
    """``GET /v2/{project_id}/images/tags``: the keys of the project's tags, each with its values."""
    values: dict[str, dict[str, None]] = {}
    for image in service.store.of_project(call.project_id):
        for key, value in map(parts, _tags_of(image.attributes)):
            values.setdefault(key, {})[value] = None
    return Reply.json({"tags": [{"key": key, "values": sorted(values[key])} for key in sorted(values)]})


def list_tags(service: Service, call: Call) -> Reply:
    """``GET /v1/cloudimages/tags``: the tags of the images that a query chooses, each once, by pages."""
    limit, page = call.whole("limit", _PAGE), call.whole("page", 1)
    marker = call.argument("marker")
    filters = [(name, value) for name, value in call.query if name not in ("limit", "page", "marker")]
    images = service.store.chosen(call.project_id, listing(filters, _PAGE))
    tags = sorted({tag for image in images for tag in _tags_of(image.attributes)})
    tags = [tag for tag in tags if marker is None or tag > marker]
    return Reply.json({"tags": tags[(max(page, 1) - 1) * limit :][:limit]})


def find_by_tags(service: Service, call: Call) -> Reply:
    """``POST /v2/{project_id}/images/resource_instances/action``: find or count images by their tags and names."""
    asked = call.json_object(
        ("action", "tags", "tags_any", "not_tags", "not_tags_any", "limit", "offset", "matches", "without_any_tag")
    )
    if asked.get("action") not in ("filter", "count"):
        raise ims_fault("IMG.0001", f'action is {json.dumps(asked.get("action"))}; use "filter" or "count".')
    query = _TagQuery.read(asked)
    chosen = [image for image in service.store.of_project(call.project_id) if query.chooses(image)]
    if asked["action"] == "count":
        if extra := sorted(asked.keys() & {"limit", "offset"}):
            raise ims_fault("IMG.0001", f"A count takes no {extra[0]}.")
        return Reply.json({"total_count": len(chosen)})
    offset = _number(asked, "offset", 0, 0)
    page = chosen[offset : offset + _number(asked, "limit", _INSTANCES, 1)]
    return Reply.json({"resources": [_resource(image) for image in page], "total_count": len(chosen)})


def _retagged(service: Service, call: Call, change: Callable[[list[str]], list[str]], id: str | None = None) -> Reply:
    def edit(attributes: dict[str, Any]) -> dict[str, Any]:
        return {**attributes, "tags": counted(change(_tags_of(attributes)))}

    service.store.update(call.project_id, call.params["id"] if id is None else id, edit)
    return Reply(204)


def _tags_of(attributes: Mapping[str, Any]) -> list[str]:
    """Return the tags in an image's attributes, from which a test may have taken them away altogether."""
    tags: list[str] = attributes.get("tags", [])
    return tags


def _with(tags: Sequence[str], key: str, value: str) -> list[str]:
    """Return the tags with one more, in the place of one with its key."""
    return _with_all(tags, [(key, value)])


def _with_all(tags: Iterable[str], pairs: Iterable[tuple[str, str | None]]) -> list[str]:
    """Return the tags with others, each in the place of the first with its key; all else stays as it is."""
    new = {key: tag_text(key, value or "") for key, value in pairs}
    kept: dict[str, None] = {}
    for tag in tags:
        key, _ = parts(tag)
        kept[new.get(key, tag)] = None
    return list(dict.fromkeys([*kept, *new.values()]))


def _without(tags: Iterable[str], pairs: Iterable[tuple[str, str | None]]) -> list[str]:
    """Return the tags without those of the keys, and of the values where they are given."""
    gone = list(pairs)
    return [tag for tag in tags if not any(_is_tag(tag, key, value) for key, value in gone)]


def _is_tag(tag: str, key: str, value: str | None) -> bool:
    own_key, own_value = parts(tag)
    return own_key == key and value in (None, own_value)


def _documents(tags: Iterable[str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in map(parts, tags)]


_CRITERIA: Final = ("tags", "tags_any", "not_tags", "not_tags_any")


@dataclass(frozen=True, slots=True)
class _TagQuery:
    """Which images a query by tags chooses; a criterion is a key and the values of which one will do, or any."""

    criteria: Mapping[str, list[tuple[str, list[str]]]]
    name_beginnings: tuple[str, ...]
    without_any_tag: bool

    @classmethod
    def read(cls, asked: Mapping[str, Any]) -> Self:
        without = asked.get("without_any_tag", False)
        if not isinstance(without, bool):
            raise ims_fault("IMG.0001", "without_any_tag is not true or false.")
        return cls({name: _criteria(asked, name) for name in _CRITERIA}, _name_beginnings(asked), without)

    def chooses(self, image: Image) -> bool:
        attributes = image.attributes
        tags = dict(map(parts, _tags_of(attributes)))
        if not all(attributes["name"].startswith(beginning) for beginning in self.name_beginnings):
            return False
        if self.without_any_tag:
            return not tags
        hits = {name: [_is_hit(tags, criterion) for criterion in self.criteria[name]] for name in _CRITERIA}
        return (
            all(hits["tags"])
            and (not hits["tags_any"] or any(hits["tags_any"]))
            and not (hits["not_tags"] and all(hits["not_tags"]))
            and not any(hits["not_tags_any"])
        )


def _criteria(asked: Mapping[str, Any], name: str) -> list[tuple[str, list[str]]]:
    given = asked.get(name, [])
    if not isinstance(given, list):
        raise ims_fault("IMG.0001", f"{name} is not an array.")
    return [_criterion(name, item) for item in given]


def _criterion(name: str, item: object) -> tuple[str, list[str]]:
    if not isinstance(item, dict) or not isinstance(item.get("key"), str) or item.keys() - {"key", "values"}:
        raise ims_fault("IMG.0001", f"{name} has {json.dumps(item)[:100]} in it, which is not a key with values.")
    values = item.get("values", [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ims_fault("IMG.0001", f"The values of {item['key']} in {name} are not an array of strings.")
    return item["key"], values


def _is_hit(tags: Mapping[str, str], criterion: tuple[str, list[str]]) -> bool:
    """Tell whether an image has a tag of the key, with one of the values where any are given."""
    key, values = criterion
    return key in tags and (not values or tags[key] in values)


def _name_beginnings(asked: Mapping[str, Any]) -> tuple[str, ...]:
    given = asked.get("matches", [])
    if not isinstance(given, list):
        raise ims_fault("IMG.0001", "matches is not an array.")
    for match in given:
        if (
            not isinstance(match, dict)
            or match.get("key") != "resource_name"
            or not isinstance(match.get("value"), str)
            or match.keys() - {"key", "value"}
        ):
            raise ims_fault("IMG.0001", 'A match has the key "resource_name" and a string as its value.')
    return tuple(match["value"] for match in given)


def _number(asked: Mapping[str, Any], name: str, usual: int, least: int) -> int:
    text = str(asked.get(name, usual))
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < least:
        raise ims_fault("IMG.0001", f"{name} is {json.dumps(asked[name])}; use {least} or more.")
    return min(int(text), _MOST_INSTANCES) if name == "limit" else int(text)


def _resource(image: Image) -> dict[str, Any]:
    attributes = image.attributes
    return {
        "resource_id": image.id,
        "resource_name": attributes["name"],
        "resource_detail": attributes,
        "tags": _documents(_tags_of(attributes)),
    }


def _no_such_tag(tag: str) -> Fault:
    return ims_fault("IMG.0121", f"The image has no tag {json.dumps(tag, ensure_ascii=False)}.", status=404)
