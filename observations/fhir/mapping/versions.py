"""A resource's version is a digest of what it says: alike means unchanged, whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import msgspec

Resource = dict[str, Any]


def versioned(resource: Resource, updated_at: datetime | None = None) -> Resource:
    """With its `meta`, behind type and id as FHIR orders them."""
    said = msgspec.json.encode(resource, order="sorted")
    meta: Resource = {"versionId": blake2b(said, digest_size=8).hexdigest()}
    if updated_at is not None:
        meta["lastUpdated"] = updated_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    first = {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta}
    return first | resource


def etag_of(resource: Resource) -> str:
    return f'W/"{resource["meta"]["versionId"]}"'
