"""Functions on files and paths; paths are relative to the scope's base directory."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from constructs_ims.backend.engine.lang.access import strip_top
from constructs_ims.backend.engine.lang.convert import ConversionError, to_type
from constructs_ims.backend.engine.lang.convert import text as normal_text
from constructs_ims.backend.engine.lang.frame import Frame
from constructs_ims.backend.engine.lang.functions.registry import FunctionError, Parameter, function
from constructs_ims.backend.engine.lang.marks import mark
from constructs_ims.backend.engine.lang.nodes import (
    Expr,
    FunctionCall,
    GetAttribute,
    Index,
    Literal,
    TemplateExpr,
    Traversal,
)
from constructs_ims.backend.engine.lang.parse import parse_template
from constructs_ims.backend.engine.lang.quoting import quote
from constructs_ims.backend.engine.lang.redact import sensitive_texts, without
from constructs_ims.backend.engine.lang.references import children, references, syntax_errors
from constructs_ims.backend.engine.lang.typed import Sensitive, Value, is_null, is_unknown, unknown
from constructs_ims.schema.diagnostics import has_errors
from constructs_ims.schema.types import BOOL, STRING, SetType

_PATH: Final = Parameter("path", STRING)
_NOT_RECURSIVE: Final = frozenset({"templatefile", "templatestring"})


def resolve(frame: Frame, path: str) -> Path:
    """Return where a path leads."""
    return frame.scope.functions.base_dir / os.path.expanduser(path)


def read_bytes(frame: Frame, path: str) -> bytes:
    """Return a file's content for hashing; ``FunctionError`` when there is none."""
    try:
        return resolve(frame, path).read_bytes()
    except (OSError, ValueError) as fault:
        raise FunctionError(_os_fault(path, fault)) from None


def _os_fault(path: str, fault: Exception) -> str:
    verb = "read" if isinstance(fault, IsADirectoryError) else "open"
    return f"{verb} {path}: {(getattr(fault, 'strerror', None) or str(fault)).lower()}"


def _content(frame: Frame, path: str) -> bytes:
    """Return a file's content for use; a missing file is explained."""
    try:
        return resolve(frame, path).read_bytes()
    except FileNotFoundError:
        raise FunctionError(_NO_FILE.format(path=path), 0) from None
    except (OSError, ValueError) as fault:
        raise FunctionError(f"failed to read file: {_os_fault(path, fault)}", 0) from None


_NO_FILE: Final = (
    'no file exists at "{path}"; this function works only with files that are distributed as part of the configuration '
    "source code, so if this file will be created by a resource in this configuration you must instead obtain this "
    "result from an attribute of that resource"
)


@function("file", _PATH, result=STRING, contextual=True)
def file(frame: Frame, path: str) -> str:
    """Return a file's text."""
    try:
        return normal_text(_content(frame, path).decode())
    except UnicodeDecodeError:
        raise FunctionError(_NOT_UTF8.format(path=path), 0) from None


_NOT_UTF8: Final = (
    "contents of {path} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents or the "
    "other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead"
)


@function("filebase64", _PATH, result=STRING, contextual=True)
def filebase64(frame: Frame, path: str) -> str:
    """Return a file's bytes in Base64."""
    import base64

    return base64.b64encode(_content(frame, path)).decode()


@function("fileexists", _PATH, result=BOOL, contextual=True)
def fileexists(frame: Frame, path: str) -> bool:
    """Tell whether a regular file is there."""
    try:
        mode = resolve(frame, path).stat().st_mode
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        raise FunctionError(f"failed to stat {quote(path)}") from None
    if stat.S_ISDIR(mode):
        raise FunctionError(f'"{path}" is a directory, not a file')
    return stat.S_ISREG(mode)


@function("fileset", _PATH, Parameter("pattern", STRING), result=SetType(STRING), contextual=True)
def fileset(frame: Frame, path: str, pattern: str) -> list[str]:
    """Return the regular files below a path whose names match a pattern, relative to the path."""
    root = resolve(frame, path)
    wanted = _glob(os.path.normpath(pattern), os.path.join(path, pattern))
    matching = [name for name in _names(root) if wanted.fullmatch(name)]
    return sorted(name for name in matching if _is_file(root / name, os.path.normpath(os.path.join(path, name))))


def _names(root: Path) -> Iterator[str]:
    """Yield what is no directory below one, relative to it; links to directories are followed, but not in circles."""
    is_directory = os.path.isdir(root)  # what cannot be a path, or is too long for one, is none
    for folder, folders, names in os.walk(root, followlinks=True) if is_directory else ():
        above = os.path.realpath(folder)
        folders[:] = [name for name in folders if not _leads_up(os.path.realpath(os.path.join(folder, name)), above)]
        yield from (Path(folder, name).relative_to(root).as_posix() for name in names)


def _leads_up(directory: str, below: str) -> bool:
    return os.path.commonpath([directory, below]) == directory


def _is_file(path: Path, shown: str) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError as fault:
        why = f"stat {shown}: {(fault.strerror or str(fault)).lower()}"
        raise FunctionError(f'failed to stat "{shown}": {why}') from None


def _glob(pattern: str, shown: str) -> re.Pattern[str]:
    """Translate a glob: ``**`` as a whole name spans folders, ``*`` and ``?`` stay within one, ``{a,b}`` is either."""
    text, braces, position = "", 0, 0
    while position < len(pattern):
        found = _GLOB_PART.match(pattern, position)
        piece = found[0] if found else pattern[position]
        if piece.startswith("**") and not _is_whole_name(pattern, position):
            piece = "*"
        position += len(piece)
        if piece == "[" or (braces and "/" in piece):
            raise FunctionError(f'failed to glob pattern "{shown}": syntax error in pattern')
        text += _glob_piece(piece, braces)
        braces += (piece == "{") - (piece == "}" and braces > 0)
    try:
        return re.compile(text)
    except re.error:
        raise FunctionError(f'failed to glob pattern "{shown}": syntax error in pattern') from None


_GLOB_PART: Final = re.compile(r"\*\*/|\*\*|\[\^?\]?[^\]]*\]|\\.|.", re.DOTALL)


def _is_whole_name(pattern: str, position: int) -> bool:
    before = pattern[position - 1 : position]
    return before in ("", "/") and pattern[position + 2 : position + 3] in ("", "/")


def _glob_piece(piece: str, braces: int) -> str:
    fixed = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:"}
    if piece in fixed:
        return fixed[piece]
    if piece[0] == "[" and len(piece) > 1:
        # Plain in a glob, these could come to mean sets of sets in a pattern.
        inside = re.sub(r"[\[&~|]|(?<=-)-", r"\\\g<0>", piece[1:])
        return f"[{inside}"
    if piece == "," and braces:
        return "|"
    if piece == "}" and braces:
        return ")"
    return re.escape(piece[-1])


@function("basename", _PATH, result=STRING)
def basename(path: str) -> str:
    """Return the last part of a path."""
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


@function("dirname", _PATH, result=STRING)
def dirname(path: str) -> str:
    """Return a path without its last part."""
    return _clean(path.rpartition("/")[0] or ("/" if path.startswith("/") else "."))


def _clean(path: str) -> str:
    cleaned = os.path.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


@function("abspath", _PATH, result=STRING, contextual=True)
def abspath(frame: Frame, path: str) -> str:
    """Return an absolute path."""
    return _clean(str(frame.scope.functions.base_dir.absolute() / path))


@function("pathexpand", _PATH, result=STRING)
def pathexpand(path: str) -> str:
    """Put the home directory for a leading ``~``."""
    return os.path.expanduser(path) if path == "~" or path.startswith("~/") else path


@function("templatefile", _PATH, Parameter("vars"), contextual=True)
def templatefile(frame: Frame, path: str, variables: Value) -> Value:
    """Fill a template file in with variables."""
    return _render(frame, parse_template(file(frame, path), path), variables, path, "templatefile")


@function("templatestring", Parameter("template"), Parameter("vars"), lazy=True)
def templatestring(frame: Frame, template: Expr, variables: Expr) -> Value:
    """Fill a template that is the value of a reference in with variables."""
    text, given = frame.value(template), frame.value(variables)
    if is_unknown(strip_top(given)):
        return unknown(STRING)
    if not _is_reference(template):
        raise FunctionError(f"invalid template expression: {_why_no_reference(template)}", 0)
    if is_unknown(strip_top(text)):
        return unknown(STRING)
    if not isinstance(strip_top(text), str):
        raise FunctionError("a string is required", 0)
    parsed = parse_template(strip_top(text), "<templatestring argument>")
    try:
        rendered = _text_result(_render(frame, parsed, strip_top(given), "", "templatestring"))
    except FunctionError as fault:
        raise FunctionError(without(fault.message, sensitive_texts([text, given])), fault.argument) from None
    sensitive = isinstance(text, Sensitive) or isinstance(given, Sensitive)
    return mark(rendered) if sensitive else rendered


def _text_result(value: Value) -> Value:
    if is_null(strip_top(value)):
        raise FunctionError(_NULL_RESULT)
    try:
        return to_type(value, STRING)
    except ConversionError as fault:
        raise FunctionError(f"Invalid template result; The template gives no text: {fault.reason}") from None


_NULL_RESULT: Final = (
    "Template result is null; The result of the template is null, which is not a valid result for a templatestring call"
)


def _is_reference(expr: Expr) -> bool:
    """Tell whether an expression is a reference, with keys of any kind."""
    match expr:
        case Traversal():
            return True
        case GetAttribute(source) | Index(source):
            return _is_reference(source)
        case _:
            return False


def _why_no_reference(expr: Expr) -> str:
    only = "templatestring is only for rendering templates retrieved dynamically from elsewhere"
    match expr:
        case Literal(str()):
            return (
                f"{only}, and so does not support providing a literal template; consider using a template string "
                "expression instead"
            )
        case TemplateExpr():
            return f"{only}; to render an inline template, consider using a plain template string expression"
        case _:
            return (
                "must be a direct reference to a single string from elsewhere, containing valid Terraform template "
                "syntax"
            )


def _render(frame: Frame, template: Expr, variables: Value, path: str, name: str) -> Value:
    if not isinstance(variables, dict):
        raise FunctionError("invalid vars value: must be a map", 1)
    faults = syntax_errors(template)
    if faults:
        raise FunctionError(f"{path}: {faults[0].summary}; {faults[0].detail}".removeprefix(": "))
    _check_names(template, variables)
    for called in _calls(template):
        _check_call(called, called.rpartition("::")[2], name)
    return _rendered(frame, template, dict(variables))


def _check_call(called: str, function_name: str, template_function: str) -> None:
    """Refuse template functions inside a template, and those that read files inside one that is no file itself."""
    failed = f'Error in function call; Call to function "{called}" failed'
    if function_name in _NOT_RECURSIVE:
        raise FunctionError(f"{failed}: cannot recursively call {function_name} from inside another template function")
    if template_function == "templatestring" and function_name in _READING_FILES:
        why = f"cannot use filesystem access functions like {function_name} in templatestring templates"
        raise FunctionError(f"{failed}: {why}; consider passing the function result as a template variable instead")


_READING_FILES: Final = frozenset(
    {"file", "fileexists", "fileset", *(f"file{kind}" for kind in (
        "base64", "base64sha256", "base64sha512", "md5", "sha1", "sha256", "sha512"))}
)  # fmt: skip


def _check_names(template: Expr, variables: dict[str, Value]) -> None:
    for name in variables:
        if not re.fullmatch(r"[^\W\d][\w-]*", name):
            raise FunctionError(
                f'invalid template variable name "{name}": must start with a letter, followed by zero or more letters, '
                "digits, and underscores",
                1,
            )
    for reference in references(template):
        if reference.root not in variables:
            raise FunctionError(f'vars map does not contain key "{reference.root}"', 1)


def _calls(expr: Expr) -> Iterator[str]:
    if isinstance(expr, FunctionCall):
        yield expr.name
    for child in children(expr):
        yield from _calls(child)


def _rendered(frame: Frame, template: Expr, variables: dict[str, Value]) -> Value:
    inner = frame.inner(variables)
    value, faults = inner.aside(template)
    if has_errors(faults):
        raise FunctionError(f"{faults[0].summary}; {faults[0].detail}")
    return value
