"""Text as the characters that a reader sees, which is how Terraform counts them (Unicode annex 29)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_JOINER: Final = "\u200d"
_EXTENDING: Final = frozenset({"Mn", "Me", "Mc"})
_SPACING: Final = "\u0e33\u0eb3"
"""Thai and Lao vowels that go on with the character before them, though they are letters."""
_NOT_SPACING: Final = frozenset(
    map(chr, (
        0x102B, 0x102C, 0x1038, *range(0x1062, 0x1065), *range(0x1067, 0x106E), 0x1083, *range(0x1087, 0x108D), 0x108F,
        *range(0x109A, 0x109D), 0x1A61, 0x1A63, 0x1A64, 0xAA7B, 0xAA7D, 0x11720, 0x11721,
    ))
)  # fmt: skip
"""Marks of the category that extends characters which the standard leaves out."""
_REGIONAL: Final = range(0x1F1E6, 0x1F200)
_SKIN: Final = range(0x1F3FB, 0x1F400)
_CONJOINING: Final = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uac00-\ud7a3]")
_PREPENDED: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")


def graphemes(text: str) -> list[str]:
    """Split a text into its characters, each with all that combines with it."""
    if text.isascii():
        return _ascii(text)
    clusters: list[str] = []
    for letter in text:
        if clusters and _joins(clusters[-1], letter):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters


def _ascii(text: str) -> list[str]:
    return list(text) if "\r\n" not in text else re.findall(r"\r\n|[\s\S]", text)


def _joins(cluster: str, letter: str) -> bool:
    """Tell whether ``letter`` goes on with the character before it."""
    last = cluster[-1]
    if last in "\r\n" or letter in "\r\n" or unicodedata.category(last) == "Cc":
        return last == "\r" and letter == "\n"
    if letter == _JOINER or letter in _SPACING or ord(letter) in _SKIN:
        return True
    if unicodedata.category(letter) in _EXTENDING:
        return letter not in _NOT_SPACING
    if last == _JOINER:
        return _pictographic(letter) and _pictographic(cluster[0])
    if ord(letter) in _REGIONAL:
        return ord(last) in _REGIONAL and len(cluster) % 2 == 1
    return last in _PREPENDED or _same_syllable(last, letter)


def _pictographic(letter: str) -> bool:
    return unicodedata.category(letter) == "So" or ord(letter) in range(0x1F000, 0x20000)


def _same_syllable(last: str, letter: str) -> bool:
    if not (_CONJOINING.match(last) and _CONJOINING.match(letter)):
        return False
    left, right = _syllable(last), _syllable(letter)
    pairs = {("L", "L"), ("L", "V"), ("L", "LV"), ("L", "LVT"), ("LV", "V"), ("LV", "T"), ("V", "V"), ("V", "T")}
    return (left, right) in pairs | {("LVT", "T"), ("T", "T")}


def _syllable(letter: str) -> str:
    code = ord(letter)
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    return "V" if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6 else "T"
