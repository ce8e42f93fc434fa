-- Which add-ons a package has, in its own row: see docs/decisions/0019. Programs from before it cannot read packages any
-- longer; stop them first.
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

-- In their order, each once. No foreign key is possible: whoever writes them locks the add-ons meanwhile, and an
-- identifier of one that was removed since names nothing.
ALTER TABLE packages ADD COLUMN add_on_ids uuid[] NOT NULL DEFAULT '{}';

UPDATE packages p SET add_on_ids = l.ids
FROM (SELECT tenant_id, package_id, array_agg(add_on_id ORDER BY position) AS ids FROM package_add_ons GROUP BY 1, 2) AS l
WHERE p.tenant_id = l.tenant_id AND p.id = l.package_id;

DROP TABLE package_add_ons;
