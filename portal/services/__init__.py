"""The only writers: a verb each, in the module of its noun. See docs/architecture.md."""
