"""The outside world, and the local stand-ins that a single machine starts with."""
