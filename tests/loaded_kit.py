"""All of the kit, loaded: pytester forgets the modules that its runs in this process are the first to load."""

from __future__ import annotations

from typing import Any

import constructs_ims.testing
from constructs_ims import Sandbox

LOADED: tuple[Any, ...] = (Sandbox, *(getattr(constructs_ims.testing, name) for name in constructs_ims.testing.__all__))
