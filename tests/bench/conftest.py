"""The benchmark starts a PostgreSQL of its own, so its test is there in that run only."""


def pytest_ignore_collect(collection_path, config):
    return True if config.option.database != "postgresql" else None
