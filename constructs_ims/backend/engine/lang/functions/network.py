"""Functions on IP prefixes."""

from __future__ import annotations

import ipaddress
from typing import Final, TypeAlias

from constructs_ims.backend.engine.lang.functions.registry import FunctionError, Parameter, function, whole
from constructs_ims.backend.engine.lang.typed import TfList, Value
from constructs_ims.schema.types import NUMBER, STRING, ListType

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_PREFIX: Final = Parameter("prefix", STRING)


def _network(text: str, argument: int | None = None) -> Network:
    """Read a prefix; leading zeros in IPv4 are decimal, as Terraform reads them."""
    address, slash, length = text.partition("/")
    if not slash or not length.isdecimal():
        raise FunctionError(f"invalid CIDR expression: invalid CIDR address: {text}", argument)
    try:
        return ipaddress.ip_network(f"{_decimal(address)}/{length}", strict=False)
    except ValueError:
        raise FunctionError(f"invalid CIDR expression: invalid CIDR address: {text}", argument) from None


def _any_whole(number: Value) -> int:
    """Return a whole number of any size, or refuse it."""
    if type(number) is not int:
        raise FunctionError("value must be a whole number")
    return number


def _decimal(address: str) -> str:
    if ":" in address:
        return address
    return ".".join(part.lstrip("0") or "0" if part.isdecimal() else part for part in address.split("."))


@function("cidrhost", _PREFIX, Parameter("hostnum", NUMBER), result=STRING)
def cidrhost(prefix: str, number: Value) -> str:
    """Return the address of a host in a prefix; a negative number counts from the end."""
    host, network = _any_whole(number), _network(prefix)
    size = network.num_addresses
    if not -size <= host < size:
        shown = host if host >= 0 else host + size
        raise FunctionError(f"prefix of {network.prefixlen} does not accommodate a host numbered {shown}")
    return str(network.network_address + host % size)


@function("cidrnetmask", _PREFIX, result=STRING)
def cidrnetmask(prefix: str) -> str:
    """Return the mask of an IPv4 prefix."""
    network = _network(prefix)
    if network.version == 6:
        raise FunctionError("IPv6 addresses cannot have a netmask: " + prefix)
    return str(network.netmask)


@function("cidrsubnet", _PREFIX, Parameter("newbits", NUMBER), Parameter("netnum", NUMBER), result=STRING)
def cidrsubnet(prefix: str, new_bits: Value, number: Value) -> str:
    """Return the subnet of a number, ``newbits`` longer than its prefix."""
    bits, net, network = whole(new_bits), _any_whole(number), _network(prefix)
    length = network.prefixlen + bits
    if length > network.max_prefixlen:
        raise FunctionError(f"insufficient address space to extend prefix of {network.prefixlen} by {bits}")
    if bits < 0 or not -(1 << bits) <= net < 1 << bits:
        raise FunctionError(f"prefix extension of {bits} does not accommodate a subnet numbered {net}")
    step = 1 << (network.max_prefixlen - length)
    return f"{network.network_address + net % (1 << bits) * step}/{length}"


@function("cidrsubnets", _PREFIX, variadic=Parameter("newbits", NUMBER), result=ListType(STRING))
def cidrsubnets(prefix: str, *new_bits: Value) -> Value:
    """Return subnets of the given lengths, one after the other."""
    network = _network(prefix, 0)
    start = int(network.network_address)
    subnets: list[str] = []
    for position, given in enumerate(new_bits, start=1):
        length = _subnet_length(network, whole(given, position), position)
        size = 1 << (network.max_prefixlen - length)
        start = -(-start // size) * size
        if start + size > int(network.network_address) + network.num_addresses:
            raise FunctionError(_NO_ROOM.format(prefix=(subnets or [prefix])[-1], length=length), position)
        subnets.append(f"{type(network.network_address)(start)}/{length}")
        start += size
    return TfList(subnets, STRING)


def _subnet_length(network: Network, bits: int, position: int) -> int:
    if bits < 1:
        raise FunctionError("must extend prefix by at least one bit", position)
    if bits > 32 and network.version == 4:
        raise FunctionError("may not extend prefix by more than 32 bits", position)
    length = network.prefixlen + bits
    if length > network.max_prefixlen:
        kind = f"would extend prefix to {length} bits, which is too long for an IPv{network.version} address"
        raise FunctionError(kind, position)
    return length


_NO_ROOM: Final = "not enough remaining address space for a subnet with a prefix of {length} bits after {prefix}"
