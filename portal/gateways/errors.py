"""What the outside world answers when it takes nothing, or when it is somebody else."""


class Unreachable(Exception):
    """Not now: the same message may be taken later."""


class Refused(Exception):
    """Never: the address is wrong, or the provider will not carry this message."""


class Forged(Exception):
    """A report that does not carry the provider's signature."""
