"""``Template``: what one stack synthesizes, and the assertions on it. Modelled on AWS CDK's class of this name."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from constructs_ims.backend.documents.secrets import without_secrets
from constructs_ims.schema.diagnostics import did_you_mean
from constructs_ims.testing.matching.matchers import MatchContext, matcher_for_object
from constructs_ims.testing.template.blocks import COMMENT, Kind, TemplateBlock, blocks_in, without_comments
from constructs_ims.testing.template.explanation import explain, without_secret
from constructs_ims.testing.template.places import construct_at
from constructs_ims.testing.template.sections import (
    BackendAssertions,
    DataSourceAssertions,
    LocalAssertions,
    ModuleAssertions,
    OutputAssertions,
    ProviderAssertions,
    ResourceAssertions,
    VariableAssertions,
)
from constructs_ims.testing.template.selection import Selection
from constructs_ims.testing.template.subjects import Subject, is_path, selector_for
from constructs_ims.testing.template.synthesis import document_from, stacks_of, synthesized, token_resolver

__tracebackhide__ = True
__unittest = True


class Template(
    ResourceAssertions,
    DataSourceAssertions,
    OutputAssertions,
    VariableAssertions,
    LocalAssertions,
    ProviderAssertions,
    ModuleAssertions,
    BackendAssertions,
):
    """The JSON of one synthesized stack, of cdktf or cdktn, with any provider's resources.

    An assertion raises ``AssertionError`` that shows the closest block with its mismatches marked. What Terraform
    ignores, comments under ``//``, is not looked at.
    """

    def __init__(self, document: Mapping[str, Any], name: str = "", stack: Any = None) -> None:
        self._document = document
        self._stack = stack
        self._context = MatchContext() if stack is None else MatchContext(token_resolver(stack))
        self._blocks_by_kind: dict[Kind, list[TemplateBlock]] = {}
        self.name = name
        """The stack's name, "" when unknown."""

    @classmethod
    def from_stack(cls, stack: Any) -> Self:
        """Synthesize a stack, with Aspects and validations; ``stack`` may be the directory of a synthesized one too."""
        name, document = synthesized(stack)
        return cls(document, name, stack if hasattr(stack, "node") else None)

    @classmethod
    def from_app(cls, app: Any) -> dict[str, Self]:
        """Synthesize an app and return the template of each of its stacks, by name."""
        templates = [cls.from_stack(stack) for stack in stacks_of(app)]
        return {template.name: template for template in templates}

    @classmethod
    def from_json(cls, source: str | Path | Mapping[str, Any]) -> Self:
        """Read a stack's JSON from text, a mapping, a file, or a directory that has ``cdk.tf.json``.

        Raises ``ValueError`` for what is none, ``OSError`` for a file that cannot be read, ``TypeError`` for another
        type.
        """
        template = cls(document_from(source))
        for kind in Kind:
            template._blocks(kind)
        return template

    def to_json(self) -> dict[str, Any]:
        """Return the whole JSON, comments included."""
        return copy.deepcopy(dict(self._document))

    def template_matches(self, expected: Any) -> None:
        """Demand that the whole JSON, which may have more than a mapping asks for, matches.

        What another template's ``to_json()`` returns can be asked for; comments are compared where the pattern has any.
        """
        matcher = matcher_for_object(expected, "template")
        actual = self.to_json() if matcher.mentions(COMMENT) else without_comments(self._document)
        result = matcher.match(actual, self._context)
        if not result.is_success:
            shown = without_secrets(actual)
            mismatches = [without_secret(each, shown) for each in result.mismatches]
            raise AssertionError(f"{self._owner} does not match.\n{explain(shown, mismatches)}")
        result.commit()

    @property
    def _owner(self) -> str:
        return f"Stack {self.name}" if self.name else "Template"

    def _select(self, kind: Kind, subject: Subject, *, whole: bool = True) -> Selection:
        return Selection(
            self._owner, kind, selector_for(self._placed(subject), kind), self._blocks(kind), self._context, whole
        )

    def _placed(self, subject: Subject) -> Subject:
        """Return the construct at a path; refuse what is not in the stack, whose name another object may have here."""
        if is_path(subject):
            if self._stack is not None:
                return construct_at(self._stack, subject)
            paths = [block.path for kind in Kind for block in self._blocks(kind)]
            if not any(f"{path}/".startswith(f"{subject}/") for path in paths):
                raise AssertionError(f"The template tells of no construct {subject}.{did_you_mean(subject, paths)}")
        elif self._stack is not None and not isinstance(subject, str | type) and hasattr(subject, "node"):
            construct_at(self._stack, str(subject.node.path))
        return subject

    def _blocks(self, kind: Kind) -> list[TemplateBlock]:
        if kind not in self._blocks_by_kind:
            self._blocks_by_kind[kind] = list(blocks_in(self._document, kind))
        return self._blocks_by_kind[kind]

    def __repr__(self) -> str:
        resources = self._blocks(Kind.RESOURCE)
        name = f"{self.name}: " if self.name else ""
        return f"Template({name}{len(resources)} resource{'' if len(resources) == 1 else 's'})"
