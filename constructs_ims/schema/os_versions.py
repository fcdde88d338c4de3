"""The catalogue of OS versions: what ``__os_version`` may say, and what the service derives from it.

A version is *proven* when the service's own API reference lists it as a value of ``__os_version``, or a public run
against the service used it. The others are known from lists of supported systems, whose spelling may differ.
Platforms that the service does not publish (openEuler, NeoKylin, Rocky Linux ...) are given as ``Other``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

DEFAULT_OS_VERSION: Final = "Other Linux (64 bit)"
"""What the service stores when no version is given, spelt as the resource's documentation spells it."""


@dataclass(frozen=True, slots=True)
class OsVersionFacts:
    """One OS version: ``os_type`` is ``Linux`` or ``Windows``, ``bits`` 32 or 64."""

    name: str
    platform: str
    os_type: str
    bits: int
    proven: bool

    @property
    def is_arm(self) -> bool:
        """Whether the version is for the Arm architecture."""
        return self.name.endswith("with ARM")


def find_os_version(name: str) -> OsVersionFacts | None:
    """Return the catalogue's entry for ``name``, which may differ in blanks before a bracket, or None."""
    return _BY_NAME.get(_folded(name))


def is_windows(name: str) -> bool:
    """Tell whether ``name`` is a Windows version, listed or not."""
    version = find_os_version(name)
    return version.platform == "Windows" if version else name.strip().casefold().startswith("windows")


def derive_os_version(name: str) -> OsVersionFacts:
    """Return the catalogue's entry for ``name``, or what its wording tells of an unlisted version."""
    return find_os_version(name) or OsVersionFacts(
        name, _platform_by_wording(name), "Windows" if is_windows(name) else "Linux", _bits(name), proven=False
    )


def _platform_by_wording(name: str) -> str:
    if is_windows(name):
        return "Windows"
    prefixes = {"redhat": "Red Hat", "red hat": "Red Hat"} | {platform.casefold(): platform for platform in _PLATFORMS}
    return next((known for prefix, known in prefixes.items() if name.casefold().startswith(prefix)), "Other")


def _bits(name: str) -> int:
    return 32 if re.search(r"32 ?bit", name) else 64


def _folded(name: str) -> str:
    return name.replace(" (", "(")


def _entries() -> Iterator[OsVersionFacts]:
    for platform, proven, listed in _CATALOGUE:
        os_type = "Windows" if platform == "Windows" else "Linux"
        for names, is_proven in ((proven, True), (listed, False)):
            for name in names.strip().splitlines():
                yield OsVersionFacts(name.strip(), platform, os_type, _bits(name), is_proven)


# Each row: platform, the proven versions, the versions listed elsewhere.
_CATALOGUE: Final = (
    (
        "Windows",
        """
        Windows 10 64bit
        Windows 7 Enterprise 64bit
        Windows 7 Professional 32bit
        Windows 7 Professional 64bit
        Windows Server 2008 R2 Datacenter 64bit
        Windows Server 2008 R2 Enterprise 64bit
        Windows Server 2008 R2 Standard 64bit
        Windows Server 2008 R2 WEB 64bit
        Windows Server 2012 Datacenter 64bit
        Windows Server 2012 Essentials R2 64bit
        Windows Server 2012 R2 Datacenter 64bit
        Windows Server 2012 R2 Standard 64bit
        Windows Server 2012 Standard 64bit
        Windows Server 2016 Datacenter 64bit
        Windows Server 2016 Standard 64bit
        Windows Server 2019 Datacenter 64bit
        Windows Server 2019 Standard 64bit
        """,
        """
        Other Windows(32 bit)
        Other Windows(64 bit)
        Windows Server 2008 WEB R2 64bit
        Windows Server 2012 R2 Essentials 64bit
        Windows Server 2022 Datacenter 64bit
        Windows Server 2022 Standard 64bit
        """,
    ),
    (
        "SUSE",
        """
        SUSE Linux Enterprise Server 11 SP1 64bit
        SUSE Linux Enterprise Server 11 SP3 32bit
        SUSE Linux Enterprise Server 11 SP3 64bit
        SUSE Linux Enterprise Server 11 SP4 64bit
        SUSE Linux Enterprise Server 12 64bit
        SUSE Linux Enterprise Server 12 SP1 64bit
        SUSE Linux Enterprise Server 12 SP2 64bit
        SUSE Linux Enterprise Server 12 SP3 64bit
        SUSE Linux Enterprise Server 12 SP4 64bit
        SUSE Linux Enterprise Server 12 SP5 64bit
        SUSE Linux Enterprise Server 15 64bit
        SUSE Linux Enterprise Server 15 SP1 64bit
        """,
        """
        SUSE Linux Enterprise Server 15 SP2 64bit
        SUSE Linux Enterprise Server 15 SP3 64bit
        SUSE Linux Enterprise Server 15 SP4 64bit
        SUSE Linux Enterprise Server 15 SP5 64bit
        """,
    ),
    (
        "Oracle Linux",
        """
        Oracle Linux Server release 6.10 64bit
        Oracle Linux Server release 6.5 64bit
        Oracle Linux Server release 6.7 64bit
        Oracle Linux Server release 6.8 64bit
        Oracle Linux Server release 6.9 64bit
        Oracle Linux Server release 7.0 64bit
        Oracle Linux Server release 7.1 64bit
        Oracle Linux Server release 7.2 64bit
        Oracle Linux Server release 7.3 64bit
        Oracle Linux Server release 7.4 64bit
        Oracle Linux Server release 7.5 64bit
        Oracle Linux Server release 7.6 64bit
        """,
        "",
    ),
    (
        "Red Hat",
        """
        Redhat 7.6 64bit
        Redhat Linux Enterprise 6.10 64bit
        Redhat Linux Enterprise 6.4 32bit
        Redhat Linux Enterprise 6.4 64bit
        Redhat Linux Enterprise 6.5 64bit
        Redhat Linux Enterprise 6.6 32bit
        Redhat Linux Enterprise 6.6 64bit
        Redhat Linux Enterprise 6.7 64bit
        Redhat Linux Enterprise 6.8 64bit
        Redhat Linux Enterprise 6.9 64bit
        Redhat Linux Enterprise 7.0 64bit
        Redhat Linux Enterprise 7.1 64bit
        Redhat Linux Enterprise 7.2 64bit
        Redhat Linux Enterprise 7.3 64bit
        Redhat Linux Enterprise 7.4 64bit
        Redhat Linux Enterprise 7.5 64bit
        Redhat Linux Enterprise 7.6 64bit
        Redhat Linux Enterprise 8.0 64bit
        """,
        """
        Red Hat Linux Enterprise 6.10 64bit
        Red Hat Linux Enterprise 6.4 32bit
        Red Hat Linux Enterprise 6.4 64bit
        Red Hat Linux Enterprise 6.5 64bit
        Red Hat Linux Enterprise 6.6 32bit
        Red Hat Linux Enterprise 6.6 64bit
        Red Hat Linux Enterprise 6.7 64bit
        Red Hat Linux Enterprise 6.8 64bit
        Red Hat Linux Enterprise 6.9 64bit
        Red Hat Linux Enterprise 7.0 64bit
        Red Hat Linux Enterprise 7.1 64bit
        Red Hat Linux Enterprise 7.2 64bit
        Red Hat Linux Enterprise 7.3 64bit
        Red Hat Linux Enterprise 7.4 64bit
        Red Hat Linux Enterprise 7.5 64bit
        Red Hat Linux Enterprise 7.6 64bit
        Red Hat Linux Enterprise 8.0 64bit
        Red Hat Linux Enterprise 8.1 64bit
        Red Hat Linux Enterprise 8.2 64bit
        Red Hat Linux Enterprise 8.3 64bit
        Red Hat Linux Enterprise 8.4 64bit
        Red Hat Linux Enterprise 8.5 64bit
        Red Hat Linux Enterprise 8.6 64bit
        Red Hat Linux Enterprise 8.7 64bit
        Red Hat Linux Enterprise 9.0 64bit
        Red Hat Linux Enterprise 9.1 64bit
        """,
    ),
    (
        "Ubuntu",
        """
        Ubuntu 14.04 server 32bit
        Ubuntu 14.04 server 64bit
        Ubuntu 14.04.1 server 32bit
        Ubuntu 14.04.1 server 64bit
        Ubuntu 14.04.3 server 32bit
        Ubuntu 14.04.3 server 64bit
        Ubuntu 14.04.4 server 32bit
        Ubuntu 14.04.4 server 64bit
        Ubuntu 14.04.5 server 64bit
        Ubuntu 16.04 server 64bit
        Ubuntu 16.04.2 Server 64bit
        Ubuntu 16.04.2 server 64bit
        Ubuntu 16.04.3 Server 64bit
        Ubuntu 16.04.3 server 64bit
        Ubuntu 16.04.4 server 64bit
        Ubuntu 16.04.5 server 64bit
        Ubuntu 16.04.6 server 64bit
        Ubuntu 18.04 server 64bit
        Ubuntu 18.04.1 server 64bit
        Ubuntu 18.04.2 server 64bit
        Ubuntu 19.04 server 64bit
        Ubuntu 20.04 server 64bit
        """,
        """
        Ubuntu 14.04 Server 32bit
        Ubuntu 14.04 Server 64bit
        Ubuntu 14.04.1 Server 32bit
        Ubuntu 14.04.1 Server 64bit
        Ubuntu 14.04.3 Server 32bit
        Ubuntu 14.04.3 Server 64bit
        Ubuntu 14.04.4 Server 32bit
        Ubuntu 14.04.4 Server 64bit
        Ubuntu 14.04.5 Server 64bit
        Ubuntu 16.04 Server 64bit
        Ubuntu 16.04.4 Server 64bit
        Ubuntu 16.04.5 Server 64bit
        Ubuntu 16.04.6 Server 64bit
        Ubuntu 18.04 Server 64bit
        Ubuntu 18.04.1 Server 64bit
        Ubuntu 18.04.2 Server 64bit
        Ubuntu 19.04 Server 64bit
        Ubuntu 20.04 Server 64bit
        Ubuntu 22.04 Server 64bit
        Ubuntu 22.04 server 64bit
        Ubuntu 24.04 server 64bit
        """,
    ),
    (
        "OpenSUSE",
        """
        openSUSE 11.3 64bit
        openSUSE 13.2 64bit
        openSUSE 15.0 64bit
        openSUSE 15.1 64bit
        openSUSE 42.1 64bit
        openSUSE 42.2 64bit
        openSUSE 42.3 64bit
        """,
        """
        openSUSE 15.0 64bit with ARM
        openSUSE 15.2 64bit
        openSUSE 15.3 64bit
        openSUSE 15.4 64bit
        openSUSE 15.5 64bit
        """,
    ),
    (
        "CentOS",
        """
        CentOS 6.10 32bit
        CentOS 6.10 64bit
        CentOS 6.3 32bit
        CentOS 6.3 64bit
        CentOS 6.4 32bit
        CentOS 6.4 64bit
        CentOS 6.5 32bit
        CentOS 6.5 64bit
        CentOS 6.6 32bit
        CentOS 6.6 64bit
        CentOS 6.7 32bit
        CentOS 6.7 64bit
        CentOS 6.8 64bit
        CentOS 6.9 32bit
        CentOS 6.9 64bit
        CentOS 7.0 32bit
        CentOS 7.0 64bit
        CentOS 7.1 64bit
        CentOS 7.2 64bit
        CentOS 7.3 64bit
        CentOS 7.4 64bit
        CentOS 7.5 64bit
        CentOS 7.6 64bit
        CentOS 7.7 64bit
        CentOS 8.0 64bit
        """,
        """
        CentOS 7.4 64bit with ARM
        CentOS 7.5 64bit with ARM
        CentOS 7.6 64bit with ARM
        CentOS 7.8 64bit
        CentOS 7.9 64bit
        CentOS 8.0 64bit with ARM
        CentOS 8.1 64bit
        CentOS 8.2 64bit
        CentOS 8.3 64bit
        CentOS 8.4 64bit
        CentOS 8.5 64bit
        """,
    ),
    (
        "CentOS",
        "",
        """
        CentOS Stream 8.6 64bit
        CentOS Stream 9.6 64bit
        """,
    ),
    (
        "Debian",
        """
        Debian GNU/Linux 10.0.0 64bit
        Debian GNU/Linux 8.1.0 64bit
        Debian GNU/Linux 8.10.0 64bit
        Debian GNU/Linux 8.2.0 64bit
        Debian GNU/Linux 8.4.0 64bit
        Debian GNU/Linux 8.5.0 64bit
        Debian GNU/Linux 8.6.0 64bit
        Debian GNU/Linux 8.7.0 64bit
        Debian GNU/Linux 8.8.0 64bit
        Debian GNU/Linux 9.0.0 64bit
        Debian GNU/Linux 9.3.0 64bit
        """,
        """
        Debian GNU/Linux 10.1.0 64bit
        Debian GNU/Linux 10.10.0 64bit
        Debian GNU/Linux 10.11.0 64bit
        Debian GNU/Linux 10.12.0 64bit
        Debian GNU/Linux 10.13.0 64bit
        Debian GNU/Linux 10.2.0 64bit
        Debian GNU/Linux 10.3.0 64bit
        Debian GNU/Linux 10.4.0 64bit
        Debian GNU/Linux 10.5.0 64bit
        Debian GNU/Linux 10.6.0 64bit
        Debian GNU/Linux 10.7.0 64bit
        Debian GNU/Linux 10.8.0 64bit
        Debian GNU/Linux 10.9.0 64bit
        Debian GNU/Linux 11.0.0 64bit
        Debian GNU/Linux 11.1.0 64bit
        Debian GNU/Linux 11.2.0 64bit
        Debian GNU/Linux 11.3.0 64bit
        Debian GNU/Linux 11.4.0 64bit
        Debian GNU/Linux 11.5.0 64bit
        Debian GNU/Linux 11.6.0 64bit
        Debian GNU/Linux 11.7.0 64bit
        Debian GNU/Linux 12.0.0 64bit
        """,
    ),
    (
        "Fedora",
        """
        Fedora 22 64bit
        Fedora 23 64bit
        Fedora 24 64bit
        Fedora 25 64bit
        Fedora 26 64bit
        Fedora 27 64bit
        Fedora 28 64bit
        Fedora 29 64bit
        Fedora 30 64bit
        """,
        """
        Fedora 29 64bit with ARM
        Fedora 31 64bit
        Fedora 32 64bit
        Fedora 33 64bit
        Fedora 34 64bit
        Fedora 35 64bit
        Fedora 36 64bit
        Fedora 37 64bit
        Fedora 38 64bit
        Fedora 39 64bit
        """,
    ),
    (
        "EulerOS",
        """
        EulerOS 2.1 64bit
        EulerOS 2.2 64bit
        EulerOS 2.3 64bit
        EulerOS 2.5 64bit
        EulerOS 2.9 64bit
        """,
        """
        EulerOS 2.10 64bit
        EulerOS 2.11 64bit
        EulerOS 2.12 64bit
        EulerOS 2.7 64bit
        EulerOS 2.8 64bit
        EulerOS 2.8 64bit with ARM
        """,
    ),
    (
        "Other",
        """
        openEuler 20.03 64bit
        """,
        """
        openEuler 20.03 64bit with ARM
        openEuler 20.03 SP1 64bit
        openEuler 20.03 SP2 64bit
        openEuler 20.03 SP3 64bit
        openEuler 22.03 64bit
        openEuler 22.03 SP1 64bit
        """,
    ),
    (
        "Other",
        """
        NeoKylin 7.4 64bit
        NeoKylin Linux Advanced Server release 7.0 U5 64bit
        NeoKylin Server release 5.0 U2 64bit
        """,
        "",
    ),
    (
        "CoreOS",
        """
        CoreOS 1010.5.0
        CoreOS 1068.10.0
        CoreOS 1298.6.0
        """,
        "",
    ),
    (
        "Other",
        "",
        """
        Rocky Linux 8.3 64bit
        Rocky Linux 8.4 64bit
        Rocky Linux 8.5 64bit
        Rocky Linux 8.6 64bit
        Rocky Linux 8.7 64bit
        Rocky Linux 8.8 64bit
        Rocky Linux 9.0 64bit
        Rocky Linux 9.1 64bit
        Rocky Linux 9.2 64bit
        """,
    ),
    (
        "Other",
        "",
        """
        FreeBSD 11.0 64bit
        FreeBSD 11.1 64bit
        FreeBSD 11.2 64bit
        FreeBSD 11.3 64bit
        FreeBSD 11.4 64bit
        FreeBSD 12.0 64bit
        FreeBSD 12.1 64bit
        FreeBSD 12.2 64bit
        FreeBSD 12.3 64bit
        FreeBSD 12.4 64bit
        FreeBSD 13.0 64bit
        FreeBSD 13.1 64bit
        FreeBSD 13.2 64bit
        """,
    ),
    (
        "Other",
        "",
        """
        Huawei Cloud EulerOS 2.0 64bit
        """,
    ),
    (
        "Other",
        """
        Other Linux (64 bit)
        Other(32 bit)
        """,
        """
        Other (64 bit)
        Other Linux(32 bit)
        """,
    ),
)

OS_VERSIONS: Final = tuple(_entries())
"""Every known version, Windows included."""

IMAGE_OS_VERSIONS: Final = tuple(version for version in OS_VERSIONS if version.os_type != "Windows")
"""The versions that image metadata can be created for."""

_BY_NAME: Final = {_folded(version.name): version for version in OS_VERSIONS}
_PLATFORMS: Final = tuple(dict.fromkeys(version.platform for version in OS_VERSIONS))
