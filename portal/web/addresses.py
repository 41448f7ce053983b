"""The client address of a request. Clients can forge headers, so only trusted proxies count."""

import ipaddress
import re

from django.conf import settings

_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[^:]+):\d+")
IPV6_PREFIX = 64  # what one network_of or one machine is given


def client_address(request) -> str | None:
    """The address that the outermost trusted proxy saw, or else the peer address.

    TRUSTED_PROXIES counts hops of X-Forwarded-For from the right; hops further left can be forged.
    None if neither is an address, for example behind a proxy that connects through a Unix socket.
    """
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        seen = parsed(hops[-proxies]) if len(hops) >= proxies else None
        if seen:
            return seen
    return parsed(request.META.get("REMOTE_ADDR") or "")


def parsed(text: str) -> str | None:
    """The address in its canonical form, without port, brackets and zone; None if it is none."""
    text = text.strip().strip('"')
    found = _WITH_PORT.fullmatch(text)
    bare = (found["v6"] or found["v4"]) if found else text
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def network_of(address: str | None) -> str:
    """What counts as one client: an IPv4 address, or the /64 network of an IPv6 address."""
    if address is None or ":" not in address:
        return address or "unknown"
    network = ipaddress.ip_network(f"{address}/{IPV6_PREFIX}", strict=False)
    return str(network.network_address)
