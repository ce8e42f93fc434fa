"""The catalog in FastAPI: uvicorn with uvloop and httptools, redis-py with hiredis, asyncpg.

PEER_MODE says where answers are kept: memory, redis (cache-aside), or database (nowhere). Started with
`uvicorn app:app`; DATABASE_URL and REDIS_URL say where the servers are.
"""

import hashlib, os, time
from contextlib import asynccontextmanager
from datetime import datetime, timezone

import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from pydantic import BaseModel, PlainSerializer
from redis import asyncio as redis
from typing import Annotated
from uuid import UUID

MODE = os.environ["PEER_MODE"]
TTL, KEY_TTL = 900, 60  # seconds

Time = Annotated[datetime, PlainSerializer(
    lambda t: t.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"))]


class AddOn(BaseModel):
    id: UUID
    slug: str
    title: str
    priceCents: int


class Photo(BaseModel):
    url: str
    alt: str


class Package(BaseModel):
    id: UUID
    slug: str
    title: str
    description: str
    priceCents: int
    currency: str
    segment: str | None
    grouping: str | None
    groupingOrder: int
    status: str
    photos: list[Photo]
    addOns: list[AddOn]
    createdAt: Time
    updatedAt: Time


class PriceChange(BaseModel):
    priceCents: int


class PackageList(BaseModel):
    data: list[Package]
    nextCursor: str | None = None


PACKAGES = """
    SELECT p.id, p.slug, p.title, p.description, p.price_cents, p.currency, s.slug AS segment, p.grouping,
      p.grouping_order, p.status, p.photo_urls, p.photo_alts, p.add_on_ids, p.created_at, p.updated_at
    FROM packages p LEFT JOIN segments s ON s.tenant_id = p.tenant_id AND s.id = p.segment_id
    WHERE p.tenant_id = $1 AND p.status = 'published'"""
ADD_ONS = """
    SELECT id, slug, title, price_cents FROM add_ons WHERE tenant_id = $1 AND id = ANY($2) AND active"""
TENANT = """
    SELECT k.tenant_id, k.kind FROM api_keys k JOIN tenants t ON t.id = k.tenant_id
    WHERE k.digest = $1 AND t.status = 'active'"""
CHANGE = """
    UPDATE packages SET price_cents = $3, version = version + 1, updated_at = now()
    WHERE tenant_id = $1 AND slug = $2 RETURNING id"""


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=4, max_size=20)
    app.state.redis = redis.from_url(os.environ["REDIS_URL"])
    yield
    await app.state.redis.aclose()
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)
app.add_middleware(GZipMiddleware, minimum_size=1024)
answers: dict[tuple, tuple[float, bytes]] = {}
holders: dict[str, tuple[float, UUID, str]] = {}


async def holder(key: str) -> tuple[UUID, str]:
    """Whose key it is, and its kind; remembered for a minute unless nothing is cached."""
    known = holders.get(key)
    if known and known[0] > time.monotonic():
        return known[1:]
    found = await app.state.pool.fetchrow(TENANT, hashlib.sha256(key.encode()).digest())
    if found is None:
        raise HTTPException(401)
    if MODE != "database":
        holders[key] = (time.monotonic() + KEY_TTL, found["tenant_id"], found["kind"])
    return found["tenant_id"], found["kind"]


async def tenant(request: Request) -> UUID:
    owner, kind = await holder(request.headers.get("x-tenant-key", ""))
    if kind != "pk":
        raise HTTPException(403)
    return owner


async def staff(request: Request) -> UUID:
    owner, kind = await holder(request.headers.get("authorization", "").removeprefix("Bearer "))
    if kind != "sk":
        raise HTTPException(403)
    return owner


async def packages(owner: UUID, rest: str, *parameters) -> list[Package]:
    async with app.state.pool.acquire() as connection:
        rows = await connection.fetch(PACKAGES + rest, owner, *parameters)
        named = await connection.fetch(ADD_ONS, owner, list({id for row in rows for id in row["add_on_ids"]}))
    add_ons = {
        a["id"]: AddOn(id=a["id"], slug=a["slug"], title=a["title"], priceCents=a["price_cents"]) for a in named}
    return [Package(
        id=p["id"], slug=p["slug"], title=p["title"], description=p["description"], priceCents=p["price_cents"],
        currency=p["currency"], segment=p["segment"], grouping=p["grouping"], groupingOrder=p["grouping_order"],
        status=p["status"], photos=[Photo(url=u, alt=a) for u, a in zip(p["photo_urls"], p["photo_alts"])],
        addOns=[add_ons[id] for id in p["add_on_ids"] if id in add_ons], createdAt=p["created_at"], updatedAt=p["updated_at"]) for p in rows]


async def cached(key: tuple, load) -> bytes:
    if MODE == "memory":
        kept = answers.get(key)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        body = await load()
        answers[key] = (time.monotonic() + TTL, body)
        return body
    if MODE == "redis":
        name = "fastapi:" + ":".join(map(str, key))
        body = await app.state.redis.get(name)
        if body is None:
            body = await load()
            await app.state.redis.set(name, body, ex=TTL)
        return body
    return await load()


@app.get("/packages")
async def list_packages(owner: UUID = Depends(tenant)):
    async def load():
        found = await packages(owner, " ORDER BY p.segment_order, p.grouping_order, p.title, p.id LIMIT 50")
        return PackageList(data=found).model_dump_json().encode()
    return Response(await cached((owner, "packages"), load), media_type="application/json")


@app.get("/packages/{slug}")
async def one_package(slug: str, owner: UUID = Depends(tenant)):
    async def load():
        found = await packages(owner, " AND p.slug = $2", slug)
        if not found:
            raise HTTPException(404)
        return found[0].model_dump_json().encode()
    return Response(await cached((owner, "package", slug), load), media_type="application/json")


@app.patch("/api/v1/admin/packages/{slug}")
async def change_price(slug: str, change: PriceChange, owner: UUID = Depends(staff)):
    if await app.state.pool.fetchval(CHANGE, owner, slug, change.priceCents) is None:
        raise HTTPException(404)
    keys = [(owner, "packages"), (owner, "package", slug)]
    for key in keys:
        answers.pop(key, None)
    if MODE == "redis":
        await app.state.redis.delete(*("fastapi:" + ":".join(map(str, key)) for key in keys))
    found = await packages(owner, " AND p.slug = $2", slug)
    if not found:
        raise HTTPException(404)
    return Response(found[0].model_dump_json().encode(), media_type="application/json")
