"""Plays a story on both sides and tells the differences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .sides import UUID, EngineSide, Planned, RecordedSide, Said, TerraformSide
from .steps import Step

UNORDERED = ("relevant_attributes", "checks")
FLAGS = ("applyable", "complete", "errored")
UNCOMPARED = ("timestamp", "terraform_version", "configuration")
PARTS = ("outputs", "resources", "check_results")
SUGGESTION = re.compile(r' Did you mean ".*"\?')  # which names are close is for each side to say
PASSING = re.compile(r"(?<=http://127\.0\.0\.1:)\d+|(?<=request_id: )\w+")
DEPOSED = re.compile(r'("deposed(?:_key)?": ")[0-9a-f]{8}')


@dataclass
class Judge:
    """Has both sides play the same steps; each goes on from its own state, or from the other's after a swap."""

    terraform: TerraformSide | RecordedSide
    engine: EngineSide
    recorded: list[dict[str, Any]] = field(default_factory=list)
    """What Terraform said to each step that was played, as ``RecordedSide`` takes it."""

    def differences(self, steps: Sequence[Step]) -> list[str]:
        """Return what differs in the first step in which something does; empty when the sides agree in all."""
        for side in (self.terraform, self.engine):
            side.begin()
        for number, step in enumerate(steps):
            if found := list(self._play(step)):
                return [f"step {number}: {one}" for one in found]
        return []

    def _play(self, step: Step) -> Iterator[str]:
        if step.swap:
            self.terraform.exchange(self.engine)
        for side in (self.terraform, self.engine):
            step.write(side.directory)
            side.befall(step)
        theirs, ours = self.terraform.plan(step), self.engine.plan(step)
        self.recorded.append({"plan": named(asdict(_compared(theirs)), self.terraform.names)})
        yield from self._plans(step, theirs, ours)
        if theirs.status != 1 and ours.status != 1:
            yield from self._apply(step, theirs)

    def _plans(self, step: Step, theirs: Planned, ours: Planned) -> Iterator[str]:
        if step.mode == "refresh-only" and theirs.status == 2 and ours.status == 0 and ours.document:
            # Terraform takes every image that it has read for a change, even where its own plan file shows none.
            theirs = replace(theirs, status=0, document={**(theirs.document or {}), "applyable": False})
        yield from different(theirs.status, ours.status, "plan's status")
        # Terraform stops at what a validation finds; the engine goes on, and tells of more faults at once.
        yield from self._diagnostics(theirs.said, ours.said, "plan", may_say_more=theirs.document is None)
        if theirs.document and ours.document:
            whole = theirs.status != 1
            their_plan, our_plan = (_tidy(one, whole=whole) for one in (theirs.document, ours.document))
            yield from self._different(their_plan, our_plan, "plan")

    def _apply(self, step: Step, planned: Planned) -> Iterator[str]:
        theirs, ours = self.terraform.apply(step), self.engine.apply(step)
        for side in (self.terraform, self.engine):
            side.name_ids()
        self.recorded[-1] |= {
            "apply": named(asdict(theirs), self.terraform.names),
            "state": named({part: self.terraform.state().get(part) for part in PARTS}, self.terraform.names),
            "images": self.terraform.images(),
        }
        yield from different(theirs.status, ours.status, "apply's status")
        # Terraform collects variables again for a saved plan, only to warn of those that nothing declares.
        said = [one for one in theirs.said if one.summary != "Value for undeclared variable"]
        yield from self._diagnostics(said, ours.said, "apply")
        if theirs.counts and not _crowded(planned):
            yield from different(theirs.counts, ours.counts, "counts")
        their_state, our_state = (side.state() for side in (self.terraform, self.engine))
        for part in PARTS:
            yield from self._different(_ordered(their_state.get(part)), _ordered(our_state.get(part)), part)
        yield from different(self.terraform.images(), self.engine.images(), "images")

    def _different(self, theirs: Any, ours: Any, path: str) -> Iterator[str]:
        yield from different(named(theirs, self.terraform.names), named(ours, self.engine.names), path)

    def _diagnostics(
        self, theirs: Iterable[Said], ours: Iterable[Said], when: str, *, may_say_more: bool = False
    ) -> Iterator[str]:
        their_said = {_normal(one, self.terraform.names) for one in theirs}
        our_said = {_normal(one, self.engine.names) for one in ours}
        yield from (f"{when}: only Terraform says: {one}" for one in sorted(their_said - our_said))
        if not may_say_more:
            yield from (f"{when}: only the engine says: {one}" for one in sorted(our_said - their_said))


def _compared(planned: Planned) -> Planned:
    """A plan without the parts of its document that nothing compares."""
    document = planned.document and {name: part for name, part in planned.document.items() if name not in UNCOMPARED}
    return replace(planned, document=document)


def _crowded(planned: Planned) -> bool:
    """Whether several objects at one address change: Terraform counts by address, and may miss one of them."""
    changes = (planned.document or {}).get("resource_changes", ())
    addresses = [one["address"] for one in changes if one["change"]["actions"] != ["no-op"]]
    return len(set(addresses)) < len(addresses)


def _normal(said: Said, names: Mapping[str, str]) -> str:
    text = f"{said.severity}: {_cycle(said.summary)}: {SUGGESTION.sub('', said.detail)}"
    if said.summary == "Some objects will no longer be managed by Terraform":
        text = "\n".join(sorted(text.splitlines()))  # lists them in no order
    return PASSING.sub("<passing>", UUID.sub(lambda found: names.get(found[0], found[0]), text))


def _cycle(summary: str) -> str:
    names = summary.removeprefix("Cycle: ").replace(" (expand)", "").split(", ")
    return f"Cycle: {sorted(set(names))}" if summary.startswith("Cycle: ") else summary


def _tidy(document: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """A plan without what differs by nature; of one that failed, how far it got is left out too."""
    kept = {name: part for name, part in document.items() if (name not in UNCOMPARED if whole else name in FLAGS)}
    (kept.get("prior_state") or {}).pop("terraform_version", None)
    for change in kept.get("resource_changes", ()):
        change["change"].get("replace_paths", []).sort(key=_text)  # a set, to Terraform
    return {name: sorted(part, key=_text) if name in UNORDERED else part for name, part in kept.items()}


def _ordered(part: Any) -> Any:
    """A part of a state without what is random or in no order: deposed keys, sensitive paths, checks.

    Resources without instances, which Terraform leaves behind when an apply fails, are left out.
    """
    if part and isinstance(part, list) and "instances" in part[0]:
        part = [resource for resource in part if resource["instances"]]
    for resource in part if isinstance(part, list) else []:
        for instance in resource.get("instances", []):
            instance.pop("deposed", None)
            instance.get("sensitive_attributes", []).sort(key=str)
        (resource.get("objects") or []).sort(key=lambda checked: checked["object_addr"])
    if part and isinstance(part, list) and "object_kind" in part[0]:
        part.sort(key=lambda check: check["config_addr"])
    return part


def _text(part: Any) -> str:
    return json.dumps(part, sort_keys=True)


def named(document: Any, names: Mapping[str, str]) -> Any:
    """The document with every known id replaced by its name, and the random keys of deposed objects by one."""
    text = UUID.sub(lambda found: names.get(found[0], found[0]), json.dumps(document))
    return json.loads(DEPOSED.sub(r"\1<deposed>", text))


def _by_name(part: Any) -> dict[str, Any]:
    """The items of a list by what names each; empty where nothing does."""
    items = part if isinstance(part, list) and all(isinstance(item, dict) for item in part) else []
    for key in ("address", "config_addr", "object_addr", "name", "index_key"):
        if items and all(key in item for item in items):
            return {_text([item[key], item.get("type")]): item for item in items}
    return {}


def different(theirs: Any, ours: Any, path: str) -> Iterator[str]:
    """Yield the places where two documents differ."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted(theirs.keys() | ours.keys()):
            yield from different(theirs.get(key, "<absent>"), ours.get(key, "<absent>"), f"{path}.{key}")
    elif (by_name := _by_name(theirs)) and (our_by_name := _by_name(ours)) and list(by_name) != list(our_by_name):
        if by_name.keys() == our_by_name.keys():
            yield f"{path}: theirs in the order {list(by_name)}, ours {list(our_by_name)}"
        yield from different(by_name, our_by_name, path)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for position, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from different(one, other, f"{path}[{position}]")
    elif theirs != ours or isinstance(theirs, bool) != isinstance(ours, bool):
        yield f"{path}: theirs {theirs!r}, ours {ours!r}"
