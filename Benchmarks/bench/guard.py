"""`make bench-check`: instructions and allocations of one request, held against committed values.

Counts do not depend on how busy a machine is, once what a server does by the clock alone is taken off: on a slow machine
there is more of it between two requests. The release build answers one request after another:

- hit: the list from memory, in-memory preset: the hot path
- second tier: the list from Redis (CACHE_L1=off): the hot path of the Redis client
- miss: the list from PostgreSQL, cached nowhere: the hot path of the PostgreSQL client
"""

import argparse, contextlib, itertools, json, pathlib, platform, re, shutil, statistics, subprocess, sys, tempfile, time

from . import clients, data, stores
from .contenders import Contenders
from .data import WILLOW
from .processes import BENCHMARKS, ROOT, Failure, run, stop_on_signals

VALUES = BENCHMARKS / "results/guard.json"
COUNTER = BENCHMARKS / ".build-client/liballocations.so"
TOLERANCE = 0.03
SLACK = {"instructions": 0, "allocations": 0.1}  # a request; a few allocations in a thousand requests are the clock's
ROUNDS = 3
# Requests to warm up with and of a round; of the run with few and the one with many. callgrind makes a server some fifty
# times slower, and misses are long.
MEASURED = {
    "instructions": {"hit": (2_000, 2_000), "second tier": (500, 500), "miss": (300, 300)},
    "allocations": {"hit": (10_000, 30_000), "second tier": (3_000, 9_000), "miss": (1_000, 3_000)},
}


class Uncountable(Exception):
    """Why this machine cannot count."""


class Guard:
    def __init__(self, program, folder, database_url, redis_url):
        self.folder, self.program = folder, folder / "tenantry"
        # valgrind stops at the debug information of Swift 6.3.
        run("strip", "-o", self.program, program)
        self.make = Contenders(self.program, folder, database_url, redis_url)

    def server(self, path):
        if path == "hit":
            return self.make.tenantry("hit", None, ADAPTERS_PRESET="mock", DATABASE_URL=None, REDIS_URL=None)
        return self.make.second_tier(None) if path == "second tier" else self.make.uncached(None)

    def each(self, path, figure):
        """For one request."""
        return (self.instructions if figure == "instructions" else self.allocations)(path, *MEASURED[figure][path])

    def requests(self, count):
        file = self.folder / f"{count}.requests"
        file.write_bytes(data.same("/packages", WILLOW) * count)
        return file

    def instructions(self, path, warming, measured):
        """By one process under callgrind: what so many requests count, less what as long a rest counts. The middle of
        the rounds."""
        server, written = self.server(path), self.folder / "callgrind"
        gdb = f"--vgdb-prefix={self.folder / 'vgdb'}"
        server.command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={written}", gdb,
                          f"--log-file={self.folder / 'valgrind.log'}", *server.command]
        dumps = itertools.count(1)

        def counted():
            """Since this was asked for the last time."""
            command = ["vgdb", gdb, f"--pid={server.process.pid}", "dump"]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=60)
            except subprocess.TimeoutExpired:
                raise Uncountable("callgrind did not tell its count within a minute") from None
            dump = pathlib.Path(f"{written}.{next(dumps)}")
            number = re.search(r"^totals: (\d+)$", dump.read_text(), re.M) if dump.exists() else None
            if not number:
                raise Uncountable("callgrind did not tell its count: " + (done.stdout + done.stderr).strip()[-500:])
            dump.unlink()
            return int(number[1])

        with server:
            server.wait(WILLOW)
            rounds = []
            for requests in [warming] + [measured] * ROUNDS:
                file = self.requests(requests)
                counted()
                began = time.monotonic()
                clients.pace(server.port, file, 1, 300, None, once=True)
                took, answering = time.monotonic() - began, counted()
                time.sleep(took)
                rounds.append((answering - counted()) / requests)
            if (ended := end(server)) != 0:
                raise Uncountable(f"the server ended with {ended} under valgrind")
        return statistics.median(rounds[1:])

    def allocations(self, path, few, many):
        """By two processes that differ in the number of requests alone, so that start and end fall out."""
        def total(requests):
            server, found = self.server(path), self.folder / "allocations"
            found.unlink(missing_ok=True)
            server.environment |= {"LD_PRELOAD": str(COUNTER), "ALLOCATIONS_FILE": str(found)}
            with server:
                server.wait(WILLOW)
                clients.pace(server.port, self.requests(requests), 1, 300, None, once=True)
                ended = end(server)
            if ended != 0 or not found.exists():
                raise Uncountable(f"the server ended with {ended}")
            return int(found.read_text())

        return (total(many) - total(few)) / (many - few)


def end(server):
    """Lets a server drain, and returns its exit code."""
    server.process.terminate()
    try:
        return server.process.wait(60)
    except subprocess.TimeoutExpired:
        raise Failure(f"{server.name} did not end within a minute") from None


def check_valgrind():
    if not shutil.which("valgrind") or not shutil.which("vgdb"):
        raise Uncountable("valgrind is not installed")
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "true"], capture_output=True)
    if done.returncode:
        raise Uncountable("valgrind does not run here: " + done.stderr.decode(errors="replace").strip()[-300:])


def setting():
    """What counts depend on besides the code."""
    swift = run("swift", "--version").partition("\n")[0].strip()
    flags = re.search(r"^flags\s*:(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    chosen_by = {"avx2", "bmi2", "erms", "fsrm"}  # what the C library picks its routines by, and valgrind lets it see
    return {"architecture": platform.machine(), "features": sorted(chosen_by & set(flags[1].split() if flags else [])),
            "swift": swift, "libc": " ".join(platform.libc_ver())}


def measure(program, paths):
    """By path and figure, the count; a figure that cannot be counted is told and left out."""
    found = {}
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tenantry-guard-", dir="/var/tmp"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        postgres, redis = (stack.enter_context(store(folder, None)) for store in (stores.postgres, stores.redis))
        environment = {"DATABASE_URL": postgres.url, "LOG_LEVEL": "error"}
        run(program, "migrate", "up", env=environment, cwd=ROOT)
        run(program, "seed", "--demo", env=environment, cwd=ROOT)
        guard = Guard(program, folder, postgres.url, redis.url)
        for figure in MEASURED:
            try:
                if figure == "instructions":
                    check_valgrind()
                for path in paths:
                    found.setdefault(path, {})[figure] = round(guard.each(path, figure), 2)
                    print(f"{path}: {found[path][figure]:,.2f} {figure} a request", flush=True)
            except Uncountable as why:
                print(f"bench-check: THIS MACHINE CANNOT COUNT {figure}, so they are not compared: {why}", flush=True)
    return found


def compare(found, kept):
    """The differences that are too large, in words."""
    worse = []
    for path, figures in found.items():
        for figure, value in figures.items():
            expected = kept.get(path, {}).get(figure)
            if expected is None:
                worse.append(f"{path}: no value of {figure} is committed")
                continue
            change = value / expected - 1 if expected else float(value > 0)
            told = f"{path}: {value:,.2f} {figure} a request, committed {expected:,.2f} ({change:+.1%})"
            if abs(value - expected) <= max(expected * TOLERANCE, SLACK[figure]):
                print("as committed   " + told)
            elif value < expected:
                print("BETTER         " + told + "; commit it with `make bench-check UPDATE=1`")
            else:
                worse.append(told)
    return worse


def main():
    parser = argparse.ArgumentParser(prog="bench.guard", description=__doc__.splitlines()[0])
    parser.add_argument("--tenantry", type=pathlib.Path, default=ROOT / ".build-release/release/tenantry")
    parser.add_argument("--update", action="store_true", help="write what is counted as the values to commit")
    parser.add_argument("--only", choices=("hit", "second tier", "miss"))
    chosen = parser.parse_args()
    stop_on_signals()
    chosen.tenantry.exists() or sys.exit(f"{chosen.tenantry} is missing: run `make release` in the project's folder")
    kept = json.loads(VALUES.read_text()) if VALUES.exists() else {}
    try:
        found = measure(chosen.tenantry, [chosen.only] if chosen.only else ["hit", "second tier", "miss"])
    except Failure as failure:
        sys.exit(f"bench-check: {failure}")
    if chosen.update:
        VALUES.parent.mkdir(exist_ok=True)
        VALUES.write_text(json.dumps({"taken_with": setting(), "each_request": found}, indent=2) + "\n")
        print(f"written to {VALUES.relative_to(ROOT)}")
        return
    if kept.get("taken_with") != setting():
        print(f"bench-check: NOT COMPARED: the values were taken with {kept.get('taken_with')}, this is {setting()}")
        return
    if worse := compare(found, kept["each_request"]):
        sys.exit("WORSE THAN COMMITTED\n" + "\n".join(worse))


if __name__ == "__main__":
    main()
