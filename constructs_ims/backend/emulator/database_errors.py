"""What keeps the emulator from starting: errors for the person who started it, not for a client."""

from __future__ import annotations


class EmulatorError(Exception):
    """The emulator cannot do its work; ``summary`` is a few words, ``detail`` whole sentences with the mend."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(summary, detail)
        self.summary = summary
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.summary}: {self.detail}"


class DatabaseError(EmulatorError):
    """The database cannot be opened, is damaged, or is not ours; the file is left as it was."""


class DamagedDatabaseError(DatabaseError):
    """The database is not sound, and nothing but a copy of it or an empty one will help."""


class AddressError(EmulatorError):
    """The address to serve on cannot be had."""
