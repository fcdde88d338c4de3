"""What is refused when an image is made or changed: every violation at once, with the value, the rule and the mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cdktf import App, TerraformStack, TerraformVariable
from constructs import Construct

from constructs_ims import (
    DiskFormat,
    HuaweicloudProvider,
    ImsImageMetadata,
    ImsImageMetadataConfig,
    ImsImageMetadataTimeouts,
    ImsValidationError,
    OsVersion,
)

SOUND = {"name": "ubuntu", "os_version": "Ubuntu 20.04 server 64bit"}


def refusal_of(make: Callable[[], Any]) -> ImsValidationError:
    with pytest.raises(ImsValidationError) as caught:
        make()
    return caught.value


def details_of(fault: ImsValidationError) -> list[str]:
    return [str(diagnostic) for diagnostic in fault.diagnostics]


WRONG_TYPES: dict[str, tuple[str, Any, str]] = {
    "number for text": ("name", 7, "The number 7 is given. Use a string."),
    "boolean for text": ("region", True, "The boolean True is given. Use a string."),
    "bytes for text": ("name", b"a", "A value of type bytes is given. Use a string."),
    "class for text": ("name", str, "The class str is given. Use a string."),
    "list for text": ("disk_format", ["raw"], "A list is given. Use a string."),
    "boolean for number": ("min_disk", True, "The boolean True is given. Use a number, without quotes."),
    "text for number": ("min_ram", "1024", 'The string "1024" is given. Use a number, without quotes.'),
    "no number": ("min_ram", float("nan"), "The number nan is given. Use a number, without quotes."),
    "endless number": ("min_disk", float("inf"), "The number inf is given. Use a number, without quotes."),
    "text for boolean": ("protected", "true", 'The string "true" is given. Use True or False, without quotes.'),
    "number for boolean": ("protected", 1, "The number 1 is given. Use True or False, without quotes."),
    "text for tags": ("tags", "a=b", 'The string "a=b" is given. Use a list of strings: ["a=b"].'),
    "number for tags": ("tags", 3, "The number 3 is given. Use a list of strings."),
    "text for timeouts": (
        "timeouts",
        "10m",
        'The string "10m" is given. Use ImsImageMetadataTimeouts(delete="10m") or a mapping.',
    ),
    "number for force-new": ("enable_force_new", 1, "The number 1 is given. Use a string."),
}


@pytest.mark.parametrize(("name", "value", "detail"), WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_wrong_type(stack: TerraformStack, name: str, value: Any, detail: str) -> None:
    fault = refusal_of(lambda: ImsImageMetadata(stack, "image", **{**SOUND, name: value}))

    assert details_of(fault) == [f"Wrong type ({name}): {detail}"]


@pytest.mark.parametrize(("text", "shown"), [("x" * 60, "x" * 60), ("x" * 61, f"{'x' * 57}...")])
def test_sixty_characters_of_a_wrong_value_are_shown(stack: TerraformStack, text: str, shown: str) -> None:
    (detail,) = details_of(refusal_of(lambda: ImsImageMetadata(stack, "image", **{**SOUND, "min_disk": text})))

    assert f'The string "{shown}" ' in detail


@pytest.mark.parametrize(
    ("tags", "place"),
    [(["a=b", 3], "tags[1]"), ([None], "tags[0]"), ({"a": 1}, 'tags["a"]'), ({3: "a"}, "tags[3]")],
    ids=["number in list", "none in list", "number in mapping", "number as key"],
)
def test_wrong_type_inside_tags(stack: TerraformStack, tags: Any, place: str) -> None:
    fault = refusal_of(lambda: ImsImageMetadata(stack, "image", **SOUND, tags=tags))

    assert [str(diagnostic).partition(":")[0] for diagnostic in fault.diagnostics] == [f"Wrong type ({place})"]


BROKEN_RULES: dict[str, tuple[str, Any, str]] = {
    "empty name": ("name", "", 'Invalid name (name): The name "" has 0 characters. Use 1 to 255 characters.'),
    "long name": (
        "name",
        "n" * 256,
        f'Invalid name (name): The name "{"n" * 57}..." has 256 characters. Use 1 to 255 characters.',
    ),
    "disk format": (
        "disk_format",
        "qcow",
        'Invalid disk format (disk_format): "qcow" is not a valid disk format. '
        'Use "zvhd2", "vhd", "raw", "qcow2" or "iso". Did you mean "qcow2"?',
    ),
    "container format": (
        "container_format",
        "docker",
        'Invalid container format (container_format): "docker" is not a valid container format. Use "bare".',
    ),
    "visibility": (
        "visibility",
        "public",
        'Invalid visibility (visibility): "public" is not a valid visibility. Use "private".',
    ),
    "small disk": ("min_disk", 9, "Invalid min disk (min_disk): min_disk is 9. Use 10 to 1024 GB."),
    "large disk": ("min_disk", 1025, "Invalid min disk (min_disk): min_disk is 1025. Use 10 to 1024 GB."),
    "broken disk": (
        "min_disk",
        40.5,
        "Invalid min disk (min_disk): min_disk is 40.5, which is no whole number. Use 10 to 1024 GB.",
    ),
    "negative memory": ("min_ram", -1, "Invalid min ram (min_ram): min_ram is -1. Use 0 MB or more."),
    "force-new": (
        "enable_force_new",
        "yes",
        'Invalid enable force new (enable_force_new): "yes" is not a valid enable force new. Use "true" or "false".',
    ),
    "Windows": (
        "os_version",
        "Windows Server 2019 Standard 64bit",
        'Unsupported OS version (os_version): "Windows Server 2019 Standard 64bit" is a Windows version, and image '
        "metadata for Windows cannot be created. Use a Linux version, or register the Windows image in another way.",
    ),
    "tag without value": (
        "tags",
        ["team"],
        'Invalid tag (tags[0]): "team" is not of the form key=value. Write the key, an = and the value.',
    ),
    "tag twice": (
        "tags",
        ["a=1", "a = 2"],
        'Duplicate tag key (tags): The tag key "a" is given 2 times. Give each key once.',
    ),
    "eleven tags": (
        "tags",
        {f"key{n}": "v" for n in range(11)},
        "Too many tags (tags): 11 tags are given. An image has at most 10.",
    ),
    "timeout": (
        "timeouts",
        {"delete": "soon"},
        'Invalid duration (timeouts.delete): "soon" is no length of time. '
        'Use numbers with units, as in "90s" or "1h30m".',
    ),
    "unknown timeout": (
        "timeouts",
        {"delet": "5m"},
        'Unknown argument (timeouts): There is no argument "delet". Did you mean "delete"?',
    ),
}


@pytest.mark.parametrize(("name", "value", "message"), BROKEN_RULES.values(), ids=BROKEN_RULES)
def test_broken_rule(stack: TerraformStack, name: str, value: Any, message: str) -> None:
    fault = refusal_of(lambda: ImsImageMetadata(stack, "image", **{**SOUND, name: value}))

    assert details_of(fault) == [message]


@pytest.mark.parametrize("length", [1, 255])
def test_name_at_its_bounds_passes(stack: TerraformStack, length: int) -> None:
    assert ImsImageMetadata(stack, "image", **{**SOUND, "name": "n" * length}).name_input == "n" * length


def test_every_violation_is_told_at_once(stack: TerraformStack) -> None:
    fault = refusal_of(
        lambda: ImsImageMetadata(
            stack,
            "image",
            name=3,
            os_verison="Ubuntu",
            min_disk=5,
            disk_format="raw2",
            tags=["a", "b"],
            timeouts={"delete": "x"},
            count=-1,
        )
    )

    assert [diagnostic.summary for diagnostic in fault.diagnostics] == [
        "Wrong type",
        "Unknown argument",
        "Invalid min disk",
        "Invalid disk format",
        "Invalid tag",
        "Invalid tag",
        "Invalid duration",
        "Invalid count",
    ]
    assert str(fault).startswith('ImsImageMetadata at "stack/image" has 8 violations:\n  - Wrong type (name): ')
    assert str(fault).count("\n") == 8


def test_single_violation_reads_as_one_line(stack: TerraformStack) -> None:
    fault = refusal_of(lambda: ImsImageMetadata(stack, "image", **SOUND, min_disk=5))

    assert (
        str(fault)
        == 'ImsImageMetadata at "stack/image": Invalid min disk (min_disk): min_disk is 5. Use 10 to 1024 GB.'
    )


@pytest.mark.parametrize("kind", [ValueError, TypeError])
def test_error_is_of_both_builtin_kinds(stack: TerraformStack, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        ImsImageMetadata(stack, "image", min_disk=5)


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ("os_verison", 'There is no argument "os_verison". Did you mean "os_version"?'),
        ("nonsense", 'There is no argument "nonsense". Leave it out.'),
        ("status", 'There is no argument "status". Leave it out.'),
    ],
)
def test_unknown_argument(stack: TerraformStack, given: str, detail: str) -> None:
    fault = refusal_of(lambda: ImsImageMetadata(stack, "image", **{**SOUND, given: "x"}))

    assert details_of(fault) == [f"Unknown argument: {detail}"]
    assert fault.construct_path == "stack/image"


def test_refused_image_leaves_no_trace(stack: TerraformStack) -> None:
    refusal_of(lambda: ImsImageMetadata(stack, "image", min_disk=5))

    assert stack.node.try_find_child("image") is None
    ImsImageMetadata(stack, "image", min_disk=50)


@pytest.mark.parametrize(
    ("scope", "id_", "summary"),
    [
        (None, "image", "Wrong type (scope): None is given. Use the construct to stand in, such as a stack."),
        (
            "stack",
            "image",
            'Wrong type (scope): The string "stack" is given. Use the construct to stand in, such as a stack.',
        ),
        (
            TerraformStack,
            "image",
            "Wrong type (scope): The class TerraformStack is given. Use the construct to stand in, such as a stack.",
        ),
    ],
    ids=["none", "text", "class"],
)
def test_misplaced_image(scope: Any, id_: Any, summary: str) -> None:
    assert details_of(refusal_of(lambda: ImsImageMetadata(scope, id_, **SOUND))) == [summary]


@pytest.mark.parametrize("id_", [7, "", "${var.id}", None])
def test_unusable_id(stack: TerraformStack, id_: Any) -> None:
    fault = refusal_of(lambda: ImsImageMetadata(stack, id_, **SOUND, min_disk=5))

    assert [diagnostic.path[0].name for diagnostic in fault.diagnostics] == ["id_", "min_disk"]


@pytest.mark.parametrize("make", [ImsImageMetadata, HuaweicloudProvider])
@pytest.mark.parametrize("scope", [lambda app: app, lambda app: Construct(app, "group")], ids=["app", "group"])
def test_construct_that_no_stack_is_around_is_refused(app: App, scope: Any, make: Any) -> None:
    assert details_of(refusal_of(lambda: make(scope(app), "lost"))) == [
        "Outside of a stack (scope): No stack is around it, so it would never be deployed. Use a stack, or a construct "
        "inside of one."
    ]


def test_scope_that_is_not_set_up_yet() -> None:
    class Hasty(TerraformStack):
        def __init__(self) -> None:
            ImsImageMetadata(self, "image", **SOUND)

    assert "Call super().__init__(scope, id) first." in str(refusal_of(Hasty))


def test_path_leads_through_nested_scopes() -> None:
    from constructs import Construct

    inner = Construct(TerraformStack(App(), "outer"), "inner")

    assert refusal_of(lambda: ImsImageMetadata(inner, "image", min_disk=1)).construct_path == "outer/inner/image"


SETTER_RULES = {label: row for label, row in BROKEN_RULES.items() if row[0] != "timeouts"}


@pytest.mark.parametrize(("name", "value", "message"), SETTER_RULES.values(), ids=SETTER_RULES)
def test_setters_hold_the_same_rules(stack: TerraformStack, name: str, value: Any, message: str) -> None:
    image = ImsImageMetadata(stack, "image", **SOUND)

    assert details_of(refusal_of(lambda: setattr(image, name, value))) == [message]


def test_put_timeouts_holds_the_same_rule(stack: TerraformStack) -> None:
    image = ImsImageMetadata(stack, "image", **SOUND, timeouts=ImsImageMetadataTimeouts(delete="1m"))
    for change in (
        lambda: image.put_timeouts(delete="soon"),
        lambda: setattr(image.timeouts, "delete", "soon"),
        lambda: setattr(image.timeouts, "internal_value", {"delete": "soon"}),
    ):
        assert [diagnostic.summary for diagnostic in refusal_of(change).diagnostics] == ["Invalid duration"]

    assert image.timeouts_input == ImsImageMetadataTimeouts(delete="1m")


@pytest.mark.parametrize(
    ("make", "subject"),
    [
        (lambda: ImsImageMetadataTimeouts(delete="x"), "ImsImageMetadataTimeouts"),
        (lambda: ImsImageMetadataTimeouts(delte="1m"), "ImsImageMetadataTimeouts"),
        (lambda: ImsImageMetadataConfig(min_disk=1), "ImsImageMetadata"),
        (lambda: ImsImageMetadataConfig(min_dsk=1), "ImsImageMetadataConfig"),
    ],
    ids=["timeouts", "unknown in timeouts", "config", "unknown in config"],
)
def test_values_are_checked_on_their_own(make: Callable[[], Any], subject: str) -> None:
    fault = refusal_of(make)

    assert (fault.subject, fault.construct_path, len(fault.diagnostics)) == (subject, None, 1)


def test_config_is_frozen() -> None:
    with pytest.raises(AttributeError):
        ImsImageMetadataConfig(name="a").name = "b"  # type: ignore[misc]


def test_variable_in_place_of_its_value_is_refused(stack: TerraformStack) -> None:
    variable = TerraformVariable(stack, "name", type="string")

    fault = refusal_of(lambda: ImsImageMetadata(stack, "image", name=variable))  # type: ignore[arg-type]
    assert "A value of type TerraformVariable is given. Use a string." in str(fault)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ({"tags": {"team": "platform"}}, {"tags": ["team=platform"]}),
        ({"tags": ("a=b", "c = d")}, {"tags": ["a=b", "c = d"]}),
        ({"tags": {"a=1", "b=2"}}, {"tags": ["a=1", "b=2"]}),
        ({"tags": []}, {"tags": []}),
        ({"enable_force_new": True}, {"enable_force_new": "true"}),
        ({"enable_force_new": "false"}, {"enable_force_new": "false"}),
        ({"disk_format": DiskFormat.QCOW2}, {"disk_format": "qcow2"}),
        ({"os_version": OsVersion.COREOS_1010_5_0}, {"__os_version": "CoreOS 1010.5.0"}),
        ({"min_disk": 40.0}, {"min_disk": 40}),
        ({"timeouts": {"delete": "1h30m"}}, {"timeouts": {"delete": "1h30m"}}),
    ],
)
def test_accepted_forms(stack: TerraformStack, images: Any, given: dict[str, Any], written: dict[str, Any]) -> None:
    ImsImageMetadata(stack, "image", **given)

    assert images(stack)["image"] == written
