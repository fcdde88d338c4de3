"""Keeps the machine out of the tests: variables, terminal width and signal dispositions that whoever starts pytest has.

Where Python may write no bytecode beside the sources, as in many containers, pytest's own cache keeps it: else each of
the hundreds of children compiles the package anew.

Called once in every process that runs tests, before anything of the package is imported; children inherit the result.
A test that is about one of these sets it itself.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import tempfile
from collections.abc import MutableMapping
from pathlib import Path
from typing import Final

_KNOBS: Final = frozenset(
    {
        "CONSTRUCTS_IMS_BENCHMARK_IMAGES",
        "CONSTRUCTS_IMS_BENCHMARK_REQUESTS",
        "CONSTRUCTS_IMS_BENCHMARK_ROUNDS",
        "CONSTRUCTS_IMS_BENCHMARK_STORED",
        "CONSTRUCTS_IMS_EXAMPLES",
        "CONSTRUCTS_IMS_KILLS",
        "CONSTRUCTS_IMS_RECORD",
        "CONSTRUCTS_IMS_SEEDS",
        "CONSTRUCTS_IMS_STORIES",
        "CONSTRUCTS_IMS_TEST_CDK",
    }
)
"""What raises how much the tests try, and the CDK they run with; see tests/README.md."""
_FOREIGN: Final = re.compile(
    r"HW_|OS_|HUAWEICLOUD_|TF_|CDKTF_|CDKTN_|CONSTRUCTS_IMS_|TERRAFORM_|JSII_|NODE_OPTIONS$|PYTHONWARNINGS$"
    r"|(HTTPS?|FTP|ALL|NO)_PROXY$|(NO|FORCE)_COLOR$|CLICOLOR|COLORTERM$|LINES$|XDG_CACHE_HOME$",
    re.IGNORECASE,
)
_OURS: Final = {
    "CHECKPOINT_DISABLE": "1",
    "COLUMNS": "500",
    "CONSTRUCTS_IMS_CACHE": os.path.join(tempfile.gettempdir(), "constructs-ims-tests-cache"),
}
"""Texts are not wrapped: where a line is broken depends on how long the temporary directory's name is."""
_BYTECODE: Final = Path(__file__).parents[1] / ".pytest_cache" / "bytecode"


def isolate(environment: MutableMapping[str, str] = os.environ) -> None:
    """Drop the variables that change what a command does, and give ignored signals their default disposition."""
    for name in [name for name in environment if _FOREIGN.match(name) and name not in _KNOBS]:
        del environment[name]
    environment.update(_OURS)
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background job of a shell
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(_BYTECODE)
        sys.dont_write_bytecode = False
