'use strict';
// The catalog in Express with node-redis and node-postgres.
//
// PEER_MODE says where answers are kept: memory, redis (cache-aside), or database (nowhere). PORT, DATABASE_URL and
// REDIS_URL say where the servers are; PEER_WORKERS above 1 forks so many processes.

const cluster = require('cluster');
const { createHash } = require('crypto');
const compression = require('compression');
const express = require('express');
const { Pool } = require('pg');
const { createClient } = require('redis');

const mode = process.env.PEER_MODE;
const ttl = 900, keyTTL = 60; // seconds
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
const redis = createClient({ url: process.env.REDIS_URL });
const answers = new Map();
const holders = new Map();

const packagesSQL = `
  SELECT p.id, p.slug, p.title, p.description, p.price_cents, p.currency, s.slug AS segment, p.grouping,
    p.grouping_order, p.status, p.photo_urls, p.photo_alts, p.add_on_ids, p.created_at, p.updated_at
  FROM packages p LEFT JOIN segments s ON s.tenant_id = p.tenant_id AND s.id = p.segment_id
  WHERE p.tenant_id = $1 AND p.status = 'published'`;
const addOnsSQL = `
  SELECT id, slug, title, price_cents FROM add_ons WHERE tenant_id = $1 AND id = ANY($2) AND active`;
const tenantSQL = `
  SELECT k.tenant_id, k.kind FROM api_keys k JOIN tenants t ON t.id = k.tenant_id
  WHERE k.digest = $1 AND t.status = 'active'`;
const changeSQL = `
  UPDATE packages SET price_cents = $3, version = version + 1, updated_at = now() WHERE tenant_id = $1 AND slug = $2`;

/// Whose key it is; remembered for a minute unless nothing is cached.
async function holderOf(key) {
  const known = holders.get(key);
  if (known && known.until > Date.now()) return known;
  const digest = createHash('sha256').update(key).digest();
  const { rows } = await pool.query({ name: 'tenant', text: tenantSQL, values: [digest] });
  if (rows.length === 0) return null;
  const holder = { tenant: rows[0].tenant_id, kind: rows[0].kind, until: Date.now() + keyTTL * 1000 };
  if (mode !== 'database') holders.set(key, holder);
  return holder;
}

/// Lets pass whoever shows a key of a kind.
function requires(kind, keyOf) {
  return async (req, res, next) => {
    try {
      const holder = await holderOf(keyOf(req) || '');
      if (!holder) return res.status(401).json({ title: 'Key missing or unknown' });
      if (holder.kind !== kind) return res.status(403).json({ title: 'The wrong kind of key' });
      req.tenant = holder.tenant;
      next();
    } catch (error) { next(error); }
  };
}

const storefront = requires('pk', (req) => req.get('X-Tenant-Key'));
const staff = requires('sk', (req) => (req.get('Authorization') || '').replace(/^Bearer /, ''));

async function packages(tenant, name, rest, ...values) {
  const { rows } = await pool.query({ name, text: packagesSQL + rest, values: [tenant, ...values] });
  const ids = [...new Set(rows.flatMap((row) => row.add_on_ids))];
  const named = await pool.query({ name: 'addOns', text: addOnsSQL, values: [tenant, ids] });
  const addOns = new Map(named.rows.map((a) => [
    a.id, { id: a.id, slug: a.slug, title: a.title, priceCents: Number(a.price_cents) },
  ]));
  return rows.map((p) => ({
    id: p.id, slug: p.slug, title: p.title, description: p.description, priceCents: Number(p.price_cents),
    currency: p.currency, segment: p.segment, grouping: p.grouping, groupingOrder: p.grouping_order, status: p.status,
    photos: p.photo_urls.map((url, i) => ({ url, alt: p.photo_alts[i] })),
    addOns: p.add_on_ids.filter((id) => addOns.has(id)).map((id) => addOns.get(id)),
    createdAt: p.created_at, updatedAt: p.updated_at,
  }));
}

async function cached(key, load) {
  if (mode === 'memory') {
    const kept = answers.get(key);
    if (kept && kept.until > Date.now()) return kept.body;
    const body = await load();
    answers.set(key, { body, until: Date.now() + ttl * 1000 });
    return body;
  }
  if (mode === 'redis') {
    const name = 'express:' + key;
    let body = await redis.get(name);
    if (body === null) {
      body = await load();
      await redis.set(name, body, { EX: ttl });
    }
    return body;
  }
  return load();
}

async function main() {
  await redis.connect();
  const app = express();
  app.disable('x-powered-by');
  app.use(compression());
  app.get('/packages', storefront, async (req, res, next) => {
    try {
      const body = await cached(`${req.tenant}:packages`, async () => {
        const data = await packages(
          req.tenant, 'list', ' ORDER BY p.segment_order, p.grouping_order, p.title, p.id LIMIT 50');
        return JSON.stringify({ data, nextCursor: null });
      });
      res.type('json').send(body);
    } catch (error) { next(error); }
  });
  app.get('/packages/:slug', storefront, async (req, res, next) => {
    try {
      const body = await cached(`${req.tenant}:package:${req.params.slug}`, async () => {
        const found = await packages(req.tenant, 'one', ' AND p.slug = $2', req.params.slug);
        return found.length === 0 ? null : JSON.stringify(found[0]);
      });
      if (body === null) return res.status(404).json({ title: 'Not found' });
      res.type('json').send(body);
    } catch (error) { next(error); }
  });
  app.patch('/api/v1/admin/packages/:slug', staff, express.json(), async (req, res, next) => {
    try {
      const { rowCount } = await pool.query({
        name: 'change', text: changeSQL, values: [req.tenant, req.params.slug, req.body.priceCents] });
      if (rowCount === 0) return res.status(404).json({ title: 'Not found' });
      const keys = [`${req.tenant}:packages`, `${req.tenant}:package:${req.params.slug}`];
      keys.forEach((key) => answers.delete(key));
      if (mode === 'redis') await redis.del(keys.map((key) => 'express:' + key));
      const [changed] = await packages(req.tenant, 'one', ' AND p.slug = $2', req.params.slug);
      if (!changed) return res.status(404).json({ title: 'Not found' });
      res.json(changed);
    } catch (error) { next(error); }
  });
  app.listen(Number(process.env.PORT), '127.0.0.1');
}

const workers = Number(process.env.PEER_WORKERS || 1);
if (workers > 1 && cluster.isPrimary) {
  for (let i = 0; i < workers; i++) cluster.fork();
  process.on('SIGTERM', () => process.exit(0));
} else {
  main();
}
