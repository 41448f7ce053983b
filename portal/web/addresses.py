"""From which address a request comes. Its headers are written by whoever sends it."""

import ipaddress
import re

from django.conf import settings

_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[^:]+):\d+")
IPV6_PREFIX = 64  # what one household or one machine is given


def client_address(request) -> str | None:
    """The caller's address: the one that the outermost trusted proxy saw, or else the peer's.

    `TRUSTED_PROXIES` counts from the right; what stands further left anybody may have made up.
    None if neither is an address, for example behind a proxy that speaks by a socket file.
    """
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        seen = parsed(hops[-proxies]) if len(hops) >= proxies else None
        if seen:
            return seen
    return parsed(request.META.get("REMOTE_ADDR") or "")


def parsed(text: str) -> str | None:
    """The address as everybody writes it, without a port, brackets and zone; None for rubbish."""
    text = text.strip().strip('"')
    found = _WITH_PORT.fullmatch(text)
    bare = (found["v6"] or found["v4"]) if found else text
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def household(address: str | None) -> str:
    """What is counted as one caller: an IPv4 address, or the whole network of an IPv6 address."""
    if address is None or ":" not in address:
        return address or "unknown"
    network = ipaddress.ip_network(f"{address}/{IPV6_PREFIX}", strict=False)
    return str(network.network_address)
