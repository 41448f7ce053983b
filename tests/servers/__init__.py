"""The real portal as separate processes, for tests of what happens between processes."""
