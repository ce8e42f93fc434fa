"""What makes the load: wrk for one request over and over, pace for many, and the servers' own programs."""

import csv, json, os, re, subprocess, tempfile

from .processes import BENCHMARKS, HOST, Failure, pinned, run
from .stores import POSTGRES

PACE = BENCHMARKS / ".build-client/pace"
PAUSES = BENCHMARKS / ".build-client/pauses"
UNITS = {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}  # in milliseconds


def wrk_command(port, path, headers, connections, seconds):
    fields = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    return ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *fields, f"http://{HOST}:{port}{path}"]


def wrk(port, path, headers, connections, seconds, core):
    """Requests without a pause. Ends the benchmark when one fails."""
    text = run(*wrk_command(port, path, headers, connections, seconds), core=core, timeout=seconds + 60)
    if "Socket errors" in text or "Non-2xx" in text:
        raise Failure(f"wrk saw failures on {path}:\n{text}")
    latency = {share: float(number) * UNITS[unit]
               for share, number, unit in re.findall(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s|m)\s*$", text, re.M)}
    return {"requests": int(re.search(r"(\d+) requests in", text)[1]), "seconds": seconds,
            "requests_per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
            "p50_ms": round(latency["50"], 3), "p99_ms": round(latency["99"], 3)}


def pace(port, requests, connections, seconds, core, rate=0, once=False, warm_up=0, first=0):
    """The requests of a file in turn, from number `first`, at a rate or as fast as they are answered."""
    words = [PACE, "--port", port, "--connections", connections, "--seconds", seconds, "--rate", rate, "--warm-up",
             warm_up, "--first", first, *(["--once"] if once else []), requests]
    try:
        figures = json.loads(run(*words, core=core, timeout=seconds + 60))
    except Failure as failure:
        raise Failure(f"{failure} (requests that failed end the benchmark)") from None
    if figures["failed"]:
        raise Failure(f"{figures['failed']} requests failed: {figures['first_failure']}")
    if once and figures["requests"] == 0:
        raise Failure("no request was answered")
    return {name: value for name, value in figures.items() if name not in ("failed", "first_failure")}


def pauses(cores, seconds):
    """For how long, each time, other programs and the system took cores away from programs that keep all of them busy."""
    running = [subprocess.Popen(pinned([PAUSES, seconds], core), stdout=subprocess.PIPE, text=True) for core in cores]
    told = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        raise Failure("the pauses of the machine could not be taken")
    return [[int(line) / 1e6 for line in text.split()] for text in told]


def redis_benchmark(port, key, connections, seconds, core):
    """GETs of one key a second, without pipelining."""
    def rate(count):
        text = run("redis-benchmark", "-p", port, "-c", connections, "-n", count, "--csv", "GET", key, core=core)
        return float(list(csv.reader(text.splitlines()))[-1][1])
    return {"requests_per_second": rate(int(rate(10_000) * seconds))}


def pgbench(url, script, seconds, core, connections=16):
    """Transactions of a script a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        os.chmod(file.name, 0o644)
        text = run(POSTGRES / "pgbench", "--no-vacuum", "--protocol=prepared", f"--client={connections}", "--jobs=1",
                   f"--time={seconds}", "--file", file.name, url, core=core, timeout=seconds + 60)
    return {"requests_per_second": float(re.search(r"tps = ([\d.]+)", text)[1])}
