"""``terraform-provider-huaweicloud``: the provider as an executable that Terraform starts."""

from __future__ import annotations

import os
import sys
from typing import Final

from constructs_ims.backend.extras import missing_from_offline
from constructs_ims.backend.terraform.mirror import PLUGIN_COOKIE

_NOT_BY_HAND: Final = (
    "This is a plugin that Terraform starts; it does nothing by itself.\n"
    'Lay it where Terraform looks for plugins with "constructs-ims provider install DIR", '
    'or run Terraform through "constructs-ims run -- terraform ...".'
)


def main() -> int:
    """Serve the provider to the Terraform that started this process; return the exit status."""
    name, cookie = PLUGIN_COOKIE
    if os.environ.get(name) != cookie:
        print(_NOT_BY_HAND, file=sys.stderr)
        return 1
    try:
        from constructs_ims.backend.provider.provider import ImageProvider
        from constructs_ims.backend.provider.serve import serve
        from constructs_ims.backend.provider.servicer import Servicer
    except ModuleNotFoundError as failure:
        if (lack := missing_from_offline(failure)) is None:
            raise
        print(f"Error: {lack}", file=sys.stderr)
        return 1

    return serve(Servicer(ImageProvider()))


if __name__ == "__main__":
    sys.exit(main())
