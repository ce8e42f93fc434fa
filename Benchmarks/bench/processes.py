"""Processes that the benchmark starts, and the little HTTP that it speaks itself."""

import contextlib, http.client, os, pathlib, resource, signal, socket, subprocess, sys, time

HOST = "127.0.0.1"
ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "Benchmarks"
SERVER_CORE, CLIENT_CORE = 0, 1


class Failure(Exception):
    """Something that makes every figure worthless; ends the benchmark."""


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def pinned(command, core):
    """The command on one core, or on all when `core` is None."""
    words = [str(word) for word in command]
    return words if core is None else ["taskset", "-c", str(core), *words]


def run(*command, core=None, **options):
    """The standard output of a command that must succeed."""
    done = subprocess.run(pinned(command, core), capture_output=True, text=True, **options)
    if done.returncode:
        raise Failure(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def ask(port, path, headers={}, method="GET", body=None):
    """Status, header fields with lower-case names, and body."""
    with contextlib.closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def client_seconds():
    """Processor time of children that have ended: load clients, since servers still run."""
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


class Process:
    """A process that ends with the block that it is opened in, with all that it forked."""

    def __init__(self, name, command, core=None, environment={}, log=None, cwd=ROOT):
        self.name, self.command = name, pinned(command, core)
        self.environment, self.log, self.cwd = environment, log, cwd

    def __enter__(self):
        output = open(self.log, "ab") if self.log else subprocess.DEVNULL
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command, cwd=self.cwd, stdout=output, stderr=output, start_new_session=True,
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | self.environment)
        return self

    def __exit__(self, *_):
        self.signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.signal(signal.SIGKILL)
        self.process.wait()

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def wait_until(self, is_ready, seconds=60, pause=0.05):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if is_ready():
                    return
            time.sleep(pause)
        tail = pathlib.Path(self.log).read_text(errors="replace")[-2000:] if self.log else ""
        raise Failure(f"{self.name} stopped or was not ready within {seconds} s. {tail}")

    def pids(self):
        """The process and its descendants."""
        children = {}
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    children.setdefault(int(fields_of(entry.name)[1]), []).append(int(entry.name))
        found = [self.process.pid]
        for pid in found:
            found += children.get(pid, [])
        return found

    def cpu_seconds(self):
        """Processor time so far, with that of ended children."""
        total = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                total += sum(map(int, fields_of(pid)[11:15]))
        return total / os.sysconf("SC_CLK_TCK")

    def memory(self, field="VmRSS"):
        """Resident memory in MB (millions of bytes), of all its processes."""
        total = 0
        for pid in self.pids():
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith(field + ":"):
                    total += int(line.split()[1]) * 1024
        return total / 1e6


def fields_of(pid):
    """What /proc/<pid>/stat says, from the state on."""
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def stop_on_signals():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
