"""What the stacks do, offline: plans, deployments, and what comes of changes and faults."""

from pathlib import Path

from constructs_ims import OperationFailedError, Sandbox
from constructs_ims.testing import ApplyStep, ImportStep, Match, RefusedStep, TerraformSnapshot, run_steps
from golden_images import BaseImages, GoldenImages, TeamImages
import pytest
from cdktf import App

UBUNTU = "huaweicloud_ims_image_metadata.ubuntu_image_508F0085"
CENTOS = "huaweicloud_ims_image_metadata.centos_image_ABBA0BA7"


def base(app: App, *, min_disk: int = 40, rebuild: bool = False) -> BaseImages:
    return GoldenImages(app, min_disk=min_disk, rebuild=rebuild).base


def research(app: App) -> TeamImages:
    return GoldenImages(app).research


def test_first_plan_is_the_one_that_was_committed(
    ims: Sandbox, golden: GoldenImages, snapshot_tf: TerraformSnapshot
) -> None:
    assert ims.plan(golden.base) == snapshot_tf


def test_teams_plan_is_the_one_that_was_committed(
    named: Sandbox, golden: GoldenImages, snapshot_tf: TerraformSnapshot
) -> None:
    named.apply(golden.base)

    assert named.plan(golden.research) == snapshot_tf


def test_base_images_live_as_they_should(ims: Sandbox) -> None:
    run_steps(
        ims,
        ApplyStep(base, outputs={"ubuntu_id": Match.any_value()}, images=[{"min_disk": 40}, {"min_disk": 40}]),
        ImportStep(UBUNTU),
        RefusedStep(lambda app: base(app, min_disk=80), UBUNTU, because="min_disk"),
        ApplyStep(lambda app: base(app, min_disk=80, rebuild=True), replaces={UBUNTU: "min_disk", CENTOS: "min_disk"}),
        ApplyStep(
            lambda app: base(app, min_disk=80, rebuild=True),
            name="new purpose",
            variables={"purpose": "gaming"},
            check=lambda ims: _all_are_tagged(ims, "purpose=gaming"),
        ),
    )


def _all_are_tagged(ims: Sandbox, tag: str) -> None:
    assert [tag in image["tags"] for image in ims.cloud.images] == [True, True]


def test_team_follows_the_base_image(named: Sandbox) -> None:
    run_steps(
        named,
        ApplyStep(base),
        ApplyStep(
            research,
            creates=["random_pet.release", "huaweicloud_ims_image_metadata.image", "null_resource.announcement"],
            outputs={"image_name": "research-brave-otter"},
            state={"null_resource.announcement": {"triggers": {"image": Match.any_value()}}},
        ),
    )


def test_team_rebuilds_and_announces_when_its_base_is_rebuilt(named: Sandbox, tmp_path: Path) -> None:
    first = GoldenImages(App(outdir=str(tmp_path / "first")))
    named.apply(first.base)
    named.apply(first.research)
    larger = GoldenImages(App(outdir=str(tmp_path / "second")), min_disk=80, rebuild=True)
    named.apply(larger.base)

    plan = named.plan(larger.research)

    plan.assert_replaces(larger.research.image, because="min_disk")
    plan.assert_updates(larger.research.announcement)
    plan.assert_updates(larger.research.release)
    named.apply(plan)
    assert named.state(larger.research)["random_pet.release"]["keepers"] == {
        "base": named.outputs(larger.base)["ubuntu_id"]
    }


def test_image_that_the_service_refuses_stops_no_other(ims: Sandbox, golden: GoldenImages) -> None:
    ims.cloud.fail_next("create", status=403, image="golden-centos")

    with pytest.raises(OperationFailedError, match="not authorized"):
        ims.apply(golden.base)
    assert [image["name"] for image in ims.images()] == ["golden-ubuntu"]

    ims.apply(golden.base)
    assert sorted(image["name"] for image in ims.images()) == ["golden-centos", "golden-ubuntu"]
    ims.plan(golden.base).assert_no_changes()


def test_service_that_throttles_is_asked_again(ims: Sandbox, golden: GoldenImages) -> None:
    ims.cloud.fail_next("create", status=429)

    ims.apply(golden.base)

    statuses = sorted(str(request.status) for request in ims.cloud.requests if request.operation == "create")
    assert statuses == ["201", "201", "429"]


def test_drift_is_seen_and_mended(ims: Sandbox, tmp_path: Path) -> None:
    stack = base(App(outdir=str(tmp_path)), rebuild=True)
    ims.apply(stack)
    ids = {image["name"]: image["id"] for image in ims.images()}
    ims.cloud.change_image(ids["golden-ubuntu"], {"min_disk": 20})
    ims.cloud.remove_image(ids["golden-centos"])

    plan = ims.plan(stack)

    assert set(plan.drift) == {UBUNTU, CENTOS}
    plan.assert_replaces(UBUNTU, because="min_disk")
    plan.assert_creates(CENTOS)
    ims.apply(plan)
    assert {image["name"]: image["min_disk"] for image in ims.images()} == {"golden-centos": 40, "golden-ubuntu": 40}
