"""Generate bindings with ``cdktf get``, from this package's own provider.

Run as a program: ``generate.py CDKTF DIRECTORY``. Afterwards ``imports.huaweicloud`` can be imported from DIRECTORY.
Nothing leaves the directory: caches and homes of the tools are inside it too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from constructs_ims.backend.terraform.mirror import lay_mirror, provider_installation

PROJECT = {
    "language": "python",
    "app": "true",
    "projectId": "generated-bindings",
    "sendCrashReports": "false",
    "codeMakerOutput": "imports",
    "terraformProviders": [
        {"name": "huaweicloud", "source": "huaweicloud/huaweicloud", "version": ">= 1.73.2, < 2.0.0"},
    ],
}


def generate(cdktf: str, directory: Path) -> None:
    mirror = directory / "mirror"
    lay_mirror(mirror)
    (directory / "terraform.rc").write_text(provider_installation(mirror))
    (directory / "cdktf.json").write_text(json.dumps(PROJECT))
    environment = {
        **os.environ,
        "TF_CLI_CONFIG_FILE": str(directory / "terraform.rc"),
        "CDKTF_HOME": str(directory / "home"),
        "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",  # else two tests meet in the cache in the user's home
        "CHECKPOINT_DISABLE": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    subprocess.run([cdktf, "get"], cwd=directory, env=environment, check=True)


if __name__ == "__main__":
    generate(sys.argv[1], Path(sys.argv[2]))
