"""The servers that are compared: how each is started."""

import os, pathlib

from .processes import BENCHMARKS, HOST, Process, ask, free_port

PEERS = BENCHMARKS / "peers"
PACKAGES = PEERS / ".packages"
CONSTANT = BENCHMARKS / ".build-release/release/ConstantServer"
MODES = ("memory", "redis", "database")
ONE_CORE = "redis, one core"  # a peer and its Redis on the same core
# Limits are on, with quotas out of reach, so that their cost counts.
QUIET = {"LOG_LEVEL": "error", "RATE_LIMIT": "on", "RATE_LIMIT_CLIENT_PER_MINUTE": "1000000000",
         "RATE_LIMIT_TENANT_PER_MINUTE": "1000000000"}


class Contender(Process):
    """A server that answers the catalog; `path` is where it has the list."""

    def __init__(self, name, command, port, core, environment={}, path="/packages", log=None):
        super().__init__(name, command, core, environment, log=log)
        self.port, self.path = port, path

    def wait(self, headers):
        self.wait_until(lambda: ask(self.port, self.path, headers)[0] == 200)


class Contenders:
    """Makes contenders that use one PostgreSQL and one Redis."""

    def __init__(self, tenantry, folder, database_url, redis_url):
        self.program, self.folder = tenantry, folder
        self.database_url, self.redis_url = database_url, redis_url

    def log(self, name):
        return self.folder / f"{name.replace(' ', '-')}.log"

    def tenantry(self, name="tenantry", core=0, **settings):
        """The real preset, or another with `ADAPTERS_PRESET`; a setting that is None is left out."""
        port = free_port()
        environment = QUIET | {"ADAPTERS_PRESET": "real", "DATABASE_URL": self.database_url,
                               "REDIS_URL": self.redis_url, "CACHE_WARM_ON_STARTUP": "false"} | settings
        command = [self.program, "serve", "--host", HOST, "--port", port]
        return Contender(name, command, port, core, {k: v for k, v in environment.items() if v is not None},
                         log=self.log(name))

    def second_tier(self, core=0):
        """Redis is the only tier."""
        return self.tenantry("tenantry L2", core, CACHE_L1="off", CACHE_KEY_PREFIX="second")

    def uncached(self, core=0):
        """No tier at all: every request loads key and answer from PostgreSQL."""
        return self.tenantry("tenantry uncached", core, CACHE_L1="off", REDIS_URL=None)

    def peer(self, kind, mode, core=0, workers=1, name=None):
        port, name = free_port(), name or f"{kind} {mode}"
        environment = {"PEER_MODE": mode, "PORT": str(port), "DATABASE_URL": self.database_url,
                       "REDIS_URL": self.redis_url, "PEER_WORKERS": str(workers)}
        if kind == "go":
            command = [PACKAGES / "go-peer"]
        elif kind == "express":
            command = ["node", PEERS / "express/server.js"]
            environment |= {"NODE_PATH": str(PACKAGES / "usr/share/nodejs"), "NODE_ENV": "production"}
        else:
            command = [PACKAGES / "venv/bin/python", "-m", "uvicorn", "app:app", "--app-dir", PEERS / "fastapi",
                       "--host", HOST, "--port", port, "--loop", "uvloop", "--http", "httptools", "--no-access-log",
                       "--log-level", "warning", "--workers", workers]
        return Contender(name, command, port, core, environment, log=self.log(name))

    def constant(self, body, core=0):
        """Hummingbird with the same bytes from a constant: no key, no cache, no limits, no metrics, no request id."""
        port = free_port()
        return Contender("constant", [CONSTANT, HOST, port, body], port, core, log=self.log("constant"))

    def nginx(self, body, core=0, workers=1):
        """nginx with the same bytes in a file."""
        port, folder = free_port(), self.folder / "nginx"
        folder.mkdir(exist_ok=True)
        site = folder / "site"
        site.mkdir(exist_ok=True)
        site.chmod(0o755)
        (site / "packages").write_bytes(pathlib.Path(body).read_bytes())
        text = (BENCHMARKS / "peers/nginx.conf").read_text()
        user = "user www-data;" if os.getuid() == 0 else ""
        for mark, value in {"@USER@": user, "@FOLDER@": folder, "@PORT@": port, "@WORKERS@": workers}.items():
            text = text.replace(mark, str(value))
        configuration = folder / f"nginx-{port}.conf"
        configuration.write_text(text)
        return Contender("nginx", ["nginx", "-c", configuration], port, core, log=self.log("nginx"))
