"""What the engine asks of every provider at ``engine/ports.py``, held against each provider that there is."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from constructs_ims.backend.emulator import Account
from constructs_ims.backend.engine.plans.object_change import check_apply, check_plan, propose
from constructs_ims.backend.engine.stack.providers.builtin import BuiltinProvider
from constructs_ims.backend.engine.stack.providers.port import Provider
from constructs_ims.backend.engine.stack.providers.shapes import ShapeBook
from constructs_ims.backend.engine.stack.providers.simulate import SimulatedProvider
from constructs_ims.backend.sandbox.world import World
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.diagnostics import has_errors
from constructs_ims.schema.operations import Object
from constructs_ims.schema.types import NUMBER, STRING, ListType
from constructs_ims.schema.values import is_wholly_known


@dataclass
class Subject:
    """A provider, one of its resource types, and what an object of it may be configured to be."""

    provider: Provider
    type_name: str
    given: dict[str, Any]

    @property
    def block(self) -> Block:
        return self.provider.resource_schemas[self.type_name].block

    def config(self) -> Object:
        return {**dict.fromkeys([*self.block.by_name, *self.block.blocks_by_name]), **copy.deepcopy(self.given)}

    def plan(self, prior: Object | None, config: Object | None, private: bytes = b"") -> tuple[Object | None, bytes]:
        proposed = None if config is None else propose(self.block, prior, config)
        planned = self.provider.plan_resource(self.type_name, prior, config, proposed, private)
        assert not has_errors(planned.diagnostics)
        return planned.planned, planned.private

    def apply(self, prior: Object | None, config: Object | None) -> tuple[Object | None, bytes]:
        planned, private = self.plan(prior, config)
        made = self.provider.apply_resource(self.type_name, prior, config, planned, private)
        assert not has_errors(made.diagnostics)
        return made.state, made.private

    def create(self) -> tuple[Object, bytes]:
        made, private = self.apply(None, self.config())
        assert made is not None
        return made, private


def huaweicloud(world: World) -> Subject:
    given = {"name": "base", "__os_version": "Ubuntu 20.04 server 64bit", "min_disk": 40, "tags": ["team=images"]}
    return Subject(world.provider(), "huaweicloud_ims_image_metadata", given)


def simulated(_: World) -> Subject:
    shapes, given = ShapeBook(), {"bucket": "images", "tags": {"team": "images"}}
    source = "registry.terraform.io/hashicorp/aws"
    shapes.note_body((source, "managed", "aws_s3_bucket"), given)
    return Subject(SimulatedProvider(source, shapes), "aws_s3_bucket", given)


def simulated_with_types(_: World) -> Subject:
    source, name = "registry.terraform.io/hashicorp/aws", "aws_s3_bucket"
    rule = Block((Attribute("days", NUMBER, "", "", required=True), Attribute("id", STRING, "", "", computed=True)))
    attributes = (
        Attribute("bucket", STRING, "", "", optional=True, computed=True),
        Attribute("id", STRING, "", "", computed=True),
        Attribute("sizes", ListType(NUMBER), "", "", computed=True),
    )
    blocks = tuple(NestedBlock(f"rule_{nesting}", nesting, rule, "", "") for nesting in Nesting)
    shapes = ShapeBook(known={(source, "managed", name): Schema(name, Block(attributes, blocks))})
    given = {"rule_list": [{"days": 3, "id": None}], "rule_single": {"days": 4, "id": None}, "rule_set": []}
    return Subject(SimulatedProvider(source, shapes), name, given)


def builtin(_: World) -> Subject:
    return Subject(BuiltinProvider(), "terraform_data", {"input": "x", "triggers_replace": ["a", 1]})


@pytest.fixture(params=[huaweicloud, simulated, simulated_with_types, builtin], ids=lambda make: make.__name__)
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    make: Callable[[World], Subject] = request.param
    world = World(Account.generate())
    found = make(world)
    schema = found.provider.schema.block
    assert found.provider.configure(dict.fromkeys([*schema.by_name, *schema.blocks_by_name])) == []
    yield found
    world.close()


def test_plan_is_valid_and_its_apply_keeps_it(subject: Subject) -> None:
    config = subject.config()
    planned, private = subject.plan(None, config)
    assert planned is not None
    assert list(check_plan(subject.block, None, config, planned)) == []

    made = subject.provider.apply_resource(subject.type_name, None, config, planned, private)

    assert made.state is not None
    assert list(check_apply(subject.block, planned, made.state)) == []
    assert is_wholly_known(made.state)
    assert made.state["id"]


def test_object_has_every_name_of_its_schema(subject: Subject) -> None:
    made, _ = subject.create()

    assert made.keys() == {*subject.block.by_name, *subject.block.blocks_by_name}


def test_planning_changes_nothing(subject: Subject) -> None:
    made, private = subject.create()
    config = subject.config()
    kept = copy.deepcopy((made, config))

    subject.plan(made, config, private)
    subject.plan(made, None, private)

    assert (made, config) == kept
    assert subject.provider.read_resource(subject.type_name, made, private).state == made


def test_object_that_was_made_needs_no_change(subject: Subject) -> None:
    made, private = subject.create()
    found = subject.provider.read_resource(subject.type_name, made, private).state
    assert found is not None

    assert subject.plan(found, subject.config(), private)[0] == found


def test_object_survives_its_upgrade(subject: Subject) -> None:
    made, _ = subject.create()
    version = subject.provider.resource_schemas[subject.type_name].version

    assert subject.provider.upgrade_resource(subject.type_name, version, copy.deepcopy(made)) == (made, [])


def test_import_finds_the_object_by_its_id(subject: Subject) -> None:
    made, _ = subject.create()

    found = subject.provider.import_resource(subject.type_name, made["id"])

    assert not has_errors(found.diagnostics)
    assert [(one.type_name, one.state["id"]) for one in found.resources] == [(subject.type_name, made["id"])]
    read = subject.provider.read_resource(subject.type_name, found.resources[0].state, b"").state
    assert read is not None
    assert read["id"] == made["id"]


def test_deletion_leaves_nothing(subject: Subject) -> None:
    made, _ = subject.create()

    assert subject.apply(made, None)[0] is None


def test_deletion_that_fails_keeps_the_object_known(subject: Subject) -> None:
    made, private = subject.create()
    subject.apply(made, None)

    again = subject.provider.apply_resource(subject.type_name, made, None, None, private)

    assert again.state == (made if has_errors(again.diagnostics) else None)


def test_ten_threads_make_ten_objects(subject: Subject) -> None:
    with ThreadPoolExecutor(10) as threads:
        made = list(threads.map(lambda _: subject.create()[0], range(10)))

    assert len(made) == 10
    assert all(subject.provider.read_resource(subject.type_name, one, b"").state == one for one in made)


def test_checks_pass_what_an_apply_takes(subject: Subject) -> None:
    assert not has_errors(subject.provider.validate_resource(subject.type_name, subject.config()))
