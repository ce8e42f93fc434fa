"""What must hold before anything is timed: all contenders give the same answers."""

import gzip, json

from .data import ONE, WILLOW, key
from .processes import Failure, ask


def normal(body):
    """JSON with its members in order and without spaces."""
    return json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def same_answers(reference, others):
    """List and package of a demo tenant and of two generated ones; wrong keys are refused."""
    questions = [(path, {"X-Tenant-Key": tenant}) for tenant, path in (
        (WILLOW["X-Tenant-Key"], "/packages"), (WILLOW["X-Tenant-Key"], ONE), (key(1), "/packages"),
        (key(1), "/packages/package-3"), (key(777), "/packages"), (key(777), "/packages/package-19"))]
    for path, headers in questions:
        expected = ask(reference.port, path, headers)
        if expected[0] != 200:
            raise Failure(f"{reference.name} answers {path} with {expected[0]}")
        for other in others:
            for _ in range(2):  # the load, and what was kept of it
                status, _, body = ask(other.port, path, headers)
                if status != 200 or normal(body) != normal(expected[2]):
                    raise Failure(f"{other.name} answers {path} otherwise than {reference.name}: {status} {body[:300]}")
    wrong = key(1)[:-1] + "f"
    for server in [reference, *others]:
        for headers in ({}, {"X-Tenant-Key": wrong}):
            if ask(server.port, "/packages", headers)[0] != 401:
                raise Failure(f"{server.name} does not refuse a key that is missing or unknown")


def same_bytes(reference, others):
    """Servers of constants give what the reference gives, byte for byte."""
    expected = ask(reference.port, "/packages", WILLOW)[2]
    for other in others:
        if ask(other.port, "/packages", WILLOW)[::2] != (200, expected):
            raise Failure(f"{other.name} does not give the bytes of {reference.name}")


def forms(server):
    """The gzip form is the same JSON, and the tag brings 304; returns the tag and the sizes of the forms."""
    _, headers, body = ask(server.port, "/packages", WILLOW)
    _, packed_headers, packed = ask(server.port, "/packages", WILLOW | {"Accept-Encoding": "gzip"})
    if packed_headers.get("content-encoding") != "gzip" or gzip.decompress(packed) != body:
        raise Failure(f"{server.name} does not give gzip of the same bytes")
    if ask(server.port, "/packages", WILLOW | {"If-None-Match": headers["etag"]})[::2] != (304, b""):
        raise Failure(f"{server.name} does not give 304")
    one = ask(server.port, ONE, WILLOW)[2]
    lists = [len(ask(server.port, "/packages", {"X-Tenant-Key": key(number)})[2]) for number in range(1, 31)]
    return headers["etag"], {"list": len(body), "gzip": len(packed), "package": len(one),
                             "lists": round(sum(lists) / len(lists))}
