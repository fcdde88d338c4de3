"""Made-up inputs for tests that try to break a reader: sound documents with damage, and texts of telling pieces."""

from __future__ import annotations

import copy
import json
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from hypothesis import strategies as st

Steps: TypeAlias = tuple[str | int, ...]

TELLING: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, "", " ", "a", "true", "7", "\x00", "é\u0301", "\ud800", "../..", "a.b", "x" * 300,
    "${", "${a}", "${var.name}", "${[for x in [1] : x]}", "%{ if true }", "${1 / 0}", "${null}",
    "[" * 90 + "]" * 90, "${" + "[" * 90 + "]" * 90 + "}", "list(" * 90 + "any" + ")" * 90, "a.b" + "[0]" * 90,
    [], {}, [[]], [None], {"": {}}, {"//": 1}, [{}], {"a": [{"b": None}]},
]  # fmt: skip
"""What readers have stumbled over."""
TELLING += [json.loads("[" * levels + "]" * levels) for levels in (40, 95, 130, 250, 450)]
_SCALARS = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
ANY_JSON = st.recursive(
    st.sampled_from(TELLING) | _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def texts(pieces: Sequence[str], longest: int = 12) -> st.SearchStrategy[str]:
    """Texts put together from pieces and from what anybody may type."""
    return st.lists(st.sampled_from(pieces) | st.text(max_size=4), max_size=longest).map("".join)


def normal_texts(pieces: Sequence[str], longest: int = 12) -> st.SearchStrategy[str]:
    """Texts as they are within Terraform, which composes characters (NFC) wherever a text comes in."""
    return texts(pieces, longest).map(lambda text: unicodedata.normalize("NFC", text))


@st.composite
def altered(draw: st.DrawFn, document: Any, others: Sequence[Any] = ()) -> Any:
    """A sound JSON document with one to four values put in another's place, taken out, renamed or wrapped.

    What takes a place is anything, something telling, or a part of the document or of ``others``.
    """
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 4))):
        places = [place for place in _places(document) if place]
        if not places:
            return draw(ANY_JSON)
        place = draw(st.sampled_from(places))
        parent, step = _at(document, place[:-1]), place[-1]
        match draw(st.sampled_from(["replace", "move", "delete", "rename", "wrap"])):
            case "replace":
                parent[step] = copy.deepcopy(draw(st.sampled_from(TELLING) | ANY_JSON))
            case "move":
                source = draw(st.sampled_from([document, *others]))
                parent[step] = copy.deepcopy(_at(source, draw(st.sampled_from(list(_places(source))))))
            case "delete":
                del parent[step]
            case "rename" if isinstance(parent, dict):
                keys = [key for found in _places(document) for key in found if isinstance(key, str)]
                parent[draw(st.sampled_from(keys) | st.text(max_size=4))] = parent.pop(step)
            case _:
                parent[step] = draw(
                    st.sampled_from([[parent[step]], {"a": parent[step]}, [parent[step], copy.deepcopy(parent[step])]])
                )
    return document


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """A file that was cut, overwritten, or had something put into it."""
    at = draw(st.integers(0, len(content)))
    piece = draw(
        st.sampled_from([b"", b"\x00", b"\xff", b"\xef\xbb\xbf", b"NaN", b"9" * 5000, b"[" * 5000, b"1e999", b"\\u"])
    )
    rest = draw(st.sampled_from([0, 0, 1, len(piece), len(content)]))
    return content[:at] + piece + content[at + rest :]


def file_of(document: Any) -> bytes:
    """Write a document as JSON, half surrogate pairs escaped."""
    return json.dumps(document).encode()


@st.composite
def files(draw: st.DrawFn, document: Any, others: Sequence[Any] = ()) -> bytes:
    """The file of an altered document, now and then damaged."""
    content = file_of(draw(altered(document, others)))
    return draw(damaged(content)) if draw(st.integers(0, 3)) == 0 else content


def _places(document: Any, levels: int = 12) -> Iterator[Steps]:
    yield ()
    if levels and isinstance(document, dict | list):
        for step, value in document.items() if isinstance(document, dict) else enumerate(document):
            for rest in _places(value, levels - 1):
                yield (step, *rest)


def _at(document: Any, place: Steps) -> Any:
    for step in place:
        document = document[step]
    return document
