SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

DROP INDEX outbox_change_idx;
ALTER TABLE outbox DROP COLUMN is_announced, DROP COLUMN change;
