-- Hash partitioning by tenant, tried on copies of two large tables. As the owner or an administrator of a migrated database; what it makes lies in the schema
-- "trial" and goes with it:  psql -X -q -f deploy/local-cluster/partitioning.sql URL > deploy/local-cluster/partitioning.txt 2>&1
-- Its output of a day is beside it. What follows from it: docs/scaling.md.
\set ON_ERROR_STOP on
\pset footer off
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS trial CASCADE;
CREATE SCHEMA trial;

\echo === 1. Sixteen partitions of users and notification_logs, with the same columns, keys and policy
CREATE TABLE trial.users (LIKE public.users INCLUDING DEFAULTS INCLUDING GENERATED, PRIMARY KEY (tenant_id, id)) PARTITION BY HASH (tenant_id);
CREATE TABLE trial.notification_logs (LIKE public.notification_logs INCLUDING DEFAULTS INCLUDING GENERATED, PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES trial.users (tenant_id, id)) PARTITION BY HASH (tenant_id);
SELECT format('CREATE TABLE trial.%1$s_%2$s PARTITION OF trial.%1$s FOR VALUES WITH (MODULUS 16, REMAINDER %2$s)', t, n)
FROM unnest(ARRAY['users', 'notification_logs']) AS t, generate_series(0, 15) AS n \gexec
SELECT format('ALTER TABLE trial.%1$s ENABLE ROW LEVEL SECURITY; ALTER TABLE trial.%1$s FORCE ROW LEVEL SECURITY; GRANT SELECT, INSERT, UPDATE, DELETE ON trial.%1$s TO tenantry_serving;', t)
    || format('CREATE POLICY tenant_isolation ON trial.%I USING (tenant_id = (SELECT NULLIF(current_setting(''app.current_tenant_id'', true), '''')::uuid)) WITH CHECK (tenant_id = (SELECT NULLIF(current_setting(''app.current_tenant_id'', true), '''')::uuid))', t)
FROM unnest(ARRAY['users', 'notification_logs']) AS t \gexec
GRANT USAGE ON SCHEMA trial TO tenantry_serving;

\echo === 2. 400 tenants with 250 users and 1,000 messages each; beside them the same in tables that are not partitioned
CREATE TABLE trial.tenants AS SELECT n, md5('tenant ' || n)::uuid AS id FROM generate_series(1, 400) AS n;
ALTER TABLE trial.users DISABLE ROW LEVEL SECURITY;
ALTER TABLE trial.notification_logs DISABLE ROW LEVEL SECURITY;
INSERT INTO trial.users (tenant_id, id, email, email_normalized, first_name, email_verified, is_active, created_at, updated_at)
SELECT t.id, md5('user ' || t.n || ' ' || u)::uuid, u || '@example.com', u || '@example.com', 'User', true, true, now(), now() FROM trial.tenants t, generate_series(1, 250) AS u;
INSERT INTO trial.notification_logs (tenant_id, id, user_id, type, recipient, subject, status, created_at)
SELECT t.id, md5('message ' || t.n || ' ' || m)::uuid, md5('user ' || t.n || ' ' || 1 + m % 250)::uuid, 'email', m % 250 || '@example.com', 'Your order ' || m, CASE m % 20 WHEN 0 THEN 'failed' ELSE 'sent' END, now()
FROM trial.tenants t, generate_series(1, 1000) AS m;
CREATE TABLE trial.flat (LIKE trial.notification_logs INCLUDING ALL);
INSERT INTO trial.flat SELECT * FROM trial.notification_logs;
ALTER TABLE trial.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE trial.notification_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE trial.flat ENABLE ROW LEVEL SECURITY;
ALTER TABLE trial.flat FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON trial.flat USING (tenant_id = (SELECT NULLIF(current_setting('app.current_tenant_id', true), '')::uuid));
GRANT SELECT ON trial.flat TO tenantry_serving;
ANALYZE trial.users, trial.notification_logs, trial.flat;
SELECT c.relname, c.reltuples::bigint AS rows FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid WHERE i.inhparent = 'trial.notification_logs'::regclass ORDER BY c.reltuples DESC;

\echo === 3. What statements of the serving role come to, each behind set_config in one transaction, as the service sends them
SET ROLE tenantry_serving;
SET plan_cache_mode = force_generic_plan; -- what a prepared statement comes to after five times
PREPARE newest AS SELECT id, recipient, status FROM trial.notification_logs ORDER BY id DESC LIMIT 51;
PREPARE one (uuid) AS SELECT id, status FROM trial.notification_logs WHERE id = $1;
PREPARE counted AS SELECT status, count(*) FROM trial.notification_logs GROUP BY status;
PREPARE joined AS SELECT m.id, u.email FROM trial.notification_logs m JOIN trial.users u ON u.tenant_id = m.tenant_id AND u.id = m.user_id ORDER BY m.id DESC LIMIT 51;
PREPARE flat AS SELECT id, recipient, status FROM trial.flat ORDER BY id DESC LIMIT 51;
BEGIN;
SELECT set_config('app.current_tenant_id', md5('tenant 7')::uuid::text, true) <> '' AS tenant;
\o /dev/null
EXECUTE newest; EXECUTE one (md5('message 7 3')::uuid); EXECUTE counted; EXECUTE joined; EXECUTE flat; -- planned once
\o
\echo --- the newest 51 of the tenant
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) EXECUTE newest;
\echo --- one by its id
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) EXECUTE one (md5('message 7 3')::uuid);
\echo --- counted by status
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) EXECUTE counted;
\echo --- joined with users
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) EXECUTE joined;
\echo --- the newest 51 without partitions
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) EXECUTE flat;
COMMIT;
\echo --- planned anew each time, as without max_auto_prepare: what planning costs
BEGIN;
SELECT set_config('app.current_tenant_id', md5('tenant 7')::uuid::text, true) <> '' AS tenant;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) SELECT id, recipient, status FROM trial.notification_logs ORDER BY id DESC LIMIT 51;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) SELECT id, recipient, status FROM trial.flat ORDER BY id DESC LIMIT 51;
\echo --- with the tenant in the statement too: pruned before it begins
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) SELECT id, recipient, status FROM trial.notification_logs WHERE tenant_id = md5('tenant 7')::uuid ORDER BY id DESC LIMIT 51;
COMMIT;
\echo --- no tenant: no rows
SELECT count(*) FROM trial.notification_logs;
\echo --- a partition by its own name has no policy, and no grant
\set ON_ERROR_STOP off
SELECT count(*) FROM trial.notification_logs_3;
\set ON_ERROR_STOP on
RESET ROLE;

\echo === 4. A partition leaves, and comes back: while others read and write the rest
ALTER TABLE trial.notification_logs DETACH PARTITION trial.notification_logs_3 CONCURRENTLY;
SELECT count(*) AS left_in_the_table FROM trial.notification_logs;
-- The constraint is what ATTACH would otherwise read the whole table for, under a lock.
ALTER TABLE trial.notification_logs_3 ADD CONSTRAINT is_remainder_3 CHECK (satisfies_hash_partition('trial.notification_logs'::regclass, 16, 3, tenant_id));
ALTER TABLE trial.notification_logs ATTACH PARTITION trial.notification_logs_3 FOR VALUES WITH (MODULUS 16, REMAINDER 3);
ALTER TABLE trial.notification_logs_3 DROP CONSTRAINT is_remainder_3;
SELECT count(*) AS all_again FROM trial.notification_logs;

\echo === 5. A partition that has grown is split: 3 of 16 becomes 3 and 19 of 32
BEGIN;
ALTER TABLE trial.notification_logs DETACH PARTITION trial.notification_logs_3;
CREATE TABLE trial.notification_logs_3_of_32 PARTITION OF trial.notification_logs FOR VALUES WITH (MODULUS 32, REMAINDER 3);
CREATE TABLE trial.notification_logs_19_of_32 PARTITION OF trial.notification_logs FOR VALUES WITH (MODULUS 32, REMAINDER 19);
INSERT INTO trial.notification_logs SELECT * FROM trial.notification_logs_3;
DROP TABLE trial.notification_logs_3;
COMMIT;
SELECT count(*) AS all_again, count(DISTINCT tableoid) AS partitions FROM trial.notification_logs;
DROP SCHEMA trial CASCADE;
