"""syrupy's extensions for Terraform: one file for each snapshot, named ``TEST.NUMBER`` or ``TEST[NAME]`` and its form.

Every snapshot has its number, the first too (``test_images.0.tf.json``). So these files can be told from foreign ones
in the same folder, which are left alone, and syrupy's own JSON extension, which takes every ``.json`` for its own,
reads the same names out of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from syrupy.data import Snapshot, SnapshotCollection
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.terminal import context_style, received_style, snapshot_style

from constructs_ims.backend.documents.normalization import ALL_RULES, Rule
from constructs_ims.testing.snapshots.formats import Format, content

if TYPE_CHECKING:
    from syrupy.location import PyTestLocation
    from syrupy.types import PropertyFilter, PropertyMatcher, SerializableData, SerializedData, SnapshotIndex

_ENDS: Final = "|".join(re.escape(each.value) for each in Format)
_OWN_FILE: Final = re.compile(rf".+(?:\.\d+|\])(?:{_ENDS})")
_LONGEST_PART: Final = 110
"""Of the name of a test and of the name of a snapshot, so that both together make the name of a file."""
_CONTEXT: Final = 2


@dataclass(frozen=True, slots=True)
class Kept:
    """A value with the rules by which it is normalised, and the directory of the project that it belongs to."""

    value: Any
    rules: frozenset[Rule] = ALL_RULES
    project: Path | None = None
    _contents: dict[Format, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def content(self, format_: Format) -> Any:
        """Return what is kept of the value in a form; it is worked out once."""
        if format_ not in self._contents:
            self._contents[format_] = content(self.value, format_, self.rules, self.project)
        return self._contents[format_]


class TerraformSnapshotExtension(SingleFileSnapshotExtension):
    """What all forms have in common; the fixture replaces it by the form that goes with the compared value."""

    _write_mode = WriteMode.TEXT
    format: ClassVar[Format] = Format.TEMPLATE_JSON
    file_extension = "json"

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """Return the file's name without what follows its last dot."""
        number = f"[{cls._in_file_name(index)}]" if isinstance(index, str) else f".{index}"
        infix = cls.format.value.removesuffix(f".{cls.file_extension}")
        return f"{cls._in_file_name(test_location.snapshot_name)}{number}{infix}"

    @classmethod
    def _in_file_name(cls, text: str) -> str:
        """Return a text as a part of a file's name; what cannot stand there is told apart by a hash."""
        kept = cls._sanitize_filename(text)[:_LONGEST_PART]
        return kept if kept == text else f"{kept}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    def is_snapshot_location(self, *, location: str) -> bool:
        """Whether a file is a snapshot of any of the forms."""
        return _OWN_FILE.fullmatch(Path(location).name) is not None

    def read_snapshot_collection(self, *, snapshot_location: str) -> SnapshotCollection:
        """Return the file's one snapshot, without its content."""
        collection = SnapshotCollection(location=snapshot_location)
        collection.add(Snapshot(name=Path(snapshot_location).stem))
        return collection

    @classmethod
    def matches_test_location(cls, *, test_location: PyTestLocation, snapshot_location: str) -> bool:
        """Whether a file belongs to a test, whose parameters may have characters that file names cannot have."""
        path, test = Path(snapshot_location), cls._in_file_name(test_location.snapshot_name)
        is_beside = path.parent.name == test_location.basename and test_location.matches_snapshot_site(
            snapshot_location
        )
        return is_beside and (not test_location.is_item_parametrized or path.name.startswith((f"{test}.", f"{test}[")))

    def diff_lines(self, serialized_data: SerializedData, snapshot_data: SerializedData) -> Iterator[str]:
        """Compare line by line, as ``diff -u`` does."""
        styles = {"-": snapshot_style, "+": received_style}
        kept, now = str(snapshot_data).splitlines(), str(serialized_data).splitlines()
        for number, line in enumerate(unified_diff(kept, now, n=_CONTEXT, lineterm="")):
            if number > 1:
                yield styles.get(line[:1], context_style)(line)

    def serialize(
        self,
        data: SerializableData,
        *,
        exclude: PropertyFilter | None = None,
        include: PropertyFilter | None = None,
        matcher: PropertyMatcher | None = None,
    ) -> SerializedData:
        """Return the text that is kept."""
        if exclude or include:
            raise TypeError(f"exclude and include work on the forms in JSON, and {self.format.value} is text.")
        return str(self.content(data))

    def content(self, data: Any) -> Any:
        """Return what is kept of a value."""
        return (data if isinstance(data, Kept) else Kept(data)).content(self.format)


class _JsonForm(TerraformSnapshotExtension, JSONSnapshotExtension):
    def serialize(
        self,
        data: SerializableData,
        *,
        exclude: PropertyFilter | None = None,
        include: PropertyFilter | None = None,
        matcher: PropertyMatcher | None = None,
    ) -> SerializedData:
        """Return the JSON that is kept."""
        kept = self.content(data)
        return JSONSnapshotExtension.serialize(self, kept, exclude=exclude, include=include, matcher=matcher)


class TemplateJsonExtension(_JsonForm):
    """A template as JSON: ``.tf.json``."""

    format = Format.TEMPLATE_JSON


class TemplateHclExtension(TerraformSnapshotExtension):
    """A template as HCL: ``.tf``."""

    format = Format.TEMPLATE_HCL
    file_extension = "tf"


class PlanJsonExtension(_JsonForm):
    """A plan as ``terraform show -json`` prints it: ``.plan.json``."""

    format = Format.PLAN_JSON


class PlanTextExtension(TerraformSnapshotExtension):
    """A plan as Terraform prints it: ``.plan.txt``."""

    format = Format.PLAN_TEXT
    file_extension = "txt"


class StateExtension(_JsonForm):
    """A state as Terraform's state file: ``.state.json``, as ``.tfstate`` is what many projects have git ignore."""

    format = Format.STATE


EXTENSIONS: Final[dict[Format, type[TerraformSnapshotExtension]]] = {
    extension.format: extension
    for extension in (
        TemplateJsonExtension,
        TemplateHclExtension,
        PlanJsonExtension,
        PlanTextExtension,
        StateExtension,
    )
}
