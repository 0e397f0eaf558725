"""Makes the uploads, waits for the word, sends them, checks every answer and tells what it saw.

Reads one line of JSON on standard input, says "ready", reads "go", and writes one line of JSON.
"""

import gc
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.load import senders, tutorial, uploads
from bench.load.uploads import Made


def main() -> None:
    told = json.loads(sys.stdin.readline())
    made, expected = _made(told)
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    if sys.stdin.readline().strip() != "go":
        return
    began, cpu = time.time(), time.process_time()
    answers = _send(told, made)
    spent, ended = time.process_time() - cpu, time.time()
    seen = {
        "posts": len(made.requests),
        "fresh": made.fresh,
        "again": made.again,
        "began": began,
        "ended": ended,
        "took": answers.took,
        "cpu": spent,
        "latency_ms": latencies(list(answers.seconds)),
        "refused": _checked(answers.raw, made, expected, told["receipts"]),
    }
    print(json.dumps(seen), flush=True)


def _made(told: dict[str, Any]) -> tuple[Made, bytes]:
    if "tutorial" in told:
        return tutorial.make(told["tutorial"]), b"201"
    return uploads.make(uploads.read_plan(told["plan"]), told["host"]), uploads.EXPECTED


def _send(told: dict[str, Any], made: Made) -> senders.Answers:
    address = (told["host"], told["port"])
    if told["posts_a_second"]:
        return senders.offered(address, made.requests, told["clients"], told["posts_a_second"])
    return senders.closed(address, made.requests, told["clients"])


def latencies(seconds: list[float]) -> dict[str, float]:
    in_order = sorted(seconds)
    last = len(in_order) - 1
    shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999, "most": 1.0}
    return {name: in_order[round(share * last)] * 1000 for name, share in shares.items()}


def _checked(
    raw: list[tuple[int, bytes]], made: Made, expected: bytes, receipts: str
) -> dict[str, int]:
    """Refusals by status; each acceptance must be of all that was sent, with a receipt of its own,
    which goes into the file."""
    refused: Counter[str] = Counter()
    given: list[str] = []
    for number, answer in raw:
        status = answer[9:12]
        if status != expected:
            refused[status.decode()] += 1
        elif expected == uploads.EXPECTED:
            told = json.loads(answer[answer.index(b"\r\n\r\n") :])
            assert told["received"] == made.expected[number], told
            given.append(told["receipt"])
    assert len(set(given)) == len(given), "a receipt was given twice"
    Path(receipts).write_text("\n".join(given))
    return dict(refused)


if __name__ == "__main__":
    main()
