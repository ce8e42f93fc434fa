-- What tenants sell. Texts that lists are ordered by compare by their bytes (COLLATE "C"), as cursors do.
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

CREATE TABLE segments (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id uuid NOT NULL,
  version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  slug text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  description text,
  sort_order integer NOT NULL DEFAULT 0,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT segments_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT segments_slug_key UNIQUE (tenant_id, slug),
  -- What packages refer to; see packages.segment_order.
  CONSTRAINT segments_sort_order_key UNIQUE (tenant_id, sort_order, id)
);

CREATE INDEX segments_active_idx ON segments (tenant_id, active, sort_order, name, id);

CREATE TABLE add_ons (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id uuid NOT NULL,
  version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  slug text COLLATE "C" NOT NULL,
  title text COLLATE "C" NOT NULL,
  description text,
  price_cents bigint NOT NULL CHECK (price_cents >= 0),
  segment_id uuid,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT add_ons_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT add_ons_slug_key UNIQUE (tenant_id, slug),
  CONSTRAINT add_ons_segment_fkey FOREIGN KEY (tenant_id, segment_id) REFERENCES segments (tenant_id, id)
);

CREATE INDEX add_ons_active_idx ON add_ons (tenant_id, active, title, id);
CREATE INDEX add_ons_segment_idx ON add_ons (tenant_id, segment_id, active, title, id);

CREATE TABLE packages (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id uuid NOT NULL,
  version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  slug text COLLATE "C" NOT NULL,
  title text COLLATE "C" NOT NULL,
  description text NOT NULL DEFAULT '',
  price_cents bigint NOT NULL CHECK (price_cents >= 0),
  currency text COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  segment_id uuid,
  -- The sort order of its segment, kept equal by the foreign key, so that one index holds the default order. The largest
  -- number without a segment.
  segment_order integer NOT NULL DEFAULT 2147483647,
  grouping text COLLATE "C",
  grouping_order integer NOT NULL DEFAULT 0,
  status text COLLATE "C" NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'archived')),
  -- Photos: their addresses and, at the same place, their texts.
  photo_urls text[] NOT NULL DEFAULT '{}',
  photo_alts text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT packages_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT packages_slug_key UNIQUE (tenant_id, slug),
  CONSTRAINT packages_segment_fkey FOREIGN KEY (tenant_id, segment_order, segment_id)
    REFERENCES segments (tenant_id, sort_order, id) ON UPDATE CASCADE,
  CONSTRAINT packages_segment_order_check CHECK (segment_id IS NOT NULL OR segment_order = 2147483647),
  CONSTRAINT packages_photos_check CHECK (cardinality(photo_urls) = cardinality(photo_alts))
);

-- One index for each order of a list. Both directions of price and age use the same one: only ties are sorted.
CREATE INDEX packages_status_idx ON packages (tenant_id, status, segment_order, grouping_order, title, id);
CREATE INDEX packages_title_idx ON packages (tenant_id, status, title, id);
CREATE INDEX packages_price_idx ON packages (tenant_id, status, price_cents, id);
CREATE INDEX packages_newest_idx ON packages (tenant_id, status, created_at, id);
CREATE INDEX packages_segment_idx ON packages (tenant_id, segment_id, status, grouping_order, title, id);
CREATE INDEX packages_grouping_idx ON packages (tenant_id, segment_id, grouping, status, grouping_order, title, id);

CREATE TABLE package_add_ons (
  tenant_id uuid NOT NULL,
  package_id uuid NOT NULL,
  add_on_id uuid NOT NULL,
  -- Its place among the add-ons of the package; places may have gaps.
  position integer NOT NULL,
  CONSTRAINT package_add_ons_pkey PRIMARY KEY (tenant_id, package_id, position) INCLUDE (add_on_id),
  CONSTRAINT package_add_ons_add_on_key UNIQUE (tenant_id, add_on_id, package_id),
  CONSTRAINT package_add_ons_package_fkey FOREIGN KEY (tenant_id, package_id)
    REFERENCES packages (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT package_add_ons_add_on_fkey FOREIGN KEY (tenant_id, add_on_id)
    REFERENCES add_ons (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE venues (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id uuid NOT NULL,
  version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  name text COLLATE "C" NOT NULL,
  city text COLLATE "C" NOT NULL,
  address text,
  capacity integer CHECK (capacity >= 1),
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT venues_pkey PRIMARY KEY (tenant_id, id)
);

CREATE INDEX venues_city_idx ON venues (tenant_id, city, name, id) WHERE active;

-- A tenant's transaction sees and changes that tenant's rows alone; without a tenant, none. The owner works across
-- tenants: migrations, sweeper, relay, backups.
DO $$
DECLARE
  -- A setting that was local to an earlier transaction reads back as ''.
  own_rows constant text := 'tenant_id = NULLIF(current_setting(''app.tenant_id'', true), '''')::uuid';
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['segments', 'add_ons', 'packages', 'package_add_ons', 'venues'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant_rows ON %1$I TO tenantry_app USING (%2$s) WITH CHECK (%2$s)', name, own_rows);
    EXECUTE format('CREATE POLICY owner_rows ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tenantry_app', name);
  END LOOP;
END
$$;
