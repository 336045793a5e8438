"""Which addresses the site may ask: those of the public internet and no others.

For IPv6 the rule is turned round: the one range that is given out to the public is
allowed, less what tunnels, translates or documents, so that no new range slips through.
"""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_PUBLIC_IPV6 = IPv6Network("2000::/3")
_NOT_PUBLIC_IPV6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # Teredo, benchmarks, ORCHID and other protocols
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: any IPv4 address in disguise
            "3fff::/20",  # documentation
        ),
    )
)
_NOT_PUBLIC_IPV4 = tuple(
    map(
        ip_network,
        (
            "100.64.0.0/10",  # carriers' own networks, and a metadata service
            "168.63.129.16/32",  # a metadata service with a public address
            "192.0.0.0/24",  # protocols
            "192.88.99.0/24",  # relays of 6to4
        ),
    )
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_NAME = 253


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; False for what is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        # A scope (`fe80::1%eth0`) belongs to a local network by definition.
        public = found.scope_id is None and found in _PUBLIC_IPV6
        return public and not any(found in network for network in _NOT_PUBLIC_IPV6)
    return (
        found.is_global
        and not found.is_multicast
        and not found.is_reserved
        and not any(found in network for network in _NOT_PUBLIC_IPV4)
    )


def clean_host(host: str) -> str:
    """The host as it is asked for: a full name in ASCII, or an IP address as usually written.

    Raises: ValueError for a name without a dot, and for numbers that some systems
        take for an address (`2130706433`, `0x7f.1`, `0177.0.0.1`).
    """
    if ":" in host:
        return str(IPv6Address(host))
    try:
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as error:
        raise ValueError("not a host name") from error
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # Raises for all but four decimal numbers without leading zeros.
        return str(IPv4Address(name))
    if len(labels) < 2 or len(name) > _LONGEST_NAME:
        raise ValueError("not a full host name")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("not a host name")
    return name
