"""The files of a new project, as templates: ``$cdk`` is the CDK's module, ``$package`` the constructs'."""

from __future__ import annotations

from importlib.resources import files
from string import Template
from typing import Final
from uuid import uuid4

_TEMPLATES: Final = {
    "main.py": "main.py.txt",
    "cdktf.json": "cdktf.json.txt",
    "test_main.py": "test_main.py.txt",
    ".gitignore": "gitignore.txt",
}
_PACKAGES: Final = {"cdktf": "constructs_ims", "cdktn": "constructs_ims.cdktn"}


def project_files(cdk: str) -> dict[str, str]:
    """Return the text of each file of a new project for ``cdk``, by its name."""
    values = {"cdk": cdk, "package": _PACKAGES[cdk], "project_id": str(uuid4())}
    return {
        name: Template(files(__name__).joinpath(template).read_text(encoding="utf-8")).substitute(values)
        for name, template in _TEMPLATES.items()
    }
