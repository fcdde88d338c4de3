"""Make and synthesize many images once, and print the seconds of each part: ``synth_app.py generated|ours COUNT``."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from importlib import import_module

started = time.perf_counter()
from cdktf import App, TerraformStack  # noqa: E402 - importing cdktf is measured apart

loaded_cdktf = time.perf_counter()


def main(origin: str, count: int) -> dict[str, float]:
    image = import_module("imports.huaweicloud.ims_image_metadata" if origin == "generated" else "constructs_ims")
    provider = import_module("imports.huaweicloud.provider" if origin == "generated" else "constructs_ims")
    make, make_provider = image.ImsImageMetadata, provider.HuaweicloudProvider
    loaded = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        stack = TerraformStack(app, "stack")
        make_provider(stack, "provider", region="cn-north-4")
        begun = time.perf_counter()
        for number in range(count):
            make(
                stack,
                f"image-{number}",
                name=f"image-{number}",
                os_version="Ubuntu 20.04 server 64bit",
                min_disk=40,
                min_ram=1024,
                protected=False,
                tags=[f"number={number}", "team=platform"],
            )
        made = time.perf_counter()
        app.synth()
        done = time.perf_counter()
    return {
        "cdktf": loaded_cdktf - started,
        "bindings": loaded - loaded_cdktf,
        "construct": made - begun,
        "synth": done - made,
        "total": done - begun,
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
