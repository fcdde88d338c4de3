"""Which attributes a plan rests on: all that changed objects and outputs refer to, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from constructs_ims.backend.engine.graph.configuration_references import Use, argument_references
from constructs_ims.backend.engine.graph.graph import behind_name, node_of, resource_of
from constructs_ims.backend.engine.lang import Traversal
from constructs_ims.backend.engine.lang.addresses import ResourceAddress
from constructs_ims.backend.engine.plans.changes import Action, RelevantAttribute
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.schema.paths import AttributeStep, IndexStep, PathStep


def relevant_attributes(run: PlanRun) -> tuple[RelevantAttribute, ...]:
    """Return the attributes in Terraform's order: by resource, then by path."""
    finder = _Finder(run)
    for address, changes in run.results.changes.items():
        if any(change.action is not Action.NO_OP for change in changes):
            finder.follow(finder.of_resource(address))
    for address in run.results.state.resources:
        if address.mode == "data" and run.options.mode == "destroy" and not run.targets:
            finder.follow(finder.of_resource(address))
    for name, change in run.results.outputs.items():
        output = run.configuration.outputs.get(name)
        if change.action is not Action.NO_OP and output is not None:
            finder.follow(found for found, _ in argument_references(output.value))
    return tuple(sorted(finder.found, key=lambda one: (one.resource, tuple(map(str, one.attribute)))))


class _Finder:
    def __init__(self, run: PlanRun) -> None:
        self.run = run
        self.found: dict[RelevantAttribute, None] = {}
        self.followed: set[Traversal] = set()

    def of_resource(self, address: ResourceAddress) -> Iterator[Traversal]:
        """Yield the references of a resource's body."""
        body = self.run.stack.bodies.get(address)
        yield from self._with_repetition(address, body.references() if body else ())

    def _with_repetition(self, address: ResourceAddress, uses: Iterable[Use]) -> Iterator[Traversal]:
        """Yield references of a body, and where those lead to ``count`` or ``each``, what the instances rest on."""
        references = [found for found, _ in uses]
        yield from references
        resource = self.run.configuration.resources.get(address)
        if resource is not None and any(one.root in ("count", "each") for one in references):
            yield from (found for found, _ in argument_references(resource.count))
            yield from (found for found, _ in argument_references(resource.for_each))

    def follow(self, references: Iterable[Traversal]) -> None:
        """Note every attribute that references lead to, and those that their values are made of in turn."""
        waiting = list(references)
        while waiting:
            reference = waiting.pop()
            if reference in self.followed:
                continue
            self.followed.add(reference)
            address = resource_of(reference)
            if address is not None:
                self._note(address, reference)
                waiting += self._behind(address, reference)
            elif reference.root == "local":
                node = node_of(reference)
                argument = self.run.configuration.locals.get(node.name) if node else None
                waiting += (found for found, _ in argument_references(argument))

    def _note(self, address: ResourceAddress, reference: Traversal) -> None:
        rest = behind_name(reference)
        key = rest[0].key if rest and isinstance(rest[0], IndexStep) else None
        attribute = rest[1:] if key is not None else rest
        path = tuple(map(_step, attribute))
        self.found[RelevantAttribute(str(address.instance(key)), path)] = None

    def _behind(self, address: ResourceAddress, reference: Traversal) -> Iterator[Traversal]:
        """Yield what the configuration of a referred attribute, or else that of the whole object, refers to."""
        body = self.run.stack.bodies.get(address)
        names = [step.name for step in behind_name(reference) if isinstance(step, AttributeStep)]
        if not names:
            yield from self.of_resource(address)
        for attribute, argument in body.attributes if body else ():
            if names and attribute.name == names[0]:
                yield from self._with_repetition(address, argument_references(argument))


def _step(step: PathStep) -> str | int:
    return step.name if isinstance(step, AttributeStep) else step.key
