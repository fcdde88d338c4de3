"""What to say where Terraform would go on and this engine does not."""

from __future__ import annotations

from typing import Final

BEYOND_LIMITS: Final = "Terraform itself has no such limit: use CONSTRUCTS_IMS_ENGINE=terraform"

INFINITE: Final = (
    "the result is infinite, which no number of this engine is; Terraform goes on with it: use "
    "CONSTRUCTS_IMS_ENGINE=terraform"
)
