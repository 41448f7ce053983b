"""A cheap source of HTTP requests, in a process of its own: `python -m tests.bench.load`.

Reads one line of JSON from its standard input for each burst, and answers with one line:
`{"port": …, "requests": [text, …], "seconds": …, "at_once": …}` sends them round and round for that
long; without `seconds` each is sent once. gunicorn's sync workers close after each answer, so every
request has a connection of its own.
"""

import json
import selectors
import socket
import sys
import time
from collections import Counter
from itertools import cycle


def burst(port: int, requests: list[bytes], seconds: float | None, at_once: int) -> dict:
    """Keep `at_once` requests under way until the time is over or all are sent."""
    source = cycle(requests) if seconds else iter(requests)
    selector = selectors.DefaultSelector()
    statuses, latencies = Counter(), []
    started = time.perf_counter()
    deadline = started + seconds if seconds else float("inf")
    under_way = sum(_send(selector, port, source) for _connection in range(at_once))
    while under_way:
        for key, _event in selector.select():
            data = key.fileobj.recv(262144)
            if data:
                key.data["head"] = key.data["head"] or data[9:12].decode()
                continue
            selector.unregister(key.fileobj)
            key.fileobj.close()
            now = time.perf_counter()
            statuses[key.data["head"]] += 1
            latencies.append(now - key.data["since"])
            under_way -= 1
            if now < deadline:
                under_way += _send(selector, port, source)
    return {
        "seconds": time.perf_counter() - started,
        "statuses": statuses,
        "latencies": latencies,
    }


def _send(selector, port: int, source) -> int:
    """Send the next request; 0 when there is none left."""
    request = next(source, None)
    if request is None:
        return 0
    since = time.perf_counter()
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(request)
    selector.register(connection, selectors.EVENT_READ, {"since": since, "head": ""})
    return 1


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        requests = [text.encode() for text in order["requests"]]
        print(
            json.dumps(burst(order["port"], requests, order["seconds"], order["at_once"])),
            flush=True,
        )


if __name__ == "__main__":
    main()
