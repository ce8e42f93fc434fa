SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

DROP TABLE api_keys;
DROP TABLE tenants;
REVOKE USAGE ON SCHEMA public FROM tenantry_app;
-- The role stays: other databases of the server may use it.
