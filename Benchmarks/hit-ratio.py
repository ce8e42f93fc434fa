#!/usr/bin/env python3
"""Measures how many requests a second a hit in Tenantry's memory gets, against the same bytes from a constant.

Servers run on core 0 and wrk on core 1, in interleaved rounds. See README.md. Needs Python 3 only, wrk and taskset.
"""

import argparse, contextlib, datetime, gzip, http.client, json, os, pathlib, platform, re, resource, shutil, signal
import socket, statistics, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results"
CONSTANT = HERE / ".build-release/release/ConstantServer"
HOST, PATH = "127.0.0.1", "/packages"  # Tenantry serves it at /api/v1/packages too, with the same bytes.
KEY = {"X-Tenant-Key": "pk_test_willow_00000000000000000000000000000001"}
FLAGS = "-c release --static-swift-stdlib -Xswiftc -cross-module-optimization --scratch-path .build-release"
SETTINGS = {"ADAPTERS_PRESET": "mock", "LOG_LEVEL": "error", "RATE_LIMIT": "on",
            "RATE_LIMIT_CLIENT_PER_MINUTE": "1000000000", "RATE_LIMIT_TENANT_PER_MINUTE": "1000000000"}
UNITS = {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}  # in milliseconds


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def get(port, path, headers={}):
    """Status, headers with lower-case names, and body."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


class Server:
    """A server on core 0 of loopback, stopped when the block ends."""

    def __init__(self, command, port, environment={}):
        self.command, self.port = ["taskset", "-c", "0", *map(str, command)], port
        self.environment = {"PATH": os.environ["PATH"]} | environment

    def __enter__(self):
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()

    def wait_for(self, path, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if get(self.port, path)[0] == 200:
                    return
            time.sleep(0.1)
        sys.exit(f"{self.command[3]} stopped or did not answer {path} within {seconds} s")

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wrk_command(port, headers, seconds):
    fields = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    url = f"http://{HOST}:{port}{PATH}"
    return ["taskset", "-c", "1", "wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", *fields, url]


def measure(server, idle, headers, seconds):
    """One run of wrk; ends the benchmark when an answer was not what it should be."""
    seen = lambda: (server.cpu_seconds(), idle.cpu_seconds(), sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]))
    before = seen()
    text = subprocess.run(wrk_command(server.port, headers, seconds), check=True, capture_output=True, text=True,
                          timeout=seconds + 30).stdout
    if "Socket errors" in text or "Non-2xx" in text:
        sys.exit(f"wrk saw failures (exit status of {server.command[3]}: {server.process.poll()}):\n{text}")
    spent, resting, client = (after - then for after, then in zip(seen(), before))
    latency = {share: float(number) * UNITS[unit]
               for share, number, unit in re.findall(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s|m)\s*$", text, re.M)}
    return {
        "requests_per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
        "p50_ms": round(latency["50"], 3), "p99_ms": round(latency["99"], 3),
        "cpu_microseconds_per_request": round(spent / int(re.search(r"(\d+) requests in", text)[1]) * 1e6, 2),
        "core_share": round(spent / seconds, 3), "idle_server_core_share": round(resting / seconds, 3),
        "wrk_core_share": round(client / seconds, 3),
    }


def check(tenantry, constant, body, tag):
    """Both servers answer with the same bytes, and the variants are what they claim; returns the gzip's size."""
    for server in (tenantry, constant):
        status, headers, answer = get(server.port, PATH, KEY)
        if (status, headers["content-type"], answer) != (200, "application/json", body):
            sys.exit(f"{server.command[3]} does not answer {PATH} with the expected {len(body)} bytes")
    _, headers, answer = get(tenantry.port, PATH, KEY | {"Accept-Encoding": "gzip"})
    if headers.get("content-encoding") != "gzip" or gzip.decompress(answer) != body:
        sys.exit("Tenantry does not answer with gzip of the same bytes")
    if get(tenantry.port, PATH, KEY | {"If-None-Match": tag})[::2] != (304, b""):
        sys.exit("Tenantry does not answer If-None-Match with 304")
    return len(answer)


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    swift = subprocess.run("swift --version", shell=True, capture_output=True, text=True).stdout.partition("\n")[0]
    return {"cpu": model[1] if model else platform.machine(), "cores": os.cpu_count(), "kernel": platform.release(),
            "swift": swift or "Swift unknown", "load_before": round(os.getloadavg()[0], 2),
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}


def summary(rounds, names):
    """Medians by answer, and ratios to the constant."""
    rate, table = "requests_per_second", {}
    for name in names:
        row = {figure: round(statistics.median(r[name][figure] for r in rounds), 3) for figure in rounds[0][name]}
        ratios = [round(r[name][rate] / r["constant"][rate], 3) for r in rounds]
        table[name] = row | {"ratios": ratios, "median_of_ratios": statistics.median(ratios)}
        table[name]["ratio_of_medians"] = round(row[rate] / table["constant"][rate], 3)
    return table


def markdown(report):
    about, sizes = report["machine"], report["bytes"]
    lines = [
        "# Hits in memory against a constant", "",
        f"{about['date']}, {about['cpu']} with {about['cores']} cores, Linux {about['kernel']}, {about['swift']}, load "
        f"{about['load_before']:.2f} before the start. Body {sizes['body']} bytes, with gzip {sizes['gzip']}. "
        f"Medians of {len(report['rounds'])} interleaved rounds; a server had at least "
        f"{min(run['core_share'] for r in report['rounds'] for run in r.values()):.0%} of its core.", "",
        "| answer | requests/s | ratio of medians | median of ratios (each) | p50 ms | p99 ms | CPU µs/request |",
        "|---|---|---|---|---|---|---|"]
    for name, row in report["medians"].items():
        lines.append(
            f"| {name} | {row['requests_per_second']:,.0f} | {row['ratio_of_medians']:.2f} | "
            f"{row['median_of_ratios']:.2f} ({', '.join(f'{r:.2f}' for r in row['ratios'])}) | {row['p50_ms']:.2f} | "
            f"{row['p99_ms']:.2f} | {row['cpu_microseconds_per_request']:.1f} |")
    return "\n".join([*lines, "", "```", *report["commands"], "```", ""])


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("tenantry", nargs="?", type=pathlib.Path, default=ROOT / ".build-release/release/tenantry")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=5, help="of each run of wrk")
    options.add_argument("--warm-up", type=int, default=2, help="seconds for each answer before the rounds")
    options = options.parse_args()
    for tool, package in (("wrk", "wrk"), ("taskset", "util-linux")):
        shutil.which(tool) or sys.exit(f"{tool} is missing: apt-get install {package}")
    options.tenantry.exists() or sys.exit(f"{options.tenantry} is missing: run `make release` in {ROOT}")
    CONSTANT.exists() or sys.exit(f"{CONSTANT} is missing: run `swift build {FLAGS}` in {HERE}")
    {0, 1} <= os.sched_getaffinity(0) or sys.exit("cores 0 and 1 are needed, one for the server and one for wrk")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))

    with contextlib.ExitStack() as stack:
        about, port = machine(), free_port()
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        command = [options.tenantry.absolute(), "serve", "--host", HOST, "--port", port]
        tenantry = stack.enter_context(Server(command, port, SETTINGS))
        tenantry.wait_for("/health/ready")
        _, headers, body = get(port, "/api/v1" + PATH, KEY)
        pathlib.Path(folder, "packages.json").write_bytes(body)
        tag, port = headers.get("etag", ""), free_port()
        constant = stack.enter_context(Server([CONSTANT, HOST, port, f"{folder}/packages.json"], port))
        constant.wait_for(PATH)
        compressed = check(tenantry, constant, body, tag)

        answers = {  # server under load, idle server, header fields
            "constant": (constant, tenantry, KEY), "hit": (tenantry, constant, KEY),
            "hit, gzip": (tenantry, constant, KEY | {"Accept-Encoding": "gzip"}),
            "hit, 304": (tenantry, constant, KEY | {"If-None-Match": tag})}
        for name in answers:
            measure(*answers[name], options.warm_up)
        rounds = []
        for number in range(options.rounds):
            order = list(answers)[:: 1 if number % 2 == 0 else -1]
            rounds.append({name: measure(*answers[name], options.seconds) for name in order})
            print(f"round {number + 1}:", "; ".join(
                f"{name} {rounds[-1][name]['requests_per_second']:,.0f}/s p50 {rounds[-1][name]['p50_ms']} "
                f"p99 {rounds[-1][name]['p99_ms']} ms" for name in answers), flush=True)
        settings = [f"{name}={value}" for name, value in SETTINGS.items()]
        commands = [" ".join(settings + tenantry.command), " ".join(constant.command)]
        commands += [subprocess.list2cmdline(wrk_command(server.port, fields, options.seconds))
                     for server, _, fields in answers.values()]

    report = {"machine": about, "bytes": {"body": len(body), "gzip": compressed}, "commands": commands,
              "build": f"swift build {FLAGS}", "medians": summary(rounds, answers), "rounds": rounds}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "hit-ratio.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    (RESULTS / "hit-ratio.md").write_text(markdown(report))
    print("\n" + markdown(report))


if __name__ == "__main__":
    main()
