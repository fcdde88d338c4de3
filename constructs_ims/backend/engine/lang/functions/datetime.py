"""Functions on moments: RFC 3339 texts in, texts out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Final

from constructs_ims.backend.engine.lang.frame import Frame
from constructs_ims.backend.engine.lang.functions.registry import FunctionError, Parameter, function
from constructs_ims.backend.engine.lang.typed import Value, unknown
from constructs_ims.schema.types import NUMBER, STRING

_RFC3339: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DURATION: Final = re.compile(r"(\d*\.?\d*)(ns|us|µs|μs|ms|s|m|h)")
_UNITS: Final = {
    "ns": Fraction(1, 10**9),
    "us": Fraction(1, 10**6),
    "µs": Fraction(1, 10**6),
    "μs": Fraction(1, 10**6),
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
}
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SEQUENCE: Final = re.compile(r"'((?:[^']|'')*)('?)|([A-Za-z])\3*|[^A-Za-z']+")


@dataclass(frozen=True, slots=True)
class _Moment:
    """A moment: to the second in ``at``, the rest in ``nanoseconds``; ``zone`` as it was written."""

    at: datetime
    nanoseconds: int
    zone: str

    def instant(self) -> tuple[datetime, int]:
        """Return what makes moments of all zones comparable."""
        return self.at.astimezone(UTC), self.nanoseconds


def _parse(text: str, argument: int | None, strict: bool = True) -> _Moment:
    """Read a moment; ``strict`` minds what Go's own reader of RFC 3339 lets pass."""
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise FunctionError(_not_a_timestamp(text), argument)
    if strict and (fault := _not_strict(found)):
        raise FunctionError(f"not a valid RFC3339 timestamp: {fault}", argument)
    fraction = (found[7] or "")[:9].ljust(9, "0")
    try:
        at = datetime(*map(int, found.groups()[:6]), tzinfo=_zone(found[8]))  # type: ignore[misc, arg-type]
    except ValueError:
        raise FunctionError(_out_of_range(found), argument) from None
    return _Moment(at, int(fraction), found[8])


def _not_strict(found: re.Match[str]) -> str:
    if found[7] and found[0][found.start(7) - 1] == ",":
        return 'cannot use "," as timestamp segment'
    zone = found[8]
    if zone != "Z" and (int(zone[1:3]) > 23 or int(zone[4:6]) > 59):
        return f'cannot use "{zone}" as UTC offset'
    return ""


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:6])))


def _not_a_timestamp(text: str) -> str:
    """Say, as Terraform does, which part of a timestamp is missing or wrong."""
    for pattern, name, missing in _PARTS:
        if not text:
            return f"not a valid RFC3339 timestamp: end of string {missing}"
        found = re.match(pattern, text, re.ASCII)
        if found is None:
            return f"not a valid RFC3339 timestamp: {name.format(text=text)}"
        text = text[found.end() :]
    return f'not a valid RFC3339 timestamp: cannot use "{text}" as timestamp segment'


def _number_part(name: str) -> tuple[str, str]:
    return f'cannot use "{{text}}" as {name}', f"before {name}"


def _mark_part(mark: str) -> tuple[str, str]:
    return f'found "{{text}}" where "{mark}" is expected', f'where "{mark}" is expected'


_TIME_MARK: Final = ("missing required time introducer 'T'", "before time introducer 'T'")
_PARTS: Final = (
    (r"\d{4}", *_number_part("year")),
    (r"-", *_mark_part("-")),
    (r"\d\d", *_number_part("month")),
    (r"-", *_mark_part("-")),
    (r"\d\d", *_number_part("day of month")),
    (r"T", *_TIME_MARK),
    (r"\d\d", *_number_part("hour")),
    (r":", *_mark_part(":")),
    (r"\d\d", *_number_part("minute")),
    (r":", *_mark_part(":")),
    (r"\d\d(?:[.,]\d+)?", *_number_part("second")),
    (r"Z|[+-]\d\d:\d\d", *_number_part("UTC offset")),
)


def _out_of_range(found: re.Match[str]) -> str:
    if not 1 <= int(found[2]) <= 12:
        return f'not a valid RFC3339 timestamp: cannot use "{found[0][7:]}" as month'
    for group, name, limit in ((4, "hour", 23), (5, "minute", 59), (6, "second", 59)):
        if int(found[group]) > limit:
            return f"not a valid RFC3339 timestamp: {name} must be between 0 and {limit} inclusive"
    return "not a valid RFC3339 timestamp: day out of range"


@function("timestamp", result=STRING, contextual=True)
def timestamp(frame: Frame) -> Value:
    """Return the current moment; unknown until the apply."""
    if not frame.scope.functions.applying:
        return unknown(STRING, not_null=True)
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@function("plantimestamp", result=STRING, contextual=True)
def plantimestamp(frame: Frame) -> Value:
    """Return the moment of the plan; unknown where there is none."""
    planned = frame.scope.functions.plan_timestamp
    return unknown(STRING, not_null=True) if planned is None else planned


@function("timeadd", Parameter("timestamp", STRING), Parameter("duration", STRING), result=STRING)
def timeadd(text: str, duration: str) -> str:
    """Add a duration to a moment."""
    moment = _parse(text, None)
    nanoseconds = _nanoseconds(duration) + moment.nanoseconds
    try:
        at = moment.at + timedelta(seconds=nanoseconds // 10**9)
    except OverflowError:
        raise FunctionError("the resulting moment is out of range") from None
    return _rfc3339(_Moment(at, nanoseconds % 10**9, moment.zone))


def _nanoseconds(duration: str) -> int:
    sign = -1 if duration[:1] == "-" else 1
    rest = duration[1:] if duration[:1] in ("+", "-") else duration
    if rest == "0":
        return 0
    total, position = Fraction(0), 0
    while position < len(rest):
        found = _DURATION.match(rest, position)
        if found is None or found[1] in ("", "."):
            raise FunctionError(_bad_duration(duration, rest[position:]))
        total += Fraction(found[1].rstrip(".") or "0") * _UNITS[found[2]]
        position = found.end()
    if not rest:
        raise FunctionError(f'time: invalid duration "{duration}"')
    return sign * int(total * 10**9)


def _bad_duration(duration: str, rest: str) -> str:
    number = re.match(r"\d+\.?\d*", rest)
    if number is None:
        return f'time: invalid duration "{duration}"'
    unit = re.match(r"[^0-9.]*", rest[number.end() :])
    if unit is None or not unit[0]:
        return f'time: missing unit in duration "{duration}"'
    return f'time: unknown unit "{unit[0]}" in duration "{duration}"'


def _rfc3339(moment: _Moment) -> str:
    zone = "Z" if moment.zone in ("Z", "+00:00") else moment.zone
    return f"{moment.at:%Y-%m-%dT%H:%M:%S}{zone}"


@function("timecmp", Parameter("timestamp_a", STRING), Parameter("timestamp_b", STRING), result=NUMBER)
def timecmp(left: str, right: str) -> int:
    """Return -1, 0 or 1: the first moment is earlier, the same, or later."""
    one, other = _parse(left, 0, strict=False).instant(), _parse(right, 1, strict=False).instant()
    return (one > other) - (one < other)


@function("formatdate", Parameter("format", STRING), Parameter("time", STRING), result=STRING)
def formatdate(template: str, text: str) -> str:
    """Write a moment by a pattern of letters; what stands in single quotes stands for itself."""
    moment = _parse(text, 1)
    return "".join(_field(found, moment) for found in _SEQUENCE.finditer(template))


def _field(found: re.Match[str], moment: _Moment) -> str:
    if found[0].startswith("'"):
        if not found[2]:
            raise FunctionError("unterminated literal '", 0)
        return found[1].replace("''", "'") if found[0] != "''" else "'"
    if not found[3]:
        return found[0]
    field = _fields(moment).get(found[0])
    if field is None:
        raise FunctionError(_bad_field(found[0]), 0)
    return field


def _fields(moment: _Moment) -> dict[str, str]:
    at, hour = moment.at, moment.at.hour % 12 or 12
    zone = "+00:00" if moment.zone == "Z" else moment.zone
    plain = zone.replace(":", "")
    return {
        "YYYY": f"{at.year:04d}",
        "YY": f"{at.year % 100:02d}",
        "MMMM": _MONTHS[at.month - 1],
        "MMM": _MONTHS[at.month - 1][:3],
        "MM": f"{at.month:02d}",
        "M": str(at.month),
        "DD": f"{at.day:02d}",
        "D": str(at.day),
        "EEEE": _DAYS[at.weekday()],
        "EEE": _DAYS[at.weekday()][:3],
        "hh": f"{at.hour:02d}",
        "h": str(at.hour),
        "HH": f"{hour:02d}",
        "H": str(hour),
        "AA": "PM" if at.hour >= 12 else "AM",
        "aa": "pm" if at.hour >= 12 else "am",
        "mm": f"{at.minute:02d}",
        "m": str(at.minute),
        "ss": f"{at.second:02d}",
        "s": str(at.second),
        "ZZZZZ": zone,
        "ZZZZ": plain,
        "ZZZ": "UTC" if plain == "+0000" else plain,
        "Z": "Z" if plain == "+0000" else zone,
    }


_WIDTHS: Final = {
    "Y": 'year must either be "YY" or "YYYY"',
    "M": 'month must be "M", "MM", "MMM", or "MMMM"',
    "D": 'day of month must either be "D" or "DD"',
    "E": 'day of week must either be "EEE" or "EEEE"',
    "h": '24-hour must either be "h" or "hh"',
    "H": '12-hour must either be "H" or "HH"',
    "A": 'must be "AA"',
    "a": 'must be "aa"',
    "m": 'minute must either be "m" or "mm"',
    "s": 'second must either be "s" or "ss"',
    "Z": "timezone must be Z, ZZZZ, or ZZZZZ",
}


def _bad_field(sequence: str) -> str:
    allowed = _WIDTHS.get(sequence[0])
    wrong = f'invalid date format verb "{sequence}"'
    return f"{wrong}: {allowed}" if allowed else wrong
