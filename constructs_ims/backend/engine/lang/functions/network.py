"""Functions on IP prefixes, as Go's standard library and its ``cidr`` package count addresses."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from constructs_ims.backend.engine.lang.functions.registry import FunctionError, Parameter, function, whole
from constructs_ims.backend.engine.lang.typed import TfList, Value
from constructs_ims.schema.types import NUMBER, STRING, ListType

_PREFIX: Final = Parameter("prefix", STRING)
_LARGEST: Final = (1 << 64) - 1
"""Of larger numbers Go compares the last 64 bits alone."""
_MOST_NEW_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class _Prefix:
    """An address of ``bits`` bits (32 or 128) of which the first ``length`` count."""

    address: int
    bits: int
    length: int

    @property
    def is_mapped(self) -> bool:
        """Whether an IPv4 address stands inside an IPv6 one, which is then written as IPv4."""
        return self.bits == 128 and self.address >> 32 == 0xFFFF

    def __str__(self) -> str:
        return f"{self.address_text()}/{max(self.length - 96, 0) if self.is_mapped else self.length}"

    def address_text(self) -> str:
        if self.bits == 32 or self.is_mapped:
            return str(ipaddress.IPv4Address(self.address & 0xFFFFFFFF))
        return str(ipaddress.IPv6Address(self.address))

    def mask(self) -> int:
        return ((1 << self.length) - 1) << (self.bits - self.length)

    def last(self) -> int:
        """Return the last address."""
        return self.address | ((1 << self.bits) - 1) ^ self.mask()

    def around(self, address: int, length: int) -> _Prefix:
        """Return the prefix of ``length`` that an address lies in; addresses count round."""
        whole_length = _Prefix(address % (1 << self.bits), self.bits, length)
        return _Prefix(whole_length.address & whole_length.mask(), self.bits, length)

    def with_number(self, number: int, length: int) -> _Prefix:
        """Return the prefix of ``length`` with a number written into the bits before its end.

        Of a negative one Go writes the size of what comes out, and so do we.
        """
        address = abs(self.address | number << max(self.bits - length, 0))
        if address >= 1 << self.bits:
            raise FunctionError(f"the number {number} does not fit into an address of {self.bits} bits")
        return _Prefix(address, self.bits, length)


def _prefix(text: str, argument: int | None = None) -> _Prefix:
    """Read a prefix; leading zeros in IPv4 are decimal, as Terraform reads them."""
    address, _, length = text.partition("/")
    fault = FunctionError(f"invalid CIDR expression: invalid CIDR address: {text}", argument)
    if not (length.isascii() and length.isdecimal() and len(length) < 8) or "%" in address:
        raise fault
    try:
        given = ipaddress.ip_address(_without_zeros(address))
    except ValueError:
        raise fault from None
    whole_length = _Prefix(int(given), given.max_prefixlen, int(length))
    if whole_length.length > whole_length.bits:
        raise fault
    return whole_length.around(whole_length.address, whole_length.length)


def _without_zeros(address: str) -> str:
    if ":" in address:
        return address
    return ".".join(part.lstrip("0") or "0" if part.isdecimal() else part for part in address.split("."))


def _any_whole(number: Value) -> int:
    """Return a whole number of any size, or refuse it."""
    if type(number) is not int:
        raise FunctionError("value must be a whole number")
    return number


@function("cidrhost", _PREFIX, Parameter("hostnum", NUMBER), result=STRING)
def cidrhost(prefix: str, number: Value) -> str:
    """Return the address of a host in a prefix; a negative number counts from the end."""
    host, network = _any_whole(number), _prefix(prefix)
    last_host = (1 << (network.bits - network.length)) - 1
    distance = host & _LARGEST if host >= 0 else -host - 1
    host = host if host >= 0 else last_host - distance
    if distance > last_host:
        raise FunctionError(f"prefix of {network.length} does not accommodate a host numbered {host}")
    return network.with_number(host, 32 if network.is_mapped else network.bits).address_text()


@function("cidrnetmask", _PREFIX, result=STRING)
def cidrnetmask(prefix: str) -> str:
    """Return the mask of an IPv4 prefix."""
    network = _prefix(prefix)
    if network.bits == 128 and not network.is_mapped:
        raise FunctionError("IPv6 addresses cannot have a netmask: " + prefix)
    return _Prefix(network.mask(), network.bits, network.bits).address_text()


@function("cidrsubnet", _PREFIX, Parameter("newbits", NUMBER), Parameter("netnum", NUMBER), result=STRING)
def cidrsubnet(prefix: str, new_bits: Value, number: Value) -> str:
    """Return the subnet of a number, ``newbits`` longer than its prefix."""
    bits, net, network = whole(new_bits), _any_whole(number), _prefix(prefix)
    length = network.length + bits
    if length > network.bits:
        raise FunctionError(f"insufficient address space to extend prefix of {network.length} by {bits}")
    if abs(net) & _LARGEST > ((1 << bits) - 1 if bits >= 0 else _LARGEST) or length < 0:
        raise FunctionError(f"prefix extension of {bits} does not accommodate a subnet numbered {net}")
    return str(network.with_number(net, length))


@function("cidrsubnets", _PREFIX, variadic=Parameter("newbits", NUMBER), result=ListType(STRING))
def cidrsubnets(prefix: str, *new_bits: Value) -> Value:
    """Return subnets of the given lengths, one after the other."""
    network = _prefix(prefix, 0)
    if not new_bits:
        return TfList([], STRING)
    first_length = min(max(network.length + whole(new_bits[0], 1), 0), network.bits)
    current = network.around(network.address - 1, first_length)
    subnets: list[str] = []
    for position, given in enumerate(new_bits, start=1):
        length = _subnet_length(network, whole(given, position), position)
        following = current.around(current.around(current.last(), length).last() + 1, length)
        if following.address == 0 or following.address & network.mask() != network.address:
            raise FunctionError(_NO_ROOM.format(prefix=current, length=length), position)
        current = following
        subnets.append(str(current))
    return TfList(subnets, STRING)


def _subnet_length(network: _Prefix, bits: int, position: int) -> int:
    if bits < 1:
        raise FunctionError("must extend prefix by at least one bit", position)
    if bits > _MOST_NEW_BITS:
        raise FunctionError(f"may not extend prefix by more than {_MOST_NEW_BITS} bits", position)
    length = network.length + bits
    if length > network.bits:
        protocol = "IPv4" if network.bits == 32 else "IPv6"
        kind = f"would extend prefix to {length} bits, which is too long for an {protocol} address"
        raise FunctionError(kind, position)
    return length


_NO_ROOM: Final = "not enough remaining address space for a subnet with a prefix of {length} bits after {prefix}"
