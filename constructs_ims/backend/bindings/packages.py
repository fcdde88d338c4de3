"""Where the bindings of an app are: made by the project, packages of its interpreter, Node's, jsii's cache."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_PREBUILT: Final = re.compile(r"(?:cdktf_)?cdkt[fn]_provider_(?P<provider>\w+)|cdktn_(?P<whole>aws)")
_NODE: Final = re.compile(r"provider-(?P<provider>[\w-]+)|(?P<whole>aws)")
_PYTHON: Final = re.compile(r"(?:.*[/\\])?(?:python|pypy)[\d.]*(?:\.exe)?", re.IGNORECASE)
_GENERATED: Final = "imports"
_UNBUILT: Final = ".gen"


@dataclass(frozen=True, slots=True)
class Package:
    """A package of bindings: an archive, or a folder that holds what an archive would."""

    path: Path
    label: str
    """What a person calls it."""
    provider: str = ""
    """The provider's name in small letters and digits, "" where the package's name does not tell it."""

    def may_be_for(self, source: str) -> bool:
        """Whether the package may be that of a provider's source such as ``registry.terraform.io/hashicorp/aws``."""
        return not self.provider or self.provider == _plain(source.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Search:
    """Where to look, in order. ``project`` is the folder with ``cdktf.json``; ``settings`` is what that says."""

    project: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def packages(self) -> Iterator[Package]:
        """Yield the packages, those first whose word counts most."""
        yield from self._generated()
        for folder in self._site_packages():
            yield from _installed(folder)
        for folder in (self.project, *self.project.parents):
            yield from _node_packages(folder / "node_modules")
        if self._runs_elsewhere:
            yield from _node_packages(_jsii_cache(self.environment), versions=True)

    def _generated(self) -> Iterator[Package]:
        given = self.settings.get("codeMakerOutput")
        for name in dict.fromkeys((given if isinstance(given, str) and given else _GENERATED, _GENERATED)):
            for archive in _glob(self.project / name, "*/_jsii/*.tgz"):
                yield Package(archive, f"{name}/{archive.parent.parent.name}")
        for name in dict.fromkeys((given if isinstance(given, str) and given else _UNBUILT, _UNBUILT)):
            for folder in _glob(self.project / name, "providers/*"):
                yield Package(folder, f"{name}/providers/{folder.name}")

    def _site_packages(self) -> list[Path]:
        return self._path_of_app or _own_path()

    @property
    def _runs_elsewhere(self) -> bool:
        """Whether the app has an interpreter that cannot be told: then all that it ran with is in jsii's cache."""
        return bool(self._app) and not self._path_of_app

    @property
    def _app(self) -> str:
        app = self.settings.get("app")
        return app if isinstance(app, str) else ""

    @property
    def _path_of_app(self) -> list[Path]:
        if "cdktf" in sys.modules or "cdktn" in sys.modules:
            return _own_path()  # the app runs in this very process
        return _path_of_command(self._app, self.project, self.environment)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _glob(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []


def _own_path() -> list[Path]:
    return [Path(entry) for entry in sys.path if entry]


def _installed(folder: Path) -> Iterator[Package]:
    """Yield the packages that are installed in a folder of an interpreter's path."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        known = _PREBUILT.fullmatch(name)
        if known:
            for archive in _glob(folder / name / "_jsii", "*.tgz"):
                yield Package(archive, _label(archive, name), _plain(known["provider"] or known["whole"]))


def _label(archive: Path, name: str) -> str:
    """Name an installed package with its version, which its archive's name ends with."""
    version = archive.name.rpartition("@")[2].removesuffix(".tgz").removesuffix(".jsii")
    return f"{name.replace('_', '-')} {version}"


def _node_packages(folder: Path | None, *, versions: bool = False) -> Iterator[Package]:
    """Yield the packages for Node in a folder; jsii's cache has them by version and by hash."""
    if folder is None:
        return
    for scope in ("@cdktf", "@cdktn"):
        for path in _glob(folder / scope, "*"):
            known = _NODE.fullmatch(path.name)
            if known is None:
                continue
            for place in reversed(_glob(path, "[1-9]*/*")) if versions else [path]:
                name = f"{scope}/{path.name}{f' {place.parent.name}' if versions else ''}"
                yield Package(place / "lib", name, _plain(known["provider"] or known["whole"]))


def _jsii_cache(environment: Mapping[str, str]) -> Path | None:
    if given := environment.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT"):
        return Path(given)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "com.amazonaws.jsii" / "package-cache"
    if sys.platform == "win32":
        base = environment.get("LOCALAPPDATA")
        return Path(base) / "AWS" / "jsii" / "package-cache" if base else None
    return home / ".cache" / "aws" / "jsii" / "package-cache"


def _path_of_command(app: str, project: Path, environment: Mapping[str, str]) -> list[Path]:
    """Return the package folders of the interpreter that a command runs; none where the command does not tell it."""
    program = _interpreter(app, project, environment)
    if program is None or _is_own(program):
        return _own_path() if program else []
    found = _site_folders(program.parent.parent)
    return found or _site_folders(Path(os.path.realpath(program)).parent.parent)


def _interpreter(app: str, project: Path, environment: Mapping[str, str]) -> Path | None:
    try:
        words = shlex.split(app, posix=os.name == "posix")
    except ValueError:
        return None
    for word in words:
        if not _PYTHON.fullmatch(word):
            continue
        own = _virtual_environment(project) if word is not words[0] else None
        if own is not None:
            return own
        if os.sep in word or "/" in word:
            return project / word
        located = shutil.which(word, path=environment.get("PATH"))
        return Path(located).absolute() if located else None
    return None


def _virtual_environment(project: Path) -> Path | None:
    """Return the interpreter of the project's own environment, which ``uv run``, ``poetry run`` and the like use."""
    candidates = (project / ".venv" / "bin" / "python", project / ".venv" / "Scripts" / "python.exe")
    return next((path for path in candidates if path.exists()), None)


def _is_own(program: Path) -> bool:
    own = Path(sys.prefix)
    return program.parent in (own / "bin", own / "Scripts", own)


def _site_folders(prefix: Path) -> list[Path]:
    return [
        path
        for pattern in ("lib/python3*/site-packages", "lib/python3*/dist-packages", "Lib/site-packages")
        for path in _glob(prefix, pattern)
    ]
