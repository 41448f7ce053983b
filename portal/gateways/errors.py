"""Errors of external services."""


class Unreachable(Exception):
    """A temporary failure: the same message may be accepted later."""


class Refused(Exception):
    """A permanent failure: the address is wrong, or the provider does not deliver this message."""


class Forged(Exception):
    """A report without a valid signature of the provider."""
