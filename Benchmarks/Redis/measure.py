#!/usr/bin/env python3
"""Measures the Redis client against redis-benchmark and redis.asyncio on the same server, in interleaved rounds.

    make bench-redis                              # in the project's folder: builds, then measures for two minutes
    python3 measure.py [--rounds 5] [--seconds 3] # once it is built

Needs redis-server, redis-benchmark and openssl; redis.asyncio with hiredis is installed from PyPI into a folder of its
own. Only ratios mean anything: every contender runs in every round, and each round in another order.
"""

import argparse
import json
import os
import pathlib
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
PROGRAM = HERE / ".build/release/RedisBenchmark"
TASKS = 64
# glibc gives the end of its heap back whenever it is free, and asks for it again at once when values are freed on other
# threads than those they came from. The measured program runs with these; `tenantry` itself does not set them.
KEPT_HEAP = os.environ | {"MALLOC_TRIM_THRESHOLD_": str(256 << 20), "MALLOC_TOP_PAD_": str(16 << 20)}
SIZES = {"1 KB": 1024, "12 KB": 12288}

ASYNCIO = """
import asyncio, resource, sys, time
import redis.asyncio as redis

async def main(port, key, size, seconds, tasks):
    client = redis.Redis(port=port, max_connections=tasks)
    count, end = 0, 0
    async def loop():
        nonlocal count
        while time.perf_counter() < end:
            assert len(await client.get(key)) == size
            count += 1
    end = time.perf_counter() + 0.5
    await asyncio.gather(*(loop() for _ in range(tasks)))
    count, before, start = 0, time.process_time(), time.perf_counter()
    end = start + seconds
    await asyncio.gather(*(loop() for _ in range(tasks)))
    elapsed = time.perf_counter() - start
    print(count / elapsed, (time.process_time() - before) / count * 1e6)

asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])))
"""


def run(*command, **options):
    """The standard output of a command that must succeed."""
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True, **options).stdout


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def certificates(folder):
    """An authority and a certificate for 127.0.0.1."""
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    run("openssl", "req", "-x509", *key, "-keyout", folder / "ca.key", "-out", folder / "ca.pem", "-days", 2,
        "-subj", "/CN=Benchmark")
    run("openssl", "req", *key, "-keyout", folder / "s.key", "-out", folder / "s.csr", "-subj", "/CN=localhost")
    run("openssl", "x509", "-req", "-in", folder / "s.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
        "-CAcreateserial", "-days", 2, "-extfile", folder / "names", "-out", folder / "s.pem")


def start_server(folder):
    port, tls = free_port(), free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--tls-port", str(tls), "--tls-cert-file", folder / "s.pem",
         "--tls-key-file", folder / "s.key", "--tls-ca-cert-file", folder / "ca.pem", "--tls-auth-clients", "no",
         "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL)
    for _ in range(100):
        if subprocess.run(["redis-cli", "-p", str(port), "ping"], capture_output=True).returncode == 0:
            break
        time.sleep(0.05)
    for name, size in SIZES.items():
        run("redis-cli", "-p", port, "-x", "set", name, input="x" * size)
    return server, port, tls


def install_asyncio(folder):
    """Python of a folder with redis and hiredis; None when they cannot be had."""
    python = folder / "venv/bin/python"
    try:
        run(sys.executable, "-m", "venv", folder / "venv")
        run(python, "-m", "pip", "install", "--quiet", "redis", "hiredis")
    except subprocess.CalledProcessError as error:
        print("redis.asyncio is left out:", error.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return None
    return python


def contenders(port, tls, authority, python, seconds):
    """Name to function; each returns GETs/s and, where known, µs of the client's processor time per GET."""
    def client(name, port, *more):
        result = json.loads(run(PROGRAM, port, name, SIZES[name], seconds, TASKS, *more, env=KEPT_HEAP))
        return {"rate": result["rate"], "cpu": result["cpu"], "p99": result["p99"]}

    def redis_benchmark(name, rate):
        output = run("redis-benchmark", "-p", port, "-c", TASKS, "-P", 1, "-n", int(rate * seconds), "--csv", "GET", name)
        return {"rate": float(output.strip().splitlines()[-1].split(",")[1].strip('"'))}

    def asyncio_client(name):
        rate, cpu = run(python, "-c", ASYNCIO, port, name, SIZES[name], seconds, TASKS).split()
        return {"rate": float(rate), "cpu": float(cpu)}

    found = {
        "client, 1 KB": lambda: client("1 KB", port),
        "client, 12 KB": lambda: client("12 KB", port),
        "client over TLS, 1 KB": lambda: client("1 KB", tls, authority),
        "redis-benchmark, 1 KB": lambda: redis_benchmark("1 KB", 60_000),
        "redis-benchmark, 12 KB": lambda: redis_benchmark("12 KB", 50_000),
    }
    if python:
        found["redis.asyncio, 1 KB"] = lambda: asyncio_client("1 KB")
    return found


RATIOS = [
    ("GET of 1 KB", "client, 1 KB", "redis-benchmark, 1 KB", 3.0),
    ("GET of 12 KB", "client, 12 KB", "redis-benchmark, 12 KB", 1.5),
    ("GET of 1 KB over TLS", "client over TLS, 1 KB", "redis-benchmark, 1 KB", 1.5),
    ("GET of 1 KB against redis.asyncio", "client, 1 KB", "redis.asyncio, 1 KB", 8.0),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        certificates(folder)
        python = install_asyncio(folder)
        server, port, tls = start_server(folder)
        try:
            todo = contenders(port, tls, folder / "ca.pem", python, options.seconds)
            rounds = []
            for number in range(options.rounds):
                order = list(todo)
                random.Random(number).shuffle(order)
                rounds.append({name: todo[name]() for name in order})
                print(f"round {number + 1}:", {n: round(r["rate"]) for n, r in rounds[-1].items()}, file=sys.stderr)
        finally:
            server.kill()
            server.wait()
    report(rounds)


def median(rounds, name, field):
    return statistics.median(r[name][field] for r in rounds)


def report(rounds):
    lines = ["# The Redis client against others on the same server", "",
             f"Median of {len(rounds)} interleaved rounds, one connection, {TASKS} tasks; redis-benchmark has {TASKS} "
             "connections and no pipelining. Machines differ and are busy: read the ratios. The client "
             "runs with MALLOC_TRIM_THRESHOLD_ and MALLOC_TOP_PAD_ of glibc, so that it keeps its heap.", "",
             "| | ratio of each round, median | least | goal |", "|---|---|---|---|"]
    for title, name, peer, goal in RATIOS:
        if peer not in rounds[0]:
            continue
        ratios = [r[name]["rate"] / r[peer]["rate"] for r in rounds]
        lines.append(f"| {title} | {statistics.median(ratios):.2f} | {min(ratios):.2f} | {goal} |")
    lines += ["", "| | GETs/s | client's CPU, µs per GET | p99, µs |", "|---|---|---|---|"]
    for name in rounds[0]:
        cells = [f"{median(rounds, name, f):,.1f}" if f in rounds[0][name] else "" for f in ("cpu", "p99")]
        lines.append(f"| {name} | {median(rounds, name, 'rate'):,.0f} | {cells[0]} | {cells[1]} |")
    text = "\n".join(lines) + "\n"
    print(text)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / "redis-client.md").write_text(text)
    (results / "redis-client.json").write_text(json.dumps(rounds, indent=1) + "\n")


if __name__ == "__main__":
    main()
