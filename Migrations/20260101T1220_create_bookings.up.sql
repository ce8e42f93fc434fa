-- Dates, and who has them.
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

-- A date that was ever booked or blacked out. Its row is what bookings and blackouts of that date lock and refer to:
-- live bookings with is_blackout = false, blackouts with is_blackout = true. So no date has both, whoever writes.
CREATE TABLE days (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  date date NOT NULL,
  is_blackout boolean NOT NULL DEFAULT false,
  CONSTRAINT days_pkey PRIMARY KEY (tenant_id, date),
  CONSTRAINT days_state_key UNIQUE (tenant_id, date, is_blackout)
);

CREATE TABLE blackouts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  date date NOT NULL,
  reason text,
  is_blackout boolean NOT NULL GENERATED ALWAYS AS (true) STORED,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT blackouts_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT blackouts_date_key UNIQUE (tenant_id, date),
  CONSTRAINT blackouts_day_fkey FOREIGN KEY (tenant_id, date, is_blackout)
    REFERENCES days (tenant_id, date, is_blackout)
);

-- One for each e-mail address, letter case aside.
CREATE TABLE customers (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  id uuid NOT NULL,
  -- The address in lower case.
  email_key text COLLATE "C" NOT NULL,
  email text NOT NULL,
  name text NOT NULL,
  phone text,
  created_at timestamptz NOT NULL,
  CONSTRAINT customers_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT customers_email_key UNIQUE (tenant_id, email_key)
);

CREATE INDEX customers_tenant_newest_idx ON customers (tenant_id, created_at DESC, id);
CREATE INDEX customers_newest_idx ON customers (created_at DESC, id);

CREATE TABLE bookings (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  status text COLLATE "C" NOT NULL
    CHECK (status IN ('PENDING', 'CONFIRMED', 'CANCELLED', 'EXPIRED', 'COMPLETED')),
  date date NOT NULL,
  -- The date while the booking takes it; null from then on, which frees it.
  live_on date GENERATED ALWAYS AS (CASE WHEN status IN ('PENDING', 'CONFIRMED') THEN date END) STORED,
  on_blackout boolean NOT NULL GENERATED ALWAYS AS (false) STORED,
  -- Which of the places of its date it has, and how many places there were when it was booked.
  slot integer NOT NULL,
  capacity integer NOT NULL,
  customer_id uuid NOT NULL,
  -- Everything as it was agreed; later changes of the catalog do not touch it.
  package_slug text COLLATE "C" NOT NULL,
  package_title text NOT NULL,
  package_price_cents bigint NOT NULL CHECK (package_price_cents >= 0),
  -- [{"slug", "title", "priceCents"}]
  add_ons jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(add_ons) = 'array'),
  venue_id uuid,
  venue_name text,
  venue_city text,
  customer_name text NOT NULL,
  customer_email text NOT NULL,
  customer_phone text,
  currency text COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  notes text,
  reason text,
  -- SHA-256 of the token that its customer was given.
  access_token bytea NOT NULL CHECK (octet_length(access_token) = 32),
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  cancelled_at timestamptz,
  expires_at timestamptz NOT NULL,
  CONSTRAINT bookings_pkey PRIMARY KEY (tenant_id, id),
  -- A date is sold at most as often as it has places, counting live bookings alone.
  CONSTRAINT bookings_slot_key UNIQUE (tenant_id, live_on, slot),
  CONSTRAINT bookings_slot_check CHECK (slot >= 0 AND slot < capacity),
  CONSTRAINT bookings_day_fkey FOREIGN KEY (tenant_id, live_on, on_blackout)
    REFERENCES days (tenant_id, date, is_blackout),
  CONSTRAINT bookings_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
  CONSTRAINT bookings_venue_check CHECK ((venue_id IS NULL) = (venue_name IS NULL) AND (venue_id IS NULL) = (venue_city IS NULL))
);

CREATE INDEX bookings_tenant_newest_idx ON bookings (tenant_id, created_at DESC, id);
CREATE INDEX bookings_status_idx ON bookings (tenant_id, status, created_at DESC, id);
CREATE INDEX bookings_date_idx ON bookings (tenant_id, date);
CREATE INDEX bookings_status_date_idx ON bookings (tenant_id, status, date);
CREATE INDEX bookings_customer_idx ON bookings (tenant_id, customer_id, created_at DESC, id);
CREATE INDEX bookings_confirmed_idx ON bookings (tenant_id, confirmed_at) WHERE confirmed_at IS NOT NULL;
-- Across tenants: the newest for operators, and what the sweeper looks for.
CREATE INDEX bookings_newest_idx ON bookings (created_at DESC, id);
CREATE INDEX bookings_holds_idx ON bookings (expires_at) WHERE status = 'PENDING';
CREATE INDEX bookings_days_idx ON bookings (date) WHERE status = 'CONFIRMED';

-- The answer to a call that booked, given again when its key comes again. A key exists with its booking or not at all.
CREATE TABLE idempotency_keys (
  tenant_id uuid NOT NULL,
  key text COLLATE "C" NOT NULL,
  -- SHA-256 of the request.
  fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
  booking_id uuid NOT NULL,
  answer json NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, key),
  CONSTRAINT idempotency_keys_booking_fkey FOREIGN KEY (tenant_id, booking_id)
    REFERENCES bookings (tenant_id, id) ON DELETE CASCADE
);

CREATE INDEX idempotency_keys_booking_idx ON idempotency_keys (tenant_id, booking_id);
CREATE INDEX idempotency_keys_expiry_idx ON idempotency_keys (expires_at);

DO $$
DECLARE
  -- A setting that was local to an earlier transaction reads back as ''.
  own_rows constant text := 'tenant_id = NULLIF(current_setting(''app.tenant_id'', true), '''')::uuid';
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['days', 'blackouts', 'customers', 'bookings', 'idempotency_keys'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant_rows ON %1$I TO tenantry_app USING (%2$s) WITH CHECK (%2$s)', name, own_rows);
    EXECUTE format('CREATE POLICY owner_rows ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO tenantry_app', name);
  END LOOP;
END
$$;

-- Nothing a tenant has agreed with a customer is ever deleted on its behalf.
GRANT DELETE ON blackouts TO tenantry_app;
