-- Tenants and their keys: looked at before a tenant is known, so they are exempt from row-level security.
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

-- Whoever serves requests does so as this role: it owns nothing, cannot log in and never bypasses row-level security.
-- Roles belong to the whole server, so another database may have made it already, even at this moment.
DO $$
BEGIN
  CREATE ROLE tenantry_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

DO $$
BEGIN
  IF NOT pg_has_role(CURRENT_USER, 'tenantry_app', 'MEMBER') THEN
    EXECUTE format('GRANT tenantry_app TO %I', CURRENT_USER);
  END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO tenantry_app;

CREATE TABLE tenants (
  id uuid PRIMARY KEY,
  slug text COLLATE "C" NOT NULL,
  name text NOT NULL,
  status text COLLATE "C" NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
  time_zone text NOT NULL,
  currency text COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  daily_capacity integer NOT NULL DEFAULT 1 CHECK (daily_capacity >= 1),
  created_at timestamptz NOT NULL,
  CONSTRAINT tenants_slug_key UNIQUE (slug)
);

CREATE INDEX tenants_status_idx ON tenants (status, created_at, id);

-- Of a key only its SHA-256 is kept.
CREATE TABLE api_keys (
  digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('pk', 'sk')),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX api_keys_tenant_idx ON api_keys (tenant_id);

GRANT SELECT ON tenants, api_keys TO tenantry_app;
