"""The text of generated bindings, as it was before it was compiled where that is told.

jsii compiles with inline source maps that hold the TypeScript whole, and there every attribute has a comment that says
whether it is computed, optional and required. The compiled JavaScript has these comments only in part.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Final

_MAP: Final = "//# sourceMappingURL=data:application/json;base64,"


def original_text(compiled: str) -> str:
    """Return the TypeScript that a compiled file was made from, or the file's own text where no source map has it."""
    code, mark, encoded = compiled.rpartition(_MAP)
    if not mark:
        return compiled
    try:
        source_map = json.loads(base64.b64decode(encoded.strip()))
        text = source_map["sourcesContent"][0]
    except (binascii.Error, ValueError, KeyError, IndexError, TypeError, RecursionError):
        return code
    return text if isinstance(text, str) else code
