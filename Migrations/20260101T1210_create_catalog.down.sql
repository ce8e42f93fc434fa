SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

DROP TABLE venues;
DROP TABLE package_add_ons;
DROP TABLE packages;
DROP TABLE add_ons;
DROP TABLE segments;
