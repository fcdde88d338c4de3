"""Planning as arithmetic on objects: *prior*, *config*, *proposed*, *planned*, *actual*. Pure; callers do the rest.

``propose`` says what to ask a provider for. ``check_plan`` and ``check_apply`` hold its answers to the contract: an
argument that is set is planned as it is set, only computed attributes may differ, and an apply keeps what the plan
made known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting
from constructs_ims.schema.operations import Object
from constructs_ims.schema.paths import AttributeStep, IndexStep, Path, render_path
from constructs_ims.schema.values import Unknown, is_wholly_known


def propose(block: Block, prior: Object | None, config: Object) -> Object:
    """Return ``config`` with the prior values of computed attributes that it leaves out."""
    if prior is None:
        return dict(config)
    proposed: Object = {}
    for attribute in block.attributes:
        name = attribute.name
        value = config[name]
        proposed[name] = prior.get(name) if value is None and attribute.computed else value
    for nested in block.blocks:
        proposed[nested.name] = _propose_nested(nested, prior.get(nested.name), config[nested.name])
    return proposed


def _propose_nested(nested: NestedBlock, prior: Any, config: Any) -> Any:
    if config is None or config is Unknown:
        return config
    if nested.nesting is Nesting.SINGLE:
        return propose(nested.block, prior, config)
    if nested.nesting is Nesting.LIST:
        before = prior or []
        return [propose(nested.block, before[at] if at < len(before) else None, item) for at, item in enumerate(config)]
    return [propose(nested.block, _likeness(nested.block, prior or [], item), item) for item in config]


def _likeness(block: Block, candidates: list[Object], config: Object) -> Object | None:
    """Find the prior element of a set that the configured one may stand for: equal in all that is configured."""
    for candidate in candidates:
        if all(
            (config[a.name] is None and a.computed) or config[a.name] == candidate.get(a.name) for a in block.attributes
        ):
            return candidate
    return None


def check_plan(block: Block, prior: Object | None, config: Object, planned: Object) -> Iterator[str]:
    """Yield what is invalid about a provider's plan, each as one sentence part: ``.name: planned for ...``."""
    yield from _check_planned_block(block, prior, config, planned, ())


def _check_planned_block(
    block: Block, prior: Object | None, config: Object, planned: Object, path: Path
) -> Iterator[str]:
    for attribute in block.attributes:
        name = attribute.name
        wanted, got = config[name], planned.get(name)
        if got is wanted or (wanted is None and attribute.computed):
            continue
        before = prior.get(name) if prior else None
        yield from _check_planned_value(attribute, before, wanted, got, (*path, AttributeStep(name)))
    for nested in block.blocks:
        yield from _check_planned_nested(
            nested, prior.get(nested.name) if prior else None, config[nested.name], planned.get(nested.name), path
        )


def _check_planned_value(attribute: Attribute, prior: Any, config: Any, planned: Any, path: Path) -> Iterator[str]:
    if same(planned, config) or planned is prior or same(planned, prior):
        return
    if planned is Unknown and not is_wholly_known(config):
        return
    where = f".{render_path(path)}"
    if planned is None:
        yield f"{where}: planned for absence but config wants existence"
    elif config is None and not attribute.computed:
        yield f"{where}: planned value {_shown(attribute, planned)} for a non-computed attribute"
    else:
        yield (
            f"{where}: planned value {_shown(attribute, planned)} does not match config value "
            f"{_shown(attribute, config)}"
        )


def _check_planned_nested(nested: NestedBlock, prior: Any, config: Any, planned: Any, path: Path) -> Iterator[str]:
    at = (*path, AttributeStep(nested.name))
    if nested.nesting is Nesting.SINGLE:
        if same(planned, prior):
            return
        if (config is None) != (planned is None):
            wanted, got = ("absence", "existence") if config is None else ("existence", "absence")
            yield f".{render_path(at)}: planned for {got} but config wants {wanted}"
        elif config is not None:
            yield from _check_planned_block(nested.block, prior, config, planned, at)
    elif len(config) != len(planned or ()):
        counts = f"({len(planned or ())}) disagrees with count in config ({len(config)})"
        yield f".{render_path(at)}: block count in plan {counts}"
    elif nested.nesting is Nesting.LIST:
        for position, (wanted, got) in enumerate(zip(config, planned, strict=True)):
            before = prior[position] if prior and position < len(prior) else None
            yield from _check_planned_block(nested.block, before, wanted, got, (*at, IndexStep(position)))


def check_apply(block: Block, planned: Object, actual: Object) -> Iterator[str]:
    """Yield how an object differs from what its plan made known, each as one sentence part: ``.name: was ...``."""
    for attribute in block.attributes:
        before, after = planned.get(attribute.name), actual.get(attribute.name)
        if before is after or before is Unknown or same(before, after) or conforms(before, after):
            continue
        yield f".{attribute.name}: {_difference(attribute, before, after)}"
    for nested in block.blocks:
        before, after = planned.get(nested.name), actual.get(nested.name)
        if before is not after and before is not Unknown and not conforms(before, after):
            yield f".{nested.name}: block does not correspond with the plan"


def _difference(attribute: Attribute, before: Any, after: Any) -> str:
    if before is None or after is None:
        return f"was {'absent' if before is None else 'present'}, but now {'absent' if after is None else 'present'}"
    if attribute.sensitive:
        return "inconsistent values for sensitive attribute"
    return f"was {_shown(attribute, before)}, but now {_shown(attribute, after)}"


def _shown(attribute: Attribute, value: Any) -> str:
    if attribute.sensitive:
        return "(sensitive)"
    if value is Unknown:
        return "(unknown)"
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)


def same(left: Any, right: Any) -> bool:
    """Tell whether two values are equal as Terraform's values are: ``true`` is not 1, unknown equals unknown."""
    if left is right:
        return True
    if left is Unknown or right is Unknown or left is None or right is None:
        return False
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool) and left == right
    if isinstance(left, Mapping):
        return (
            isinstance(right, Mapping)
            and left.keys() == right.keys()
            and all(same(value, right[name]) for name, value in left.items())
        )
    if isinstance(left, list | tuple):
        return isinstance(right, list | tuple) and len(left) == len(right) and all(map(same, left, right))
    return (type(left) is type(right) and left == right) or (_is_number(left) and _is_number(right) and left == right)


def _is_number(value: Any) -> bool:
    return not isinstance(value, str | list | dict)


def conforms(planned: Any, actual: Any) -> bool:
    """Tell whether ``actual`` is ``planned`` with its unknown parts filled in."""
    if planned is Unknown or planned is actual:
        return True
    if isinstance(planned, Mapping) and isinstance(actual, Mapping):
        return planned.keys() <= actual.keys() and all(conforms(value, actual[key]) for key, value in planned.items())
    if isinstance(planned, list) and isinstance(actual, list):
        if not is_wholly_known(planned):
            return len(planned) >= len(actual) or any(map(_may_be_many, planned))
        return len(planned) == len(actual) and all(map(conforms, planned, actual))
    return same(planned, actual)


def _may_be_many(item: Any) -> bool:
    """Tell whether an item is the one of a dynamic block whose elements are not known, which may come to be many."""
    values = list(item.values()) if isinstance(item, Mapping) else []
    return any(value is Unknown for value in values) and all(
        value is Unknown or value is None or value == [] for value in values
    )


def value_at(value: Any, path: Path) -> Any:
    """Return what stands at a path; None where nothing does, ``Unknown`` below an unknown value."""
    for step in path:
        if value is Unknown or value is None:
            return value
        key = step.name if isinstance(step, AttributeStep) else step.key
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def with_value_at(value: Any, path: Path, new: Any) -> Any:
    """Return a copy of ``value`` that has ``new`` at ``path``; a path that leads nowhere changes nothing."""
    if not path:
        return new
    key = path[0].name if isinstance(path[0], AttributeStep) else path[0].key
    if isinstance(value, Mapping) and (key in value or len(path) == 1):
        return {**value, key: with_value_at(value.get(key), path[1:], new)}
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return [*value[:key], with_value_at(value[key], path[1:], new), *value[key + 1 :]]
    return value
