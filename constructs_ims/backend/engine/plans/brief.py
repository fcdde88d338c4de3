"""Changes and addresses in a few words, for the ``repr`` of what holds them: a failing test shows these."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from constructs_ims.backend.engine.plans.object_change import same
from constructs_ims.schema.paths import AttributeStep
from constructs_ims.schema.values import Unknown, is_wholly_known

if TYPE_CHECKING:
    from constructs_ims.backend.engine.plans.changes import OutputChange, ResourceChange
    from constructs_ims.schema.paths import Path

_MOST: Final = 5
"""How many things are named before the rest is counted."""
_LONGEST: Final = 40
"""How many characters of a value are shown."""


def brief_change(change: ResourceChange) -> str:
    """Return what becomes of an object: ``-/+ huaweicloud_ims_image_metadata.base (min_disk: 40 -> 50)``."""
    notes = [
        *([f"moved from {change.previous_address}"] if change.was_moved else []),
        *([f"import of {change.importing.id or 'an id known after apply'}"] if change.importing else []),
        *([f"deposed {change.deposed}"] if change.deposed else []),
        *_first(list(_differences(change))),
    ]
    text = f"{change.action.value} {change.address}".strip()
    return f"{text} ({', '.join(notes)})" if notes else text


def brief_output(change: OutputChange) -> str:
    """Return what becomes of an output value: ``~ output.image_id``."""
    return f"{change.action.value} output.{change.name}"


def brief_list(texts: Sequence[str]) -> str:
    """Return the first few of ``texts``, and how many more there are."""
    return ", ".join(_first(texts))


def _first(texts: Sequence[str]) -> Iterable[str]:
    yield from texts[:_MOST]
    if len(texts) > _MOST:
        yield f"and {len(texts) - _MOST} more"


def _differences(change: ResourceChange) -> Iterator[str]:
    """Yield the attributes that differ, as far as the plan knows them."""
    before, after = change.before, change.after
    if before is None or after is None:
        return
    replaced, hidden = _names(change.replace_paths), _names((*change.before_sensitive, *change.after_sensitive))
    for name, new in sorted(after.items()):
        old = before.get(name)
        if not same(old, new) and (is_wholly_known(new) or name in replaced):
            yield f"{name}: (sensitive)" if name in hidden else f"{name}: {_shown(old)} -> {_shown(new)}"


def _names(paths: Iterable[Path]) -> set[str]:
    return {path[0].name for path in paths if path and isinstance(path[0], AttributeStep)}


def _shown(value: Any) -> str:
    if value is Unknown:
        return "(known after apply)"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
