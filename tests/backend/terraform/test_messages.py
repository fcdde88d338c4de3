"""Messages of ``terraform plan -json`` and ``apply -json``, as Terraform 1.11.4 prints them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_ims.backend.provider.image_metadata import empty_object, plan_change
from constructs_ims.backend.terraform.engine.messages import read_messages


def lines(*messages: dict[str, Any]) -> str:
    return "\n".join(json.dumps(message) for message in messages)


def diagnostic(**given: Any) -> dict[str, Any]:
    told = {"severity": "error", "summary": "Resource precondition failed", "detail": "It fails.", **given}
    return {"@level": "error", "type": "diagnostic", "diagnostic": told}


def applied(action: str) -> dict[str, Any]:
    return {"type": "apply_complete", "hook": {"resource": {"addr": "terraform_data.a"}, "action": action}}


@pytest.mark.parametrize(
    ("context", "concerned"),
    [
        ("resource.terraform_data.b.lifecycle.precondition[0]", "terraform_data.b"),
        ('resource "terraform_data" "b"', "terraform_data.b"),
        ("data.terraform_remote_state.other", "data.terraform_remote_state.other"),
        ('data "terraform_remote_state" "other"', "data.terraform_remote_state.other"),
        ("output.id", None),
        ('variable "resource"', None),
        (None, None),
    ],
)
def test_an_error_concerns_the_block_that_it_shows(context: str | None, concerned: str | None) -> None:
    [told] = read_messages(lines(diagnostic(snippet={"context": context})), "", failed=True).diagnostics

    assert (told.address, told.concerns) == (None, concerned)
    assert str(told) == "Resource precondition failed: It fails."


@pytest.mark.parametrize(
    ("prior", "planned"),
    [
        ({"min_disk": 40}, {"min_disk": 80}),
        ({"min_disk": 0, "name": "a -> b"}, {"min_disk": 1, "name": "\n\t* c"}),
        ({"name": ""}, {"name": "new"}),
        ({"name": "old", "tags": ["a.b"]}, {"name": "", "tags": []}),
    ],
)
def test_a_refusal_has_its_plain_words_again(prior: dict[str, Any], planned: dict[str, Any]) -> None:
    before = {**empty_object(), "id": "an-id", **prior}
    [refusal] = plan_change(before, {**before, **planned}, force_new=False).diagnostics
    sent = diagnostic(summary=refusal.summary, detail=refusal.detail, address="huaweicloud_ims_image_metadata.a")
    [read] = read_messages(lines(sent), "", failed=True).diagnostics

    assert refusal.plain is not None
    assert (read.plain, read.address) == (refusal.plain, "huaweicloud_ims_image_metadata.a")


def test_an_address_stands_for_itself() -> None:
    shown = {
        "filename": "cdk.tf.json",
        "start": {"line": 1, "column": 2, "byte": 1},
        "end": {"line": 1, "column": 3, "byte": 2},
    }
    told = diagnostic(address="terraform_data.a", range=shown, snippet={"context": "resource.terraform_data.a"})
    [read] = read_messages(lines(told), "", failed=True).diagnostics

    assert (read.address, read.concerns) == ("terraform_data.a", None)
    assert read.subject is not None
    assert (read.subject.filename, read.subject.start.column, read.subject.end.byte) == ("cdk.tf.json", 2, 2)


def test_objects_are_counted_by_what_was_done() -> None:
    summary = {"type": "change_summary", "changes": {"import": 1, "operation": "apply"}}
    planned = {"type": "change_summary", "changes": {"import": 5, "operation": "plan"}}
    output = lines(planned, applied("delete"), applied("create"), applied("create"), applied("update"), summary)
    messages = read_messages(f"\x1b[0mno JSON\n{output}\n{{broken", "", failed=False)

    counts = (messages.imported, messages.added, messages.changed, messages.destroyed)
    assert (messages.diagnostics, counts) == ((), (1, 2, 1, 1))


@pytest.mark.parametrize(
    ("output", "complaint", "detail"),
    [("", "It broke.\n", "It broke."), ("plain text", "", "plain text"), ("", "", "It did not say why.")],
)
def test_a_failure_without_a_diagnostic_says_what_was_printed(output: str, complaint: str, detail: str) -> None:
    [told] = read_messages(output, complaint, failed=True).diagnostics

    assert (told.is_error, told.summary, told.detail) == (True, "Terraform failed", detail)
    assert read_messages(output, complaint, failed=False).diagnostics == ()
