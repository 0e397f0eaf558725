"""The same readings as the tutorial design takes them: one a request."""

import json
import random
from datetime import UTC, datetime
from typing import Any

from bench.load.uploads import SET, Made


def make(told: dict[str, Any]) -> Made:
    chance = random.Random(told["seed"])
    at = datetime.now(UTC).isoformat()
    made = Made([], [])
    for number in range(told["readings"]):
        kind, unit, usual, spread = SET[number % len(SET)]
        reading = {
            "patient": chance.choice(told["patients"]),
            "kind": kind,
            "value": round(usual + chance.uniform(-spread, spread), 1),
            "unit": unit,
            "measured_at": at,
        }
        made.requests.append(_request(told["token"], json.dumps(reading).encode()))
        made.expected.append(1)
        made.fresh += 1
    return made


def _request(token: str, body: bytes) -> bytes:
    return (
        f"POST /api/readings/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
