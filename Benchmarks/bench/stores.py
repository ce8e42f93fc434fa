"""A PostgreSQL and a Redis of the benchmark's own, from the system's packages, on free ports of loopback."""

import contextlib, glob, os, pathlib, shutil, socket

from .processes import HOST, Process, free_port, run

POSTGRES = pathlib.Path(sorted(glob.glob("/usr/lib/postgresql/*/bin") or ["/usr/bin"])[-1])
USER = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if os.getuid() == 0 else []
SETTINGS = {"shared_buffers": "256MB", "max_connections": 400}  # all else as PostgreSQL comes: fsync is on


@contextlib.contextmanager
def postgres(folder, core):
    """Yields the server's process; its address is in `url`."""
    folder = folder / "postgres"
    folder.mkdir()
    if USER:
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()
    run(*USER, POSTGRES / "initdb", "--pgdata", folder / "data", "--username=tenantry", "--auth=trust",
        "--encoding=UTF8", "--locale=C.UTF-8", cwd=folder)
    options = SETTINGS | {"listen_addresses": HOST, "port": port, "unix_socket_directories": folder}
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    server = Process("PostgreSQL", [*USER, POSTGRES / "postgres", "-D", folder / "data", *words], core,
                     log=folder.parent / "postgres.log", cwd=folder)
    with server:
        server.wait_until(lambda: not os.system(f"{POSTGRES}/pg_isready -q -h {HOST} -p {port}"))
        run(POSTGRES / "createdb", "--host", HOST, "--port", port, "--username", "tenantry", "tenantry")
        server.port, server.url = port, f"postgres://tenantry@{HOST}:{port}/tenantry"
        yield server


def psql(url, statement):
    return run(POSTGRES / "psql", url, "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-c", statement)


@contextlib.contextmanager
def redis(folder, core):
    """Yields the server's process; its address is in `url`."""
    port = free_port()
    server = Process(
        "Redis", ["redis-server", "--bind", HOST, "--port", port, "--save", "", "--maxmemory", "1gb",
                  "--maxmemory-policy", "allkeys-lru"], core, log=folder / "redis.log", cwd=folder)
    with server:
        server.wait_until(lambda: not socket.create_connection((HOST, port)).close())
        server.port, server.url = port, f"redis://{HOST}:{port}"
        yield server
