"""What search engines are told, in all parts together."""

import lxml.etree

INDEX = "/sitemap.xml"
ORIGIN = "http://localhost:8000"


def entries(client, address):
    """Addresses and dates that a sitemap or an index names."""
    root = lxml.etree.fromstring(client.get(address).content)
    return {found.findtext("{*}loc"): found.findtext("{*}lastmod") for found in root}


def sitemap_addresses(client):
    """The index and every part that it names."""
    return [INDEX, *(name.removeprefix(ORIGIN) for name in entries(client, INDEX))]


def sitemap_text(client):
    """The index and every part, as they are sent."""
    return "".join(client.get(each).text for each in sitemap_addresses(client))
