"""Rules: small callables that look at one known value and yield what is wrong with it, each with a repr.

A rule is never asked about null or unknown values, and trusts that the value already has the attribute's type.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import digits
from typing import Any, Final, Protocol

from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error, one_of, warning
from constructs_ims.schema.durations import parse_duration
from constructs_ims.schema.os_versions import IMAGE_OS_VERSIONS, find_os_version, is_windows
from constructs_ims.schema.paths import attribute_path
from constructs_ims.schema.regions import REGIONS
from constructs_ims.schema.versions import read_constraint


class ValueRule(Protocol):
    """What a value must meet."""

    def __call__(self, name: str, value: Any) -> Iterator[Diagnostic]:
        """Yield what is wrong with the ``value`` given for the argument ``name``."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of a closed list; a near miss is suggested."""

    allowed: tuple[str, ...]

    def __call__(self, name: str, value: str) -> Iterator[Diagnostic]:
        """Yield an error when ``value`` is not allowed."""
        if value not in self.allowed:
            yield error(
                f"Invalid {_words(name)}",
                f'"{value}" is not a valid {_words(name)}. Use {one_of(self.allowed)}.'
                + did_you_mean(value, self.allowed),
            )


@dataclass(frozen=True, slots=True)
class LengthBetween:
    """A text's length in characters lies between two bounds, both included."""

    least: int
    most: int

    def __call__(self, name: str, value: str) -> Iterator[Diagnostic]:
        """Yield an error when ``value`` is too short or too long."""
        if not self.least <= len(value) <= self.most:
            yield error(
                f"Invalid {_words(name)}",
                f"The {_words(name)} {_shown(value)} has {_counted(len(value), 'character')}. Use {self.least} to "
                f"{self.most} characters.",
            )


@dataclass(frozen=True, slots=True)
class Between:
    """A whole number lies between two bounds, both included; ``most`` of None is no upper bound."""

    least: int
    most: int | None
    unit: str

    def __call__(self, name: str, value: float) -> Iterator[Diagnostic]:
        """Yield an error when ``value`` is no whole number or out of bounds."""
        limits = (
            f"{self.least} {self.unit} or more" if self.most is None else f"{self.least} to {self.most} {self.unit}"
        )
        if value != int(value):
            yield error(f"Invalid {_words(name)}", f"{name} is {value}, which is no whole number. Use {limits}.")
        elif value < self.least or (self.most is not None and value > self.most):
            yield error(f"Invalid {_words(name)}", f"{name} is {int(value)}. Use {limits}.")


@dataclass(frozen=True, slots=True)
class ImageName:
    """The stricter rule for names that other calls of the service hold an image to: a breach is a warning.

    Source: the service's image attribute page.
    """

    def __call__(self, name: str, value: str) -> Iterator[Diagnostic]:
        """Yield a warning for each part of the rule that ``value`` breaks."""
        faults = [
            *(["is longer than 128 characters"] if 128 < len(value) <= 255 else []),
            *(["starts or ends with a space"] if value != value.strip(" ") else []),
            *(["has characters other than letters, digits, - . _ and space"] if _STRANGE_IN_NAME.search(value) else []),
        ]
        if faults:
            yield warning(
                "Unusual image name",
                f"The name {_shown(value)} {' and '.join(faults)}. The service may refuse it. Use 1 to 128 letters, "
                "digits, - . _ and spaces, with no space at either end.",
            )


@dataclass(frozen=True, slots=True)
class SupportedOsVersion:
    """The OS version is one the resource can create: Windows is refused, a version nobody listed earns a warning.

    Source: the resource's documentation and the service's table of OS versions.
    """

    def __call__(self, name: str, value: str) -> Iterator[Diagnostic]:
        """Yield an error for Windows, a warning for an unlisted version."""
        if not value:
            yield error("Invalid OS version", "os_version is empty. Leave it out for the default, or name a version.")
        elif is_windows(value):
            yield error(
                "Unsupported OS version",
                f'"{value}" is a Windows version, and image metadata for Windows cannot be created. '
                "Use a Linux version, or register the Windows image in another way.",
            )
        elif find_os_version(value) is None:
            names = [version.name for version in IMAGE_OS_VERSIONS]
            yield warning(
                "Unknown OS version",
                f'"{value}" is not among the OS versions known here. The service may refuse it, or list the image '
                f"under another platform.{did_you_mean(value, names)}",
            )


_AREAS: Final = frozenset(region.rstrip(digits) for region in REGIONS)


@dataclass(frozen=True, slots=True)
class KnownRegion:
    """The region is no misspelling of one that exists.

    Names unlike all of them are taken as a private cloud's, and those that differ in their number alone as new.
    """

    def __call__(self, name: str, value: str) -> Iterator[Diagnostic]:
        """Yield a warning for a near miss."""
        if value.rstrip(digits) not in _AREAS and (hint := did_you_mean(value, REGIONS)):
            yield warning(
                "Unknown region",
                f'"{value}" is not among the regions known here. Where there is none, nothing answers.{hint}',
            )


@dataclass(frozen=True, slots=True)
class ImageTags:
    """Tags are ``key=value``, 1 to 255 characters long, at most ten, no key twice; blanks around ``=`` pass.

    Source: the resource's documentation and the service's tag quota.
    """

    most: int = 10

    def __call__(self, name: str, value: Sequence[Any]) -> Iterator[Diagnostic]:
        """Yield an error for each fault, with the position of the tag; unknown tags are passed over."""
        tags = [(position, tag) for position, tag in enumerate(value) if isinstance(tag, str)]
        if len(value) > self.most:
            yield error("Too many tags", f"{len(value)} tags are given. An image has at most {self.most}.")
        for position, tag in tags:
            for fault in _tag_faults(tag):
                yield fault.under(attribute_path(position))
        keys = Counter(tag.partition("=")[0].strip() for _, tag in tags if "=" in tag)
        for key in (key for key, times in keys.items() if times > 1 and key):
            yield error("Duplicate tag key", f'The tag key "{key}" is given {keys[key]} times. Give each key once.')


@dataclass(frozen=True, slots=True)
class DurationText:
    """A length of time in Go's notation that is not negative: ``90s``, ``10m``, ``1h30m``."""

    def __call__(self, name: str, value: str) -> Iterator[Diagnostic]:
        """Yield an error when ``value`` is no such duration."""
        if value.startswith("-") or parse_duration(value) is None:
            yield error(
                "Invalid duration", f'"{value}" is no length of time. Use numbers with units, as in "90s" or "1h30m".'
            )


@dataclass(frozen=True, slots=True)
class HttpUrl:
    """The value is an absolute URL of http or https."""

    def __call__(self, name: str, value: str) -> Iterator[Diagnostic]:
        """Yield an error when ``value`` is no such URL."""
        if not re.fullmatch(r"https?://[^\s/]+.*", value):
            yield error(
                f"Invalid {_words(name)}", f'"{value}" is no URL. Use one that starts with https:// or http://.'
            )


def _tag_faults(tag: str) -> Iterator[Diagnostic]:
    key, separator, _ = tag.partition("=")
    if not separator or not key.strip():
        yield error("Invalid tag", f'"{tag}" is not of the form key=value. Write the key, an = and the value.')
    if not 1 <= len(tag) <= 255:
        yield error("Invalid tag", f"The tag {_shown(tag)} has {_counted(len(tag), 'character')}. Use 1 to 255.")


_STRANGE_IN_NAME = re.compile(r"[^\w\-. ]")


def _words(name: str) -> str:
    return "OS version" if name == "__os_version" else name.strip("_").replace("_", " ")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _shown(value: str) -> str:
    return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}..."'


@dataclass(frozen=True, slots=True)
class Identifier:
    """The value is a name that Terraform can refer to."""

    def __call__(self, name: str, value: str) -> Iterator[Diagnostic]:
        """Yield an error when ``value`` is no identifier."""
        if not re.fullmatch(r"[^\W\d][\w-]*", value):
            detail = f'"{value}" is no name. Use letters, digits, - and _, and begin with a letter or _.'
            yield error(f"Invalid {name}", detail)


@dataclass(frozen=True, slots=True)
class VersionConstraint:
    """The value is a version constraint as Terraform writes one."""

    def __call__(self, name: str, value: str) -> Iterator[Diagnostic]:
        """Yield an error when ``value`` is no constraint."""
        try:
            is_constraint = all(len(clause.numbers) <= 3 for clause in read_constraint(value))
        except ValueError:
            is_constraint = False
        if not is_constraint:
            detail = f'"{value}" is no constraint. Write one like ">= 1.73.2, < 2.0.0".'
            yield error("Invalid version constraint", detail)
