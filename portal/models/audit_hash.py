"""The hash of a row of the audit trail; docs/decisions/audit-chain.md says what it proves."""

import hashlib
import ipaddress
import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from django.db import models

# What the fingerprint covers, in this order: all of a row except its id, which the seals cover.
CONTENT = (
    "at",
    "actor_id",
    "actor_name",
    "actor_role",
    "verb",
    "object_type",
    "object_id",
    "patient_id",
    "changes",
    "request_id",
    "address",
)


class RowHashField(models.BinaryField):
    """Set when the row is inserted, one by one or in bulk; nothing else can write it."""

    def pre_save(self, instance, add):
        if add:
            values = [getattr(instance, name) for name in CONTENT]
            setattr(instance, self.attname, content_hash(values))
        return super().pre_save(instance, add)


def content_hash(values: Sequence[Any]) -> bytes:
    """SHA-256 of the canonical JSON of CONTENT: the same for a row to be written and for one that
    was read, on either database."""
    at, actor_id, name, role, verb, kind, object_id, patient_id, changes, request_id, address = (
        values
    )
    content = [
        at.astimezone(UTC).isoformat(),
        actor_id,
        str(name),
        str(role),
        str(verb),
        str(kind),
        object_id,
        patient_id,
        _plain(changes),
        str(request_id),
        str(ipaddress.ip_address(address)) if address else None,
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def _plain(changes: Any) -> Any:
    """As the database gives it back: keys are text, and PostgreSQL turns 1e20 into a whole
    number."""
    return json.loads(json.dumps(changes), parse_float=_number)


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number
