"""The sandbox's one account: a key pair, a user, a domain, and a project in each region."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from constructs_ims.schema.regions import REGIONS


@dataclass(frozen=True, slots=True)
class AccountProject:
    """A project: the account's place in one region, which bears the region's name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """Who may use the emulator; secrets stay out of the repr.

    ``region`` is the one whose project is taken when a request names none; a region that the vendor does not list is
    added to the account's. ``password`` is for token authentication, which is off while it is empty.
    """

    access_key: str
    secret_key: str = field(repr=False)
    region: str = "cn-north-4"
    domain_name: str = "sandbox"
    user_name: str = "sandbox"
    password: str = field(default="", repr=False)

    @classmethod
    def generate(cls, region: str = "cn-north-4") -> Account:
        """Return an account with a new key pair, in the vendor's form: 20 and 40 letters and digits."""
        return cls(secrets.token_hex(10).upper(), secrets.token_hex(20), region, password=secrets.token_hex(16))

    @property
    def domain_id(self) -> str:
        """The id of the account's domain."""
        return stable_id("domain", self.domain_name)

    @property
    def user_id(self) -> str:
        """The id of the account's user."""
        return stable_id("user", self.user_name)

    @property
    def default_project(self) -> AccountProject:
        """The project in the account's own region."""
        return project_in(self.region)

    @property
    def projects(self) -> tuple[AccountProject, ...]:
        """The account's projects, one a region."""
        return tuple(project_in(region) for region in sorted({*REGIONS, self.region}))


def project_in(region: str) -> AccountProject:
    """Return the project in ``region``; its id follows from the region, so it outlives the account's keys."""
    return AccountProject(stable_id("project", region), region)


def stable_id(kind: str, name: str) -> str:
    """Return an id of 32 hexadecimal digits that is the same in every run."""
    return hashlib.sha256(f"{kind}:{name}".encode()).hexdigest()[:32]
