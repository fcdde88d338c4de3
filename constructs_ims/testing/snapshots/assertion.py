"""The fixture's assertion: syrupy's, with the form that goes with what is compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation

from constructs_ims.backend.documents.normalization import ALL_RULES, Rule
from constructs_ims.testing.snapshots.extensions import EXTENSIONS, Kept, TerraformSnapshotExtension
from constructs_ims.testing.snapshots.formats import usual_format

if TYPE_CHECKING:
    import pytest


@dataclass(eq=False, order=False, repr=False)
class TerraformSnapshot(SnapshotAssertion):
    """syrupy's snapshot for templates, plans and states; all that syrupy's can do, this one can.

    A template is kept as JSON, a plan as text, a state as JSON, unless ``use_extension(...)`` or
    ``(extension_class=...)`` chooses another form, such as ``TemplateHclExtension``.
    """

    rules: frozenset[Rule] = ALL_RULES
    project: Path | None = None
    """The directory from which paths are counted; the working directory where it is not given."""
    taken: dict[str, Any] = field(default_factory=dict)
    """What the test has compared with each file so far, by it and all that were made of it."""

    def keep(self, *rules: Rule | str) -> TerraformSnapshot:
        """Return a snapshot that keeps what these rules would normalise: ``snapshot_tf.keep("paths", "ids")``.

        Raises ``ValueError`` for a name that is no rule's.
        """
        kept = self.with_defaults()
        kept.rules = self.rules - {Rule(rule) for rule in rules}
        return kept

    def with_defaults(self, **options: Any) -> TerraformSnapshot:
        """Return a snapshot with other options, as syrupy's does."""
        other = super().with_defaults(**options)
        assert isinstance(other, TerraformSnapshot)  # noqa: S101 - syrupy makes the class that it is called on
        other.rules = self.rules
        other.project = self.project
        other.taken = self.taken
        return other

    def __eq__(self, value: object) -> bool:
        if type(self.extension) is TerraformSnapshotExtension:
            self(extension_class=EXTENSIONS[usual_format(value)])
        kept = Kept(value, self.rules, self.project)
        self._check_alone(kept)
        return super().__eq__(kept)

    def _check_alone(self, kept: Kept) -> None:
        """Refuse a second snapshot of one name in a test, which would take the place of the first."""
        location = self.extension.get_location(test_location=self.test_location, index=self.index)
        content = self._serialize(kept)
        if self.taken.setdefault(location, content) != content:
            name = self.extension.get_snapshot_name(test_location=self.test_location, index=self.index)
            raise AssertionError(
                f'Two snapshots of this test have the name "{name}", and one file holds each. Give them names of their '
                'own: snapshot_tf(name="...").'
            )


def terraform_snapshot(request: pytest.FixtureRequest) -> TerraformSnapshot:
    """Return the snapshot of a test, with the options of this run.

    Its project is the nearest directory above the test that holds a ``cdktf.json``, else pytest's root directory.
    """
    options: Any = request.config.option
    config: Any = request.session.config
    project = next((folder for folder in request.path.parents if (folder / "cdktf.json").is_file()), config.rootpath)
    return TerraformSnapshot(
        update_snapshots=options.update_snapshots,
        update_new_snapshots_only=options.update_new_snapshots_only,
        extension_class=TerraformSnapshotExtension,
        test_location=PyTestLocation(request.node),
        session=config._syrupy,
        project=project,
    )
