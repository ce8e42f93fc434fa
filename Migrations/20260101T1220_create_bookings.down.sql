SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

DROP TABLE idempotency_keys;
DROP TABLE bookings;
DROP TABLE customers;
DROP TABLE blackouts;
DROP TABLE days;
