"""What a test of a synthesized stack costs: ``Template.from_stack`` beside ``cdktf.Testing.synth``, in the same run.

Goal, for 1,000 images: at most 1.2 of its time, and that with Aspects, validations and the files of a deployment.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack, Testing

from constructs_ims import HuaweicloudProvider, ImsImageMetadata
from constructs_ims.testing import Match, Template

from .conftest import ROUNDS

pytestmark = [pytest.mark.benchmark, pytest.mark.xdist_group("templates")]

IMAGES = 1000


def stack_of_images(outdir: Path) -> TerraformStack:
    stack = TerraformStack(App(outdir=str(outdir)), "images")
    HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
    for number in range(IMAGES):
        ImsImageMetadata(
            stack,
            f"image-{number}",
            name=f"image-{number}",
            os_version="Ubuntu 20.04 server 64bit",
            min_disk=40,
            tags=[f"number={number}", "team=platform"],
        )
    return stack


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def test_template_beside_testing_synth(tmp_path: Path, show: Callable[[str], None]) -> None:
    ours, theirs, asserting = [], [], []
    for number in range(ROUNDS):
        stack = stack_of_images(tmp_path / f"theirs-{number}")
        theirs.append(seconds(partial(Testing.synth, stack)))
        stack = stack_of_images(tmp_path / f"ours-{number}")
        ours.append(seconds(partial(Template.from_stack, stack)))
        template = Template.from_stack(stack)
        wanted = {"name": "image-999", "os_version": Match.string_like_regexp("20.04")}
        asserting.append(seconds(partial(template.has_resource_properties, ImsImageMetadata, wanted)))
    ratios = [own / other for own, other in zip(ours, theirs, strict=True)]
    show(
        f"{IMAGES} images: Template.from_stack {min(ours):.3f} s, cdktf's Testing.synth {min(theirs):.3f} s, ratio "
        f"{statistics.median(ratios):.2f} (median of {ROUNDS}: {min(ratios):.2f} to {max(ratios):.2f}); "
        f"one assertion on it {min(asserting) * 1000:.1f} ms"
    )

    assert min(ours) > 0
