"""The run after one that was cut short: what had been created is found and told of, and nothing is made twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from constructs_ims.backend.client import ClientError, ImsClient
from constructs_ims.backend.client.errors import AnswerLostError, ConnectError
from constructs_ims.backend.provider.images import Images
from constructs_ims.backend.sandbox import Sandbox

from .conftest import ADDRESS, Project

APPLY = ("apply", "-auto-approve")


@pytest.fixture
def die_creating() -> Callable[..., None]:
    """Apply a stack of one image, and end after its creation before that could be written down."""
    original = Images.create

    def create_and_die(*arguments: Any) -> Any:
        original(*arguments)
        raise SystemExit("killed")

    def apply(tf: Project, *words: str) -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Images, "create", create_and_die)
            with pytest.raises(SystemExit, match="killed"):
                tf(*(words or APPLY))
        assert len(images(tf)) == 1

    return apply


@pytest.fixture
def cut_short(tf: Project, die_creating: Callable[..., None]) -> Project:
    """A stack whose image was created by an apply that ended before it could write that down."""
    die_creating(tf)
    return tf


def images(tf: Project) -> list[dict[str, Any]]:
    with Sandbox(tf.sandbox) as sandbox:
        return sandbox.images()


def test_image_is_found_and_told_of(cut_short: Project) -> None:
    [image] = images(cut_short)

    planned = cut_short("plan")

    assert "Warning: Unfinished creation found" in planned.out
    assert f'with the id "{image["id"]}", has been taken into the state.' in " ".join(planned.out.split())
    applied = cut_short(*APPLY)
    assert "Resources: 0 added, 0 changed, 0 destroyed." in applied.out
    assert "Unfinished" not in applied.out
    assert images(cut_short) == [image]


def test_image_is_told_of_in_events(cut_short: Project) -> None:
    events = cut_short(*APPLY, "-json").events()

    told = [event["diagnostic"] for event in events if event["type"] == "diagnostic"]
    assert [(found["severity"], found["summary"], found["address"]) for found in told] == [
        ("warning", "Unfinished creation found", ADDRESS)
    ]
    assert len(images(cut_short)) == 1


@pytest.mark.parametrize("words", [("plan",), APPLY, ("destroy", "-auto-approve"), ("refresh",)], ids=lambda w: w[0])
def test_service_that_cannot_be_asked_ends_the_run(cut_short: Project, words: tuple[str, ...]) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise ClientError("The service is out.")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ImsClient, "find_created", refuse)
        ran = cut_short(*words)
        told = cut_short(*words, "-json").events()

    assert ran.status == 1
    assert "Error: error looking for a lost IMS image metadata: Request failed: The service is out." in " ".join(
        ran.err.split()
    )
    assert [event["diagnostic"]["address"] for event in told if event["@level"] == "error"] == [ADDRESS]
    assert len(images(cut_short)) == 1
    assert cut_short(*APPLY).status == 0
    assert len(images(cut_short)) == 1


@pytest.mark.parametrize("was_created", [True, False], ids=["carried out", "not carried out"])
def test_creation_whose_answer_was_lost_is_looked_for(tf: Project, was_created: bool) -> None:
    original = ImsClient.create_image

    def lose(client: ImsClient, body: Any, creation_id: str) -> Any:
        if was_created:
            original(client, body, creation_id)
        raise AnswerLostError("The connection broke.")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ImsClient, "create_image", lose)
        failed = tf(*APPLY)
    assert failed.status == 1
    assert "may have been created all the same" in " ".join(failed.err.split())
    assert tf("state", "list").out == ""

    again = tf(*APPLY)

    assert again.status == 0
    assert ("Unfinished creation found" in again.out, len(images(tf))) == (was_created, 1)
    assert ADDRESS in tf("state", "list").out


def test_creation_that_was_refused_is_not_looked_for(tf: Project) -> None:
    def refuse(*_: Any) -> Any:
        raise ConnectError("Nobody listens.")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ImsClient, "create_image", refuse)
        assert tf(*APPLY).status == 1
        patched.setattr(ImsClient, "find_created", refuse)
        assert tf("plan").status == 0


def test_image_is_looked_for_in_the_region_that_the_stack_computes(
    tf: Project, die_creating: Callable[..., None]
) -> None:
    variable = {"region": {"default": "cn-east-3"}, "name": {"default": "ubuntu"}}
    tf.write(variable=variable, provider={"huaweicloud": [{"region": "${lower(var.region)}"}]})
    die_creating(tf)

    again = tf(*APPLY)

    assert "Unfinished creation found" in again.out
    assert len(images(tf)) == 1


def test_image_is_found_once_the_stack_no_longer_has_it(cut_short: Project) -> None:
    cut_short.write(resource=None, output=None, provider=None)

    assert cut_short(*APPLY).status == 0
    assert images(cut_short) == []


def test_stack_that_is_broken_meanwhile_loses_nothing(cut_short: Project) -> None:
    broken = cut_short.stack / "cdk.tf.json"
    sound = broken.read_text()
    broken.write_text("{")
    assert cut_short(*APPLY).status == 1
    broken.write_text(sound)

    assert "Unfinished creation found" in cut_short(*APPLY).out
    assert len(images(cut_short)) == 1


def test_saved_plan_is_stale_once_its_apply_was_cut_short(tf: Project, die_creating: Callable[..., None]) -> None:
    tf("plan", "-out=kept")
    die_creating(tf, "apply", "kept")

    again = tf("apply", "kept")

    assert again.status == 1
    assert "Saved plan is stale" in again.err
    assert tf(*APPLY).status == 0
    assert len(images(tf)) == 1
