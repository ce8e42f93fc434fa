-- The table and its policies as 20260101T1210 made them. Names of add-ons that were removed since are left out.
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

CREATE TABLE package_add_ons (
  tenant_id uuid NOT NULL,
  package_id uuid NOT NULL,
  add_on_id uuid NOT NULL,
  position integer NOT NULL,
  CONSTRAINT package_add_ons_pkey PRIMARY KEY (tenant_id, package_id, position) INCLUDE (add_on_id),
  CONSTRAINT package_add_ons_add_on_key UNIQUE (tenant_id, add_on_id, package_id),
  CONSTRAINT package_add_ons_package_fkey FOREIGN KEY (tenant_id, package_id)
    REFERENCES packages (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT package_add_ons_add_on_fkey FOREIGN KEY (tenant_id, add_on_id)
    REFERENCES add_ons (tenant_id, id) ON DELETE CASCADE
);

INSERT INTO package_add_ons (tenant_id, package_id, add_on_id, position)
SELECT p.tenant_id, p.id, named.id, named.position
FROM packages p CROSS JOIN unnest(p.add_on_ids) WITH ORDINALITY AS named (id, position)
  JOIN add_ons a ON a.tenant_id = p.tenant_id AND a.id = named.id;

ALTER TABLE packages DROP COLUMN add_on_ids;

ALTER TABLE package_add_ons ENABLE ROW LEVEL SECURITY;
ALTER TABLE package_add_ons FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON package_add_ons TO tenantry_app
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY owner_rows ON package_add_ons TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON package_add_ons TO tenantry_app;
