"""What the figures were taken on, and with what."""

import datetime, os, pathlib, platform, re, subprocess

from .contenders import PACKAGES


def version(command):
    """The first line a program says about itself."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except OSError:
        return "unknown"
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0].strip() if lines else "unknown"


def describe(postgres_bin):
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())
    freeze = version([PACKAGES / "venv/bin/python", "-c",
                      "import importlib.metadata as m; print(', '.join(f'{p} {m.version(p)}' for p in "
                      "('fastapi', 'uvicorn', 'uvloop', 'httptools', 'redis', 'hiredis', 'asyncpg')))"])
    node = " ".join(
        f"{name} {version_of(name)}" for name in ("express", "compression", "redis", "pg"))
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "cpu": cpu[1] if cpu else platform.machine(), "cores": os.cpu_count(),
        "memory_gb": round(int(memory[1]) / 1e6, 1), "kernel": platform.release(),
        "load_before": round(os.getloadavg()[0], 2),
        "versions": {
            "commit": version(["git", "describe", "--always", "--dirty"]), "swift": version(["swift", "--version"]),
            "nginx": version(["nginx", "-v"]), "go": version(["go", "version"]),
            "go libraries": "redigo " + debian("go", "gomodule-redigo") + ", pgx " + debian("go", "jackc-pgx-v4"),
            "node": version(["node", "--version"]), "node libraries": node,
            "python": version([PACKAGES / "venv/bin/python", "--version"]), "python libraries": freeze,
            "postgres": version([postgres_bin / "postgres", "--version"]),
            "redis": version(["redis-server", "--version"]), "wrk": version(["wrk", "-v"]),
        },
    }


def version_of(name):
    text = (PACKAGES / f"usr/share/nodejs/{name}/package.json").read_text()
    return re.search(r'"version":\s*"([^"]+)"', text)[1]


def debian(_, name):
    """The version of an unpacked Go library."""
    files = sorted((PACKAGES / "debs").glob(f"golang-github-{name}-dev_*"))
    return files[-1].name.split("_")[1].replace("%3a", ":") if files else "unknown"
