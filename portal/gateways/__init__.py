"""Connections to external services, and local replacements for a single machine."""
