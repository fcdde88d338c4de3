"""The sandbox's one account: a key pair, a user, a domain, and a project in each region."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final

REGIONS: Final = (
    "ae-ad-1",
    "af-north-1",
    "af-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "cn-east-2",
    "cn-east-3",
    "cn-east-4",
    "cn-east-5",
    "cn-north-1",
    "cn-north-11",
    "cn-north-12",
    "cn-north-2",
    "cn-north-4",
    "cn-north-9",
    "cn-south-1",
    "cn-south-2",
    "cn-south-4",
    "cn-southwest-2",
    "cn-southwest-3",
    "eu-west-0",
    "eu-west-101",
    "la-north-2",
    "la-south-2",
    "me-east-1",
    "my-kualalumpur-1",
    "na-mexico-1",
    "ru-moscow-1",
    "sa-brazil-1",
    "tr-west-1",
)
"""The regions that the vendor's SDK lists for IMS."""


@dataclass(frozen=True, slots=True)
class Project:
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
    def default_project(self) -> Project:
        """The project in the account's own region."""
        return project_in(self.region)

    @property
    def projects(self) -> tuple[Project, ...]:
        """The account's projects, one a region."""
        return tuple(project_in(region) for region in sorted({*REGIONS, self.region}))


def project_in(region: str) -> Project:
    """Return the project in ``region``; its id follows from the region, so it outlives the account's keys."""
    return Project(stable_id("project", region), region)


def stable_id(kind: str, name: str) -> str:
    """Return an id of 32 hexadecimal digits that is the same in every run."""
    return hashlib.sha256(f"{kind}:{name}".encode()).hexdigest()[:32]
