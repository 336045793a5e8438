"""Where a request came from, as far as it can be believed."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

# What one household or office has of the newer addresses.
HOME_PREFIX = 64


def address_of(request: HttpRequest) -> str:
    """The address that the request came from, as far as we can believe it.

    Each proxy adds whom it heard to the end of X-Forwarded-For; what stands before
    that is the sender's to invent. `PROXY_COUNT` says how many proxies are ours.
    """
    heard: str = request.META.get("REMOTE_ADDR", "")
    said = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < settings.PROXY_COUNT <= len(said):
        return said[-settings.PROXY_COUNT].strip() or heard
    return heard


def network_of(address: str) -> str:
    """The network of an address: itself, or the /64 of a newer one; "" of nonsense."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found.packed, HOME_PREFIX), strict=False))
