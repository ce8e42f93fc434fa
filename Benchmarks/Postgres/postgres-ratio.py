#!/usr/bin/env python3
"""Measures PostgresClient against pgbench and asyncpg: the same statements, the same server, interleaved rounds.

See README.md. Needs PostgreSQL with pgbench, Python 3 and asyncpg (uvloop is used where it is installed).
"""

import argparse, asyncio, contextlib, datetime, glob, json, os, pathlib, platform, pwd, shutil, socket, statistics
import subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
LOAD = HERE / ".build/release/PostgresLoad"
BIN = pathlib.Path(sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1])
COLUMNS = "id, slug, name, price, active, created, body"
STATEMENTS = {
    "one": f"SELECT {COLUMNS} FROM item WHERE id = $1",
    "twenty": f"SELECT {COLUMNS} FROM item WHERE id > $1 ORDER BY id LIMIT 20",
}
SCHEMA = """
CREATE TABLE item (id bigint PRIMARY KEY, slug text, name text, price bigint, active boolean, created timestamptz,
                   body text);
INSERT INTO item SELECT n, 'item-' || n, 'Item ' || n, n * 100, true, now(), repeat('b', 540) FROM generate_series(1, 2000) n;
CREATE TABLE booking (id bigserial PRIMARY KEY, item bigint, tenant text);
"""


@contextlib.contextmanager
def server():
    """A PostgreSQL of this program's own on a free port of loopback; yields its URL."""
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if os.getuid() == 0 else []
    folder = pathlib.Path(tempfile.mkdtemp(prefix="postgres-ratio-"))
    folder.chmod(0o777)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    subprocess.run([*user, BIN / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"], check=True,
                   stdout=subprocess.DEVNULL, cwd=folder)
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "fsync": "off",
               "synchronous_commit": "off", "shared_buffers": "128MB", "autovacuum": "off"}
    process = subprocess.Popen(
        [*user, BIN / "postgres", "-D", data, *(w for k, v in options.items() for w in ("-c", f"{k}={v}"))],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    try:
        url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        psql = [BIN / "psql", "-X", "-q", "-d", url]
        deadline = time.monotonic() + 60
        while subprocess.run([*psql, "-c", "SELECT 1"], capture_output=True).returncode:
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("PostgreSQL did not start")
            time.sleep(0.1)
        subprocess.run([*psql, "-c", SCHEMA, "-c", "VACUUM ANALYZE item"], check=True)
        yield url
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def load(url, shape, lane, connections, seconds):
    text = subprocess.run([LOAD, url, shape, lane, str(connections), "64", str(seconds)], check=True,
                          capture_output=True, text=True).stdout
    figures = json.loads(text)
    return {"rate": figures["calls"] / figures["seconds"], "p99_us": figures["p99"],
            "cpu_us": figures["cpu"] / figures["calls"] * 1e6}


def pgbench(url, shape, seconds):
    limit = 2000 if shape == "one" else 1900
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(f"\\set id random(1, {limit})\n{STATEMENTS[shape].replace('$1', ':id')};\n")
        script.flush()
        os.chmod(script.name, 0o644)
        text = subprocess.run([BIN / "pgbench", "-n", "-M", "prepared", "-c", "4", "-j", "2", "-T", str(seconds), "-f",
                               script.name, url], check=True, capture_output=True, text=True).stdout
    return {"rate": float(text.split("tps = ")[1].split()[0])}


async def asyncpg_load(url, shape, seconds):
    import asyncpg
    pool = await asyncpg.create_pool(url, min_size=4, max_size=4)
    end, calls = time.monotonic() + seconds, 0

    async def caller(number):
        nonlocal calls
        while time.monotonic() < end:
            if shape == "booking":
                async with pool.acquire() as connection, connection.transaction():
                    await connection.execute("SELECT set_config('app.tenant_id', $1, true)", "t1")
                    await connection.execute(
                        "INSERT INTO booking (item, tenant) VALUES ($1, current_setting('app.tenant_id'))",
                        number % 2000 + 1)
            else:
                rows = await pool.fetch(STATEMENTS[shape], number % 1900 + 1)
                values = [(r["id"], r["slug"], r["name"], r["price"], r["active"], r["created"], r["body"]) for r in rows]
                assert len(values) == (20 if shape == "twenty" else 1)
            number += 1
            calls += 1

    start = time.monotonic()
    await asyncio.gather(*(caller(n * 7919) for n in range(64)))
    rate = calls / (time.monotonic() - start)
    await pool.close()
    return rate


def asyncpg(url, shape, seconds):
    text = subprocess.run([sys.executable, __file__, "--asyncpg", url, shape, "--seconds", str(seconds)], check=True,
                          capture_output=True, text=True).stdout
    return {"rate": float(text)}


def soak(url, calls):
    """Prints the resident memory of a process along that many calls of every kind."""
    subprocess.run([LOAD, url, "soak", "lane", "2", "64", str(calls)], check=True)


def rows(seconds):
    """What is measured: name of the row, then what runs it."""
    return {
        "one": {"PostgresClient, lane of 1": lambda u: load(u, "one", "lane", 1, seconds),
                "PostgresClient, lane of 2": lambda u: load(u, "one", "lane", 2, seconds),
                "PostgresClient, pool of 4": lambda u: load(u, "one", "pool", 4, seconds),
                "pgbench": lambda u: pgbench(u, "one", seconds), "asyncpg": lambda u: asyncpg(u, "one", seconds)},
        "twenty": {"PostgresClient, lane of 1": lambda u: load(u, "twenty", "lane", 1, seconds),
                   "PostgresClient, lane of 2": lambda u: load(u, "twenty", "lane", 2, seconds),
                   "PostgresClient, pool of 4": lambda u: load(u, "twenty", "pool", 4, seconds),
                   "pgbench": lambda u: pgbench(u, "twenty", seconds),
                   "asyncpg": lambda u: asyncpg(u, "twenty", seconds)},
        "booking": {"PostgresClient, pool of 4": lambda u: load(u, "booking", "pool", 4, seconds),
                    "asyncpg": lambda u: asyncpg(u, "booking", seconds)},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--soak", type=int, metavar="CALLS", help="measure memory over that many calls instead")
    parser.add_argument("--asyncpg", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.asyncpg:
        with contextlib.suppress(ImportError):
            import uvloop
            asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
        return print(asyncio.run(asyncpg_load(*options.asyncpg, options.seconds)))
    if options.soak:
        with server() as url:
            return soak(url, options.soak)
    seconds = max(1, int(options.seconds))
    rounds = {shape: {name: [] for name in runs} for shape, runs in rows(seconds).items()}
    with server() as url:
        for number in range(options.rounds):
            for shape, runs in rows(seconds).items():
                for name, run in list(runs.items())[:: 1 if number % 2 == 0 else -1]:
                    rounds[shape][name].append(run(url))
    lines = [f"{datetime.date.today()}, {platform.machine()}, {os.cpu_count()} cores, {options.rounds} interleaved rounds "
             f"of {seconds} s, 64 tasks, medians; load average {os.getloadavg()[0]:.1f}", "",
             "| statement | client | calls/s | p99 µs | CPU µs | × pgbench | × asyncpg |", "|---|---|---|---|---|---|---|"]
    median = lambda results, key: statistics.median(r[key] for r in results) if key in results[0] else None
    for shape, results in rounds.items():
        def ratio(name, other):
            if other not in results:
                return ""
            return f"{statistics.median(a['rate'] / b['rate'] for a, b in zip(results[name], results[other])):.2f}"
        for name, figures in results.items():
            late, used = median(figures, "p99_us"), median(figures, "cpu_us")
            lines.append(f"| {shape} | {name} | {median(figures, 'rate'):,.0f} | {late or '':} | "
                         f"{f'{used:.1f}' if used else ''} | {ratio(name, 'pgbench')} | {ratio(name, 'asyncpg')} |")
    text = "\n".join(lines) + "\n"
    print(text)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results/postgres-ratio.md").write_text(text)
    (HERE / "results/postgres-ratio.json").write_text(json.dumps(rounds, indent=1) + "\n")


if __name__ == "__main__":
    main()
