using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>
/// Whatever could let tenants see each other keeps the service from starting; each case is brought about for real.
/// </summary>
public sealed class IsolationCheckTests(Cluster cluster)
{
    [Theory]
    [InlineData(
        "ALTER TABLE users NO FORCE ROW LEVEL SECURITY",
        "Table users does not force",
        "ALTER TABLE users FORCE ROW LEVEL SECURITY"
    )]
    [InlineData(
        "ALTER TABLE sessions DISABLE ROW LEVEL SECURITY",
        "Table sessions has row-level security disabled",
        "ALTER TABLE sessions ENABLE ROW LEVEL SECURITY"
    )]
    [InlineData(
        "DROP POLICY tenant_isolation ON roles",
        "Table roles has no policy",
        "CREATE POLICY tenant_isolation ON roles"
    )]
    [InlineData(
        "ALTER POLICY tenant_isolation ON users USING (true)",
        "Policy tenant_isolation of table users is not as the model defines it",
        "DROP POLICY tenant_isolation ON users"
    )]
    [InlineData(
        "ALTER POLICY tenant_isolation ON users WITH CHECK (true)",
        "Policy tenant_isolation of table users is not as the model defines it",
        "DROP POLICY tenant_isolation ON users"
    )]
    [InlineData(
        "ALTER POLICY tenant_isolation ON users TO tenantry_owner",
        "Policy tenant_isolation of table users is not as the model defines it",
        "DROP POLICY tenant_isolation ON users"
    )]
    [InlineData(
        "CREATE POLICY helpful ON users FOR SELECT USING (true)",
        "Table users has a second permissive policy, helpful",
        "DROP POLICY helpful ON users"
    )]
    [InlineData(
        "CREATE VIEW everybody AS SELECT * FROM users; GRANT SELECT ON everybody TO tenantry_serving",
        "View everybody reads with its owner's rights",
        "ALTER VIEW everybody SET (security_invoker = true)"
    )]
    [InlineData(
        "CREATE VIEW everybody AS SELECT * FROM users; GRANT SELECT (email, password_hash) ON everybody TO tenantry_serving",
        "View everybody reads with its owner's rights",
        "ALTER VIEW everybody SET (security_invoker = true)"
    )]
    [InlineData(
        "CREATE VIEW everybody AS SELECT * FROM users; GRANT DELETE ON everybody TO tenantry_serving",
        "View everybody reads with its owner's rights",
        "ALTER VIEW everybody SET (security_invoker = true)"
    )]
    [InlineData(
        "CREATE SCHEMA old; ALTER TABLE mailed_tokens SET SCHEMA old",
        "Table mailed_tokens is missing",
        "tenantry migrate"
    )]
    [InlineData(
        "GRANT UPDATE, DELETE ON audit_events TO tenantry_serving",
        "has DELETE, UPDATE on audit_events",
        "REVOKE DELETE, UPDATE ON audit_events"
    )]
    [InlineData("GRANT INSERT ON permissions TO PUBLIC", "has INSERT on permissions", "REVOKE INSERT ON permissions")]
    [InlineData(
        "GRANT UPDATE (public_key) ON signing_keys TO tenantry_serving",
        "has UPDATE on signing_keys",
        "REVOKE UPDATE ON signing_keys"
    )]
    [InlineData(
        "GRANT INSERT ON schema_migrations TO tenantry_serving",
        "has INSERT on schema_migrations",
        "REVOKE INSERT ON schema_migrations"
    )]
    [InlineData(
        "CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN NULL; END'; REVOKE ALL ON FUNCTION copy() FROM PUBLIC; CREATE TRIGGER copy AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION copy()",
        "Trigger copy on users runs with the rights of tenantry_admin",
        "DROP TRIGGER copy ON users"
    )]
    [InlineData(
        "ALTER TABLE users DROP CONSTRAINT fk_users_tenants_tenant_id",
        "Table users has no foreign key to tenants",
        "FOREIGN KEY (tenant_id) REFERENCES tenants"
    )]
    [InlineData(
        "CREATE MATERIALIZED VIEW everybody AS SELECT 1 AS one; GRANT SELECT ON everybody TO tenantry_serving",
        "materialized view everybody",
        "REVOKE ALL ON everybody"
    )]
    [InlineData(
        "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM users'",
        "Function peek runs with the rights of",
        "REVOKE EXECUTE ON FUNCTION peek"
    )]
    [InlineData(
        "ALTER FUNCTION door_resolve_tenant(text, text, uuid) OWNER TO tenantry_admin",
        "Function door_resolve_tenant runs with the rights of tenantry_admin",
        "REVOKE EXECUTE"
    )]
    [InlineData(
        "CREATE TABLE notes (tenant_id uuid, body text); GRANT SELECT ON notes TO tenantry_serving",
        "table notes, which is not in the model and has a tenant_id",
        "REVOKE ALL ON notes"
    )]
    [InlineData("GRANT TRUNCATE ON users TO tenantry_serving", "may TRUNCATE users", "REVOKE TRUNCATE")]
    [InlineData(
        "ALTER TABLE sessions DROP CONSTRAINT fk_sessions_user_tenant_id_user_id, ADD CONSTRAINT loose FOREIGN KEY (user_id) REFERENCES users (id)",
        "Foreign key loose from sessions to users omits tenant_id",
        "(tenant_id, ...)",
        "CREATE UNIQUE INDEX loose_target ON users (id)"
    )]
    [InlineData(
        "ALTER TABLE mailed_tokens DROP CONSTRAINT pk_mailed_tokens, ADD PRIMARY KEY (id)",
        "The primary key of table mailed_tokens does not begin with tenant_id",
        "primary key"
    )]
    [InlineData("DROP TABLE mailed_tokens", "Table mailed_tokens is missing", "tenantry migrate")]
    [InlineData(
        "GRANT CREATE ON SCHEMA public TO tenantry_serving",
        "may create objects in schema public",
        "REVOKE CREATE ON SCHEMA public"
    )]
    [InlineData(
        "GRANT EXECUTE ON FUNCTION lo_create(oid) TO tenantry_serving",
        "may create large objects (lo_create)",
        "REVOKE EXECUTE ON FUNCTION lo_create(oid) FROM tenantry_serving, PUBLIC"
    )]
    [InlineData(
        "GRANT EXECUTE ON FUNCTION lo_from_bytea(oid, bytea) TO PUBLIC",
        "may create large objects (lo_from_bytea)",
        "REVOKE EXECUTE ON FUNCTION lo_from_bytea(oid,bytea)"
    )]
    [InlineData(
        "GRANT EXECUTE ON FUNCTION lo_import(text) TO tenantry_serving",
        "may create large objects (lo_import)",
        "REVOKE EXECUTE ON FUNCTION lo_import(text)"
    )]
    [InlineData(
        "SELECT lo_create(4711); GRANT SELECT ON LARGE OBJECT 4711 TO tenantry_serving",
        "can access the large object 4711",
        "SELECT lo_unlink(4711)"
    )]
    [InlineData(
        "SELECT lo_create(4711); GRANT UPDATE ON LARGE OBJECT 4711 TO PUBLIC",
        "can access the large object 4711",
        "SELECT lo_unlink(4711)"
    )]
    [InlineData(
        "SELECT lo_create(4711); ALTER LARGE OBJECT 4711 OWNER TO tenantry_app",
        "can access the large object 4711",
        "SELECT lo_unlink(4711)"
    )]
    [InlineData(
        "GRANT TEMPORARY ON DATABASE {database} TO tenantry_serving",
        "may create temporary tables",
        "REVOKE TEMPORARY ON DATABASE {database} FROM tenantry_serving, PUBLIC"
    )]
    [InlineData(
        "GRANT UPDATE ON users TO tenantry_doors",
        "tenantry_doors has UPDATE on users",
        "REVOKE UPDATE ON users FROM tenantry_doors"
    )]
    [InlineData(
        "GRANT SELECT ON users TO tenantry_doors",
        "tenantry_doors has SELECT on users",
        "REVOKE SELECT ON users FROM tenantry_doors"
    )]
    [InlineData(
        "GRANT SELECT (password_hash) ON users TO tenantry_doors",
        "tenantry_doors has SELECT (password_hash) on users",
        "REVOKE SELECT (password_hash) ON users FROM tenantry_doors"
    )]
    [InlineData(
        "GRANT SELECT ON signing_keys TO tenantry_doors",
        "tenantry_doors has SELECT on signing_keys",
        "REVOKE SELECT ON signing_keys FROM tenantry_doors"
    )]
    [InlineData(
        "CREATE TABLE others (id int); ALTER TABLE others OWNER TO tenantry_doors",
        "tenantry_doors owns others",
        "ALTER TABLE others OWNER TO"
    )]
    [InlineData(
        "GRANT CREATE ON SCHEMA public TO tenantry_doors",
        "tenantry_doors may create objects in schema public",
        "REVOKE CREATE ON SCHEMA public FROM tenantry_doors"
    )]
    [InlineData(
        "CREATE POLICY wide ON users TO tenantry_doors USING (true)",
        "Policy wide of table users shows tenantry_doors rows",
        "DROP POLICY wide ON users"
    )]
    [InlineData(
        "DROP POLICY erasure_begins ON tenants",
        "Policy erasure_begins of table tenants is missing or altered",
        "tenant_grace()"
    )]
    [InlineData(
        "ALTER POLICY erasure_ends ON tenants USING (true)",
        "Policy erasure_ends of table tenants is missing or altered",
        "tenant_grace()"
    )]
    [InlineData(
        "ALTER POLICY doors_purge ON users USING (true)",
        "Policy doors_purge of table users shows tenantry_doors rows",
        "DROP POLICY doors_purge ON users"
    )]
    [InlineData(
        "GRANT EXECUTE ON FUNCTION door_resolve_tenant(text, text, uuid) TO PUBLIC",
        "Every role of the server may call door_resolve_tenant",
        "REVOKE EXECUTE ON FUNCTION door_resolve_tenant(text,text,uuid) FROM PUBLIC"
    )]
    [InlineData(
        "SET ROLE tenantry_owner; CREATE FUNCTION helpful() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION helpful() TO PUBLIC",
        "Every role of the server may call helpful",
        "REVOKE EXECUTE ON FUNCTION helpful() FROM PUBLIC"
    )]
    [InlineData(
        "CREATE TRUSTED LANGUAGE another HANDLER plpgsql_call_handler",
        "may create functions in another",
        "REVOKE USAGE ON LANGUAGE another FROM tenantry_serving, PUBLIC"
    )]
    [InlineData(
        "CREATE FUNCTION raw() RETURNS int LANGUAGE internal AS 'pg_backend_pid'; REVOKE ALL ON FUNCTION raw() FROM PUBLIC; GRANT EXECUTE ON FUNCTION raw() TO tenantry_serving",
        "may call raw, which is written in internal",
        "REVOKE EXECUTE ON FUNCTION raw()"
    )]
    [InlineData(
        "CREATE FOREIGN DATA WRAPPER elsewhere; GRANT USAGE ON FOREIGN DATA WRAPPER elsewhere TO tenantry_serving",
        "may use the foreign data wrapper elsewhere",
        "REVOKE USAGE ON FOREIGN DATA WRAPPER elsewhere FROM tenantry_serving, PUBLIC"
    )]
    [InlineData(
        "CREATE FOREIGN DATA WRAPPER elsewhere; CREATE SERVER far FOREIGN DATA WRAPPER elsewhere; GRANT USAGE ON FOREIGN SERVER far TO tenantry_serving",
        "may use the foreign server far",
        "REVOKE USAGE ON FOREIGN SERVER far FROM tenantry_serving, PUBLIC"
    )]
    [InlineData(
        "CREATE FOREIGN DATA WRAPPER elsewhere; CREATE SERVER far FOREIGN DATA WRAPPER elsewhere; CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (password 'x')",
        "has a user mapping for the foreign server far",
        "DROP USER MAPPING FOR PUBLIC SERVER far"
    )]
    [InlineData(
        "ALTER TABLE tenants DISABLE TRIGGER tenant_keep",
        "Trigger tenant_keep of table tenants is missing or disabled",
        "ALTER TABLE tenants ENABLE TRIGGER tenant_keep"
    )]
    [InlineData(
        "DROP TRIGGER tenant_erased ON tenants",
        "Trigger tenant_erased of table tenants is missing or disabled",
        "tenant_erased"
    )]
    [InlineData(
        "ALTER TABLE audit_events DISABLE TRIGGER audit_link",
        "Trigger audit_link of table audit_events is missing or disabled",
        "audit_link"
    )]
    public async Task A_database_that_was_tampered_with_is_refused(
        string tampering,
        string fault,
        string mend,
        string? before = null
    )
    {
        var database = await cluster.NewDatabase();
        if (before is not null)
            await Cluster.Execute(cluster.AdminOf(database), before);
        await Cluster.Execute(
            cluster.AdminOf(database),
            tampering.Replace("{database}", database, StringComparison.Ordinal)
        );

        var refusal = await Should.ThrowAsync<TenantIsolationException>(() => cluster.Start(database));

        refusal.Message.ShouldContain(fault);
        refusal.Message.ShouldContain(mend.Replace("{database}", database, StringComparison.Ordinal));
    }

    /// <summary>
    /// Where a provider gives nobody the superuser's rights, PostgreSQL's own grants stay as they come: that is told,
    /// and keeps nobody from serving.
    /// </summary>
    [Fact]
    public async Task Large_objects_that_PUBLIC_can_create_are_a_warning_and_do_not_prevent_the_start()
    {
        var database = await cluster.NewDatabase();
        await Cluster.Execute(
            cluster.AdminOf(database),
            "UPDATE pg_proc SET proacl = NULL WHERE proname IN ('lo_creat', 'lo_create', 'lo_from_bytea') AND pronamespace = 'pg_catalog'::regnamespace"
        );

        await using var service = await cluster.Start(database);

        var check = service.Services.GetRequiredService<IsolationCheck>();
        (await check.Findings(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        (await check.Warnings(TestContext.Current.CancellationToken))
            .ShouldHaveSingleItem()
            .ShouldContain(
                "REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid,bytea) FROM PUBLIC"
            );
        var told = await OperatorCommand.Run(["database", "check"], cluster.Variables(database));
        (told.Code, told.Output.Contains("large objects", StringComparison.Ordinal)).ShouldBe((0, true), told.Output);
    }

    [Theory]
    [InlineData("SUPERUSER", "", "can act as the superuser")]
    [InlineData("BYPASSRLS", "", "which has BYPASSRLS")]
    [InlineData("CREATEROLE", "", "which may create roles")]
    [InlineData("REPLICATION", "", "which may replicate")]
    [InlineData("", "GRANT pg_execute_server_program TO {role}", "is a member of pg_execute_server_program")]
    [InlineData("", "GRANT pg_read_all_data TO {role}", "is a member of pg_read_all_data")]
    [InlineData(
        "",
        "GRANT tenantry_backup TO {role}",
        "can act as tenantry_backup, which reads the rows of all tenants for backups. Fix: REVOKE tenantry_backup FROM"
    )]
    [InlineData("", "GRANT CREATE ON DATABASE {database} TO {role}", "may create schemas")]
    [InlineData("", "GRANT tenantry_owner TO {role}", "as tenantry_owner, the owner of relations")]
    [InlineData("", "GRANT tenantry_doors TO {role}", "is a member of tenantry_doors")]
    [InlineData("", "ALTER TABLE users OWNER TO {role}", "the owner of relations (users)")]
    [InlineData("", "ALTER DATABASE {database} OWNER TO {role}", "the owner of the database")]
    [InlineData("", "CREATE SCHEMA mine AUTHORIZATION {role}", "the owner of schemas (mine)")]
    [InlineData("", "GRANT CREATE ON SCHEMA public TO {role}", "may create objects in schema public")]
    public async Task A_role_that_could_get_around_the_policies_is_refused(
        string attributes,
        string grant,
        string fault
    )
    {
        var database = await cluster.NewDatabase();
        var role = "serving_" + Guid.NewGuid().ToString("N");
        await Cluster.Execute(
            cluster.AdminOf(database),
            $"CREATE ROLE {role} LOGIN PASSWORD 'x' {attributes} IN ROLE tenantry_serving"
        );
        if (grant.Length > 0)
            await Cluster.Execute(
                cluster.AdminOf(database),
                grant
                    .Replace("{role}", role, StringComparison.Ordinal)
                    .Replace("{database}", database, StringComparison.Ordinal)
            );

        var refusal = await Should.ThrowAsync<TenantIsolationException>(() =>
            cluster.Start(database, variables => variables["DATABASE_URL"] = cluster.Url(role, "x", database))
        );

        refusal.Message.ShouldContain(fault);
    }

    [Fact]
    public async Task The_role_that_makes_backups_does_not_serve_and_writes_nothing()
    {
        var database = await cluster.NewDatabase();

        var refusal = await Should.ThrowAsync<TenantIsolationException>(() =>
            cluster.Start(database, variables => variables["DATABASE_URL"] = cluster.BackupUrl(database))
        );

        refusal.Message.ShouldContain("can act as tenantry_backup");
        PostgresUrl.TryParse(cluster.BackupUrl(database), out var backup, out _).ShouldBeTrue();
        string[] writes =
        [
            "INSERT INTO instances (id) VALUES (gen_random_uuid())",
            "UPDATE tenants SET name = 'x'",
            "DELETE FROM users",
            "TRUNCATE sessions",
            "CREATE TABLE mine (id int)",
            "CREATE TEMP TABLE mine (id int)",
            "SELECT door_sweep(now(), 1)",
        ];
        foreach (var write in writes)
            (await Should.ThrowAsync<PostgresException>(() => Cluster.Execute(backup!, write))).SqlState.ShouldBe(
                PostgresErrorCodes.InsufficientPrivilege,
                write
            );
    }

    [Fact]
    public async Task The_database_as_migrated_passes()
    {
        await using var service = await cluster.Start();

        (
            await service.Services.GetRequiredService<IsolationCheck>().Findings(TestContext.Current.CancellationToken)
        ).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_view_that_reads_with_the_callers_rights_passes()
    {
        var database = await cluster.NewDatabase();
        await Cluster.Execute(
            cluster.AdminOf(database),
            "CREATE VIEW own AS SELECT id FROM users; ALTER VIEW own SET (security_invoker = true); GRANT SELECT ON own TO tenantry_serving"
        );

        await using var service = await cluster.Start(database);

        service.Url.ShouldNotBeNull();
    }
}
