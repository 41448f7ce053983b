"""What an answer lets caches do."""

NEVER = {"no-store", "private"}


def caching(response) -> set[str]:
    return set(response.get("Cache-Control", "").split(", ")) - {""}
