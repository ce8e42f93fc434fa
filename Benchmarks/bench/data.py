"""The tenants that requests are made of, and files of requests for `pace`."""

import bisect, datetime, itertools, json, random

from .processes import HOST, run

TENANTS, PACKAGES, BOOKINGS, SEED = 1000, 22, 20_000, 1  # of 22 packages 20 are published
WILLOW = {"X-Tenant-Key": "pk_test_willow_00000000000000000000000000000001"}
ONE = "/packages/first-light-vows"
ZIPF_EXPONENT, WRITE_SHARE, LIST_SHARE = 1.0, 0.01, 0.5


def fill(tenantry, environment):
    """Migrates, and loads the demo tenants and a thousand made-up ones."""
    run(tenantry, "migrate", "up", env=environment)
    run(tenantry, "seed", "--demo", env=environment)
    run(tenantry, "seed", "--generate", f"tenants={TENANTS},packages={PACKAGES},bookings={BOOKINGS}", "--random-seed",
        SEED, env=environment)


def key(number, kind="pk"):
    """The key of the generated tenant with a number from 1; see docs of `tenantry seed --generate`."""
    return f"{kind}_test_generated-{SEED}-{number}_{number:032x}"


def published():
    """The slugs of a generated tenant's published packages."""
    return [f"package-{number}" for number in range(1, PACKAGES + 1) if number % 10]


def rendered(status, method, path, headers, body=""):
    """A record that `pace` reads: the status that the answer must have, and the bytes to send."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    text = "\r\n".join(lines) + "\r\n\r\n" + body
    return f"{status} {len(text)}\n{text}".encode()


def same(path, headers, status=200):
    """One request, again and again."""
    return rendered(status, "GET", path, headers)


def every_list(count=20_000):
    """The lists of all tenants in random order."""
    numbers = random.Random(2)
    return b"".join(
        rendered(200, "GET", "/packages", {"X-Tenant-Key": key(numbers.randint(1, TENANTS))}) for _ in range(count))


def everything():
    """Each list and each package of each tenant once."""
    return b"".join(
        rendered(200, "GET", path, {"X-Tenant-Key": key(number)}) for number in range(1, TENANTS + 1)
        for path in ("/packages", *(f"/packages/{slug}" for slug in published())))


def mix(count=60_000):
    """Lists and single packages of tenants by Zipf's law, and one write in a hundred."""
    numbers = random.Random(3)
    weights = list(itertools.accumulate(1 / rank ** ZIPF_EXPONENT for rank in range(1, TENANTS + 1)))
    ranks = list(range(1, TENANTS + 1))
    numbers.shuffle(ranks)
    records = []
    for _ in range(count):
        tenant = ranks[bisect.bisect(weights, numbers.random() * weights[-1])]
        slug, kind = numbers.choice(published()), numbers.random()
        if kind < WRITE_SHARE:
            body = json.dumps({"priceCents": numbers.randint(10, 900) * 100})
            records.append(rendered(200, "PATCH", f"/api/v1/admin/packages/{slug}",
                                    {"Authorization": f"Bearer {key(tenant, 'sk')}"}, body))
        else:
            path = "/packages" if kind < WRITE_SHARE + LIST_SHARE else f"/packages/{slug}"
            records.append(rendered(200, "GET", path, {"X-Tenant-Key": key(tenant)}))
    return b"".join(records)


class Bookings:
    """Bookings of days that nobody has, each used once, in the order of tenants and then days."""

    def __init__(self):
        self.next = 0
        self.first_day = datetime.date.today() + datetime.timedelta(days=90)  # past all that was generated

    def take(self, count):
        records = []
        for number in range(self.next, self.next + count):
            day = self.first_day + datetime.timedelta(days=number // TENANTS)
            body = json.dumps({"packageSlug": "package-1", "date": day.isoformat(),
                               "customer": {"name": "Ada", "email": f"ada{number % 5000}@example.com"}})
            headers = {"X-Tenant-Key": key(1 + number % TENANTS), "Idempotency-Key": f"bench-{number}"}
            records.append(rendered(201, "POST", "/api/v1/bookings", headers, body))
        self.next += count
        return b"".join(records)


def availability():
    """A range of thirty days."""
    first = datetime.date.today() + datetime.timedelta(days=30)
    return f"/api/v1/availability?from={first}&to={first + datetime.timedelta(days=29)}"
