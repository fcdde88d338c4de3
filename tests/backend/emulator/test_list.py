"""Lists: filters, order, pages and links."""

from __future__ import annotations

import operator
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.emulator import Account, Store, pages
from constructs_ims.backend.emulator.listing import SORT_KEYS, listing
from constructs_ims.backend.emulator.seeding import seed_images

from .conftest import Caller, refusal

BOTH = ("/v2/cloudimages", "/v2/images")


@pytest.fixture
def shelf(call: Caller, store: Store) -> Caller:
    """Four images, made one second after another; a is small, b protected, c changed later, d is an ISO for Arm."""
    call.create(name="a", min_ram=512, min_disk=40, tags=["env=test", "x"], __os_version="Ubuntu 20.04 server 64bit")
    call.create(name="b", protected=True, tags=["env=prod"], __os_version="CentOS 7.0 32bit")
    changed = call.create(name="c", hw_firmware_type="uefi", enterprise_project_id="e-1")
    call.create(name="d", disk_format="iso", __support_arm="true")
    store.change(
        changed["id"], {"status": "active", "__support_kvm": "true", "__whole_image": True, "__isregistered": "false"}
    )
    return call


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "dcba"),
        ("name=a", "a"),
        ("name=A", ""),
        ("status=active", "c"),
        ("status=queued", "dba"),
        ("visibility=private", "dcba"),
        ("visibility=public", ""),
        ("__imagetype=private", "dcba"),
        ("__imagetype=gold&visibility=public&protected=true", ""),
        ("owner=deb65e46dea1829eeddc7570f1629aa6", "dcba"),
        ("owner=other", ""),
        ("protected=true", "b"),
        ("protected=False", "dca"),
        ("container_format=bare", "dcba"),
        ("disk_format=iso", "d"),
        ("min_ram=512", "a"),
        ("min_disk=40", "a"),
        ("min_disk=0", "dcb"),
        ("__os_bit=32", "b"),
        ("__os_type=Linux", "dcba"),
        ("__platform=Ubuntu", "a"),
        ("__platform=Other", "dc"),
        ("virtual_env_type=IsoImage", "d"),
        ("architecture=arm", "d"),
        ("architecture=x86", "cba"),
        ("tag=env%3Dtest", "a"),
        ("tag=env=test&tag=x", "a"),
        ("tag=env", ""),
        ("__isregistered=true", "dba"),
        ("__isregistered=True", "dba"),
        ("__whole_image=true", "c"),
        ("__whole_image=false", "dba"),
        ("__support_kvm=true", "c"),
        ("hw_firmware_type=uefi", "c"),
        ("enterprise_project_id=0", "dba"),
        ("enterprise_project_id=e-1", "c"),
        ("enterprise_project_id=all_granted_eps", "dcba"),
        ("flavor_id=s6.large.2", "dcba"),
        ("unheard_of=1", ""),
        ("name=a%00b", ""),
        ("created_at=gt:2026-01-31T08:00:01Z", "dc"),
        ("created_at=gte:2026-01-31T08:00:01Z", "dcb"),
        ("created_at=lt:2026-01-31%2008:00:01", "a"),
        ("created_at=lte:2026-01-31T08:00:01Z", "ba"),
        ("created_at=eq:2026-01-31T08:00:03Z", "d"),
        ("created_at=neq:2026-01-31T08:00:03Z", "cba"),
        ("updated_at=gt:2026-01-31T08:00:03Z", "c"),
        ("created_at=gt:2026-01-31T08:00:00Z&created_at=lt:2026-01-31T08:00:02Z", "b"),
        ("sort_dir=asc", "abcd"),
        ("sort_key=name", "dcba"),
        ("sort_key=name&sort_dir=asc", "abcd"),
        ("sort_key=disk_format&sort_dir=asc", "dabc"),
        ("sort_key=size&sort_dir=asc", "abcd"),
        ("sort_key=status&sort_dir=asc", "cabd"),
        ("limit=2", "dc"),
        ("limit=0", ""),
        ("limit=999999999", "dcba"),
        ("marker=00000000-0000-4000-8000-000000000003", "ba"),
        ("marker=00000000-0000-4000-8000-000000000001", ""),
        ("marker=00000000-0000-4000-8000-000000000002&sort_dir=asc&limit=1", "c"),
        ("marker=00000000-0000-4000-8000-000000000002&status=queued", "a"),
        ("marker=00000000-0000-4000-8000-000000000002&sort_key=disk_format&sort_dir=asc", "c"),
    ],
)
def test_query(path: str, query: str, names: str, shelf: Caller) -> None:
    assert "".join(shelf.names(f"{path}?{query}")) == names


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "limit=x",
        "limit=",
        "limit=1234567890",
        "sort_key=color",
        "sort_dir=up",
        "min_ram=x",
        "min_disk=1.5",
        "protected=maybe",
        "__whole_image=1",
        "architecture=sparc",
        "status=actve",
        "status=Active",
        "status=",
        "visibility=community",
        "visibility=",
        "virtual_env_type=KVM",
        "__os_bit=65",
        "__os_type=linux",
        "__isregistered=maybe",
        "created_at=2026-01-31T08:00:00Z",
        "created_at=after:2026-01-31T08:00:00Z",
        "created_at=gt:yesterday",
    ],
)
def test_unreadable_query_is_refused(path: str, query: str, call: Caller) -> None:
    answer = call("GET", f"{path}?{query}")

    assert refusal(answer) == (400, "IMG.0017")
    assert query.partition("=")[0] in answer.json["error"]["detail"]


@pytest.mark.parametrize("path", BOTH)
def test_image_type_that_there_is_not_is_refused(path: str, call: Caller) -> None:
    assert refusal(call("GET", f"{path}?__imagetype=golden")) == (400, "IMG.0024")


def test_unknown_marker_is_refused(call: Caller) -> None:
    assert refusal(call("GET", "/v2/images?marker=7")) == (400, "IMG.0027")


def test_extension_list_has_images_alone(shelf: Caller) -> None:
    assert set(shelf("GET", "/v2/cloudimages?limit=1").json) == {"images"}


def test_native_list_links_its_pages(shelf: Caller) -> None:
    """Following ``next`` from page to page visits every image once, and ends."""
    url, seen = "/v2/images?limit=3&sort_key=name&sort_dir=asc", ""
    while url:
        page = shelf("GET", url).json
        seen += "".join(image["name"] for image in page["images"])
        assert page["schema"] == "/v2/schemas/images"
        assert page["first"] == "/v2/images?limit=3&sort_key=name&sort_dir=asc"
        url = page.get("next", "")

    assert seen == "abcd"


@pytest.mark.parametrize(
    ("query", "has_next"), [("?limit=4", False), ("?limit=3", True), ("", False), ("?limit=0", False)]
)
def test_last_page_has_no_next(query: str, has_next: bool, shelf: Caller) -> None:
    assert ("next" in shelf("GET", f"/v2/images{query}").json) is has_next


@pytest.mark.parametrize(("path", "size"), [("/v2/images", 25), ("/v2/cloudimages", 30)])
def test_default_page_size(path: str, size: int, call: Caller) -> None:
    for _ in range(30):
        call.create()

    assert len(call.names(path)) == size


def test_images_of_one_second_keep_their_order(call: Caller, store: Store) -> None:
    """Equal sort keys are told apart by the order of creation, so that paging loses none."""
    for name in "abc":
        image = call.create(name=name)
        store.change(image["id"], {"created_at": "2026-01-31T08:00:00Z"})

    assert call.names("/v2/cloudimages") == ["c", "b", "a"]
    assert call.names("/v2/cloudimages?marker=00000000-0000-4000-8000-000000000003&limit=1") == ["b"]


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize("name", ["un%22heard", "a%20b", "", "x" * 256])
def test_parameter_that_no_property_can_be_is_refused(path: str, name: str, call: Caller) -> None:
    assert refusal(call("GET", f"{path}?{name}=1")) == (400, "IMG.0017")


@pytest.mark.parametrize("path", BOTH)
def test_unknown_type_of_images_is_refused(path: str, call: Caller) -> None:
    assert refusal(call("GET", f"{path}?__imagetype=bogus")) == (400, "IMG.0024")
    assert call("GET", f"{path}?__imagetype=gold").json["images"] == []


IMAGES = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["a", "b", "B", "", "é"]),
            "tags": st.lists(st.sampled_from(["x", "y=1"]), unique=True),
        },
        optional={
            "note": st.sampled_from(["1", "true", "", "a'b"]),
            "status": st.sampled_from(["active", "killed"]),
            "min_disk": st.sampled_from([40, 80]),
            "protected": st.booleans(),
            "__support_arm": st.sampled_from(["true", "false"]),
            "enterprise_project_id": st.sampled_from(["0", "e1"]),
        },
    ),
    max_size=14,
)
FILTERS = st.lists(
    st.sampled_from(
        [
            ("name", "a"),
            ("name", ""),
            ("tag", "x"),
            ("note", "1"),
            ("note", "a'b"),
            ("status", "active"),
            ("min_disk", "40"),
            ("protected", "true"),
            ("protected", "false"),
            ("created_at", "gt:2024-01-01T00:00:04Z"),
            ("created_at", "neq:2024-01-01T00:00:04Z"),
            ("updated_at", "lte:2024-01-01T00:00:06Z"),
            ("updated_at", "gte:2024-01-01T00:00:03Z"),
            ("architecture", "x86"),
            ("enterprise_project_id", "0"),
        ]
    ),
    max_size=3,
)


COMPARISONS = {"gt": operator.gt, "gte": operator.ge, "lte": operator.le, "neq": operator.ne}


def is_met(image: dict[str, Any], name: str, value: str) -> bool:
    match name:
        case "tag":
            return value in image["tags"]
        case "created_at" | "updated_at":
            comparison, _, time = value.partition(":")
            return bool(COMPARISONS[comparison](image[name], time))
        case "architecture":
            return (image.get("__support_arm") != "true") == (value == "x86")
        case "enterprise_project_id":
            return image.get(name, "0") == value
        case "protected":
            return bool(image["protected"]) == (value == "true")
        case "min_disk":
            return bool(image["min_disk"] == int(value))
        case _:
            return image.get(name) == value


@given(
    images=IMAGES,
    filters=FILTERS,
    sort_key=st.sampled_from(sorted(SORT_KEYS)),
    descending=st.booleans(),
    limit=st.integers(1, 5),
    few=st.sampled_from([1, 3, 500]),
    sharing=st.lists(st.sampled_from([None, "accepted", "pending"]), max_size=14),
)
def test_pages_are_those_of_the_whole_sorted_list(
    images: list[dict[str, Any]],
    filters: list[tuple[str, str]],
    sort_key: str,
    descending: bool,
    limit: int,
    few: int,
    sharing: list[str | None],
) -> None:
    """By whichever index a page is found, the pages together are what sorting everything gives."""
    account = Account("ACCESSKEY", "secret")
    with Store() as store, pytest.MonkeyPatch.context() as patched:
        patched.setattr(pages, "_SORTED", few)
        patched.setattr(pages, "_LOOKED_AT", few)
        seeded = seed_images(store, account, images)
        statuses = [status for _, status in zip_longest(seeded, sharing[: len(seeded)])]
        store.replace_all(
            replace(image, project_id="another") if status else image
            for image, status in zip(seeded, statuses, strict=True)
        )
        with store.transaction() as database:
            database.executemany(
                "INSERT INTO members VALUES (?, ?, ?, '', '')",
                (
                    (image.id, account.default_project.id, status)
                    for image, status in zip(seeded, statuses, strict=True)
                    if status
                ),
            )
        made = [image.attributes for image, status in zip(seeded, statuses, strict=True) if status != "pending"]
        query = [*filters, ("sort_key", sort_key), ("sort_dir", "desc" if descending else "asc"), ("limit", str(limit))]
        found: list[dict[str, Any]] = []
        while page := store.page(
            account.default_project.id, listing([*query, *([("marker", found[-1]["id"])] if found else [])], 25)
        ):
            assert len(page) <= limit
            found += [image.attributes for image in page]

    chosen = [(place, image) for place, image in enumerate(made) if all(is_met(image, *one) for one in filters)]
    chosen.sort(key=lambda one: (one[1].get(sort_key) or "", one[0]), reverse=descending)
    assert found == [image for _, image in chosen]
