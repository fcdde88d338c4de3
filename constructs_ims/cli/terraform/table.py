"""The commands: their names, flags and homes. Only the module of the command that is given gets loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from constructs_ims.cli.terraform.flags import Flag

_ROOM: Final = "constructs_ims.cli.terraform.commands"

_STREAMING: Final = frozenset({"init", "plan", "apply", "destroy", "refresh"})


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One command: ``name`` as typed, ``words`` behind its flags, ``home`` as ``module:function``.

    ``main`` commands come first in the list of all; one without a ``synopsis`` is left out of it. One that is ``alone``
    takes no words; others that take none see to it themselves, or let them pass as Terraform does.
    """

    name: str
    synopsis: str
    home: str
    words: str = ""
    flags: tuple[Flag, ...] = ()
    main: bool = False
    alone: bool = False
    about: str = ""

    @property
    def streams(self) -> bool:
        """Whether ``-json`` makes the command print a stream of events."""
        return self.name in _STREAMING

    @property
    def module(self) -> str:
        """The module that runs the command."""
        return f"{_ROOM}.{self.home.partition(':')[0]}"

    @property
    def function(self) -> str:
        """The function in it: takes the parsed flags and the session, returns the exit status."""
        return self.home.partition(":")[2]


_NO_COLOR: Final = Flag("no-color", "bool", "Print without color.")
_COMPACT: Final = Flag("compact-warnings", "bool", "Print a warning's summary alone where no error stands beside it.")
_JSON: Final = Flag("json", "bool", "Print JSON for machines.")
_INPUT: Final = Flag("input", "bool", "Ask for what is missing; false makes a missing value an error.", default=True)
_LOCK: Final = (
    Flag("lock", "bool", "Hold the lock of the state; false takes the risk of two writers.", default=True),
    Flag("lock-timeout", "duration", "How long to wait for the lock of the state.", placeholder="0s"),
)
_VARIABLES: Final = (
    Flag("var", "texts", "Set an input variable. May be repeated.", placeholder="'NAME=VALUE'"),
    Flag("var-file", "texts", "Set input variables from a JSON file. May be repeated.", placeholder="FILE"),
)
_WITH_TERRAFORM: Final = "Set CONSTRUCTS_IMS_ENGINE=terraform to have the real Terraform do it inside the sandbox."
_SANDBOX_KEEPS: Final = (
    "The sandbox keeps the stack's state, and its backup. To work on another state, put it there with "
    '"terraform-ims state push FILE".'
)
_STATE: Final = tuple(Flag(name, "text", refusal=_SANDBOX_KEEPS) for name in ("state", "state-out", "backup"))
_STATE_READ: Final = Flag("state", "text", "Read this state file, not the stack's state.", placeholder="FILE")
_IGNORE_REMOTE: Final = Flag("ignore-remote-version", "bool")
_TARGET: Final = Flag(
    "target",
    "texts",
    "Work on this object and what it depends on, nothing else. May be repeated.",
    placeholder="ADDRESS",
)
_PARALLELISM: Final = Flag("parallelism", "number", "How many objects to work on at once.", default=10, placeholder="N")
_OPERATION: Final = (
    Flag("destroy", "bool", "Plan the destruction of everything that the state holds."),
    Flag("refresh-only", "bool", "Take over what changed outside, and change nothing."),
    Flag("refresh", "bool", "Read every object before planning; false trusts the state.", default=True),
    Flag("replace", "texts", "Make this object anew. May be repeated.", placeholder="ADDRESS"),
    _TARGET,
    *_VARIABLES,
    _PARALLELISM,
    *_LOCK,
    _INPUT,
    _COMPACT,
    _NO_COLOR,
    _JSON,
    *_STATE,
    Flag("allow-deferral", "bool", refusal="It is only valid in experimental builds of Terraform."),
)
_STATE_CHANGE: Final = (
    Flag("dry-run", "bool", "Say what would be done, and do nothing."),
    *_LOCK,
    *_STATE,
    _IGNORE_REMOTE,
)
_TAINT: Final = (
    Flag("allow-missing", "bool", "Succeed when the object is not there."),
    *_LOCK,
    *_STATE,
    _NO_COLOR,
    _IGNORE_REMOTE,
)
_APPROVE: Final = Flag("auto-approve", "bool", "Do not ask before acting.")

COMMANDS: Final[tuple[Subcommand, ...]] = (
    Subcommand(
        "init",
        "Check that the stack can be planned here",
        "init:init",
        flags=(
            Flag("upgrade", "bool", "Accepted; there is nothing to upgrade offline."),
            Flag("migrate-state", "bool", "Accepted; offline a stack's state stays in the sandbox."),
            Flag("reconfigure", "bool", "Accepted; offline a stack's state stays in the sandbox."),
            Flag("force-copy", "bool"),
            Flag("backend", "bool", default=True),
            Flag("backend-config", "texts"),
            Flag("get", "bool", default=True),
            Flag("from-module", "text", refusal="No module is fetched. Copy its files into the stack's directory."),
            Flag("lockfile", "text"),
            Flag("plugin-dir", "texts", refusal=f"Providers are part of this package. {_WITH_TERRAFORM}"),
            Flag("test-directory", "text"),
            _INPUT,
            *_LOCK,
            *_VARIABLES,
            _NO_COLOR,
            _COMPACT,
            _JSON,
            _IGNORE_REMOTE,
        ),
        main=True,
        about="Nothing is downloaded: the provider is part of this package. The stack's own backend is not touched.",
    ),
    Subcommand(
        "validate",
        "Check whether the configuration is valid",
        "validate:validate",
        flags=(_JSON, _NO_COLOR, Flag("no-tests", "bool"), Flag("test-directory", "text")),
        main=True,
    ),
    Subcommand(
        "plan",
        "Show what an apply would change",
        "plan:plan",
        flags=(
            Flag("out", "text", "Keep the plan in a file, for apply or show.", placeholder="FILE"),
            Flag("detailed-exitcode", "bool", "Exit with 0 for no changes, 1 for an error, 2 for changes."),
            Flag("generate-config-out", "text", placeholder="FILE"),
            *_OPERATION,
        ),
        main=True,
    ),
    Subcommand(
        "apply",
        "Create, change and destroy what the plan says",
        "apply:apply",
        words="[PLAN]",
        flags=(_APPROVE, *_OPERATION),
        main=True,
    ),
    Subcommand(
        "destroy", "Destroy everything that the state holds", "apply:destroy", flags=(_APPROVE, *_OPERATION), main=True
    ),
    Subcommand(
        "console",
        "Evaluate an expression",
        "console:console",
        flags=(
            Flag("plan", "bool", refusal=_WITH_TERRAFORM),
            *_VARIABLES,
            _STATE_READ,
            *_LOCK,
            _INPUT,
            _NO_COLOR,
        ),
        alone=True,
    ),
    Subcommand("fmt", "With the real Terraform only", "unavailable:fmt", words="[FILE or DIRECTORY ...]"),
    Subcommand(
        "force-unlock",
        "Break a lock that nobody holds any more",
        "locks:force_unlock",
        words="LOCK_ID",
        flags=(Flag("force", "bool", "Do not ask first."),),
    ),
    Subcommand(
        "get",
        "Nothing to fetch: modules are simulated",
        "init:get",
        flags=(Flag("update", "bool"), Flag("test-directory", "text"), _NO_COLOR),
        alone=True,
    ),
    Subcommand("graph", "With the real Terraform only", "unavailable:graph"),
    Subcommand(
        "import",
        "Take an object that exists into the state",
        "import_:import_",
        words="ADDRESS ID",
        flags=(
            Flag("config", "text", refusal="The stack's own configuration is used. Choose the stack with -chdir."),
            _INPUT,
            *_LOCK,
            *_VARIABLES,
            *_STATE,
            _PARALLELISM,
            _NO_COLOR,
            _IGNORE_REMOTE,
        ),
    ),
    Subcommand("modules", "List the modules that the stack calls", "init:modules", flags=(_JSON,)),
    Subcommand("login", "Not offline", "unavailable:login", words="[HOST]"),
    Subcommand("logout", "Not offline", "unavailable:logout", words="[HOST]"),
    Subcommand("metadata", "With the real Terraform only", "unavailable:metadata", words="functions"),
    Subcommand(
        "output",
        "Show output values",
        "output:output",
        words="[NAME]",
        flags=(_JSON, Flag("raw", "bool", "Print one string, number or bool as it is."), _STATE_READ, _NO_COLOR),
    ),
    Subcommand(
        "providers",
        "Show which providers the stack needs",
        "providers:providers",
        flags=(Flag("test-directory", "text"),),
        alone=True,
    ),
    Subcommand("providers schema", "Print the providers' schemas", "providers:schema", flags=(_JSON, _NO_COLOR)),
    Subcommand(
        "providers lock",
        "Nothing to lock: the provider is part of this package",
        "providers:lock",
        words="[PROVIDER ...]",
        flags=(
            Flag("platform", "texts"),
            Flag("fs-mirror", "text"),
            Flag("net-mirror", "text"),
            Flag("enable-plugin-cache", "bool"),
            _NO_COLOR,
        ),
    ),
    Subcommand(
        "providers mirror", "", "unavailable:providers_mirror", words="DIRECTORY", flags=(Flag("platform", "texts"),)
    ),
    Subcommand("refresh", "Take over what changed outside", "refresh:refresh", flags=_OPERATION),
    Subcommand("show", "Show the state or a plan", "show:show", words="[FILE]", flags=(_JSON, _NO_COLOR)),
    Subcommand("state", "List, show and move what the state holds", "groups:state"),
    Subcommand(
        "state list",
        "List objects",
        "state:list_objects",
        words="[ADDRESS ...]",
        flags=(Flag("id", "text", "Only objects with this id.", placeholder="ID"), _STATE_READ),
    ),
    Subcommand(
        "state mv", "Give an object another address", "state:move", words="SOURCE DESTINATION", flags=_STATE_CHANGE
    ),
    Subcommand("state pull", "Print the state", "state:pull"),
    Subcommand(
        "state push",
        "Put a state in the place of this one",
        "state:push",
        words="FILE",
        flags=(Flag("force", "bool", "Skip the checks of lineage and serial."), *_LOCK, _IGNORE_REMOTE),
    ),
    Subcommand(
        "state replace-provider",
        "Give objects another provider",
        "state:replace_provider",
        words="FROM TO",
        flags=(_APPROVE, *_STATE_CHANGE),
    ),
    Subcommand(
        "state rm", "Forget objects without destroying them", "state:remove", words="ADDRESS ...", flags=_STATE_CHANGE
    ),
    Subcommand("state show", "Show one object", "state:show", words="ADDRESS", flags=(_STATE_READ, _NO_COLOR)),
    Subcommand("taint", "Mark an object for replacement", "taint:taint", words="ADDRESS", flags=_TAINT),
    Subcommand("test", "Not offline", "unavailable:test"),
    Subcommand("untaint", "Take that mark away", "taint:untaint", words="ADDRESS", flags=_TAINT),
    Subcommand(
        "version", "Show the version", "version:version", flags=(_JSON, Flag("v", "bool"), Flag("version", "bool"))
    ),
    Subcommand("workspace", "List, make and choose workspaces", "groups:workspace"),
    Subcommand("workspace list", "List workspaces", "workspace:list_all", alone=True),
    Subcommand("workspace show", "Print the name of the current workspace", "workspace:show"),
    Subcommand("workspace new", "Make a workspace", "workspace:new", words="NAME", flags=(*_LOCK, *_STATE)),
    Subcommand(
        "workspace select",
        "Choose a workspace",
        "workspace:select",
        words="NAME",
        flags=(Flag("or-create", "bool", "Make it when it is not there."),),
    ),
    Subcommand(
        "workspace delete",
        "Delete a workspace",
        "workspace:delete",
        words="NAME",
        flags=(Flag("force", "bool", "Delete it although it holds objects, and forget them."), *_LOCK),
    ),
)

BY_NAME: Final = {command.name: command for command in COMMANDS}


def find(words: list[str]) -> tuple[Subcommand | None, int]:
    """Return the command that ``words`` begin with, the longest name first, and how many words name it."""
    for length in (2, 1):
        name = " ".join(words[:length])
        if len(words) >= length and name in BY_NAME:
            return BY_NAME[name], length
    return None, 0


def below(name: str) -> Iterable[Subcommand]:
    """Return the commands of a group such as ``state``."""
    return (command for command in COMMANDS if command.name.startswith(f"{name} ") and command.synopsis)
