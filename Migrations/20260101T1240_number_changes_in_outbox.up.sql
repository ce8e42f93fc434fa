-- Which change left the word, so that its writer can take it back once all who cache have been told.
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

ALTER TABLE outbox
  -- The number that the writer gave its change; nobody's where it is NULL.
  ADD COLUMN change bigint DEFAULT NULLIF(current_setting('app.change', true), '')::bigint,
  -- Whether instances were notified of it because the shared store could not be told.
  ADD COLUMN is_announced boolean NOT NULL DEFAULT false;

CREATE INDEX outbox_change_idx ON outbox (change);
