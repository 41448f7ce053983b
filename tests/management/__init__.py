from datetime import UTC, datetime

NOON_ON_WEDNESDAY = datetime(2026, 11, 18, 11, tzinfo=UTC)  # in Madrid
