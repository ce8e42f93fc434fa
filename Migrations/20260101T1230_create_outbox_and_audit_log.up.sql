-- What has changed and is still to be told, and what operators have done.
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

-- Written in the transaction of the change, removed by the relay. Exempt from row-level security, since the relay reads
-- across tenants; those who serve requests can only add to it.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL,
  -- The names of the cache tags that the change made stale; 'platform:' in front of those of the platform's scope.
  tags text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

GRANT INSERT ON outbox TO tenantry_app;

-- Only ever added to. What concerns no tenant has the identifier of zeros.
CREATE TABLE audit_log (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text COLLATE "C" NOT NULL,
  subject text,
  detail jsonb NOT NULL DEFAULT '{}',
  request_id text,
  CONSTRAINT audit_log_pkey PRIMARY KEY (tenant_id, id)
);

CREATE INDEX audit_log_tenant_newest_idx ON audit_log (tenant_id, at DESC, id);
CREATE INDEX audit_log_newest_idx ON audit_log (at DESC, id);

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON audit_log TO tenantry_app
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY owner_rows ON audit_log TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON audit_log TO tenantry_app;
