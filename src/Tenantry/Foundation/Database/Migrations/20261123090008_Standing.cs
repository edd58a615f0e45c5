using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>
    /// What an access token rests on: the user's access as one function, and news of whatever changes it. Signing keys that are
    /// published before they sign, and go when they are good for nothing any more.
    /// </summary>
    public partial class Standing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "signs_from",
                table: "signing_keys",
                type: "timestamp with time zone",
                nullable: false,
                defaultValueSql: "now()");
            migrationBuilder.Sql("""
                UPDATE signing_keys SET signs_from = created_at;
                ALTER TABLE signing_keys ALTER signs_from DROP DEFAULT;
                GRANT DELETE ON signing_keys TO tenantry_serving;
                CREATE TRIGGER tell_change AFTER INSERT OR DELETE ON signing_keys FOR EACH ROW EXECUTE FUNCTION tell_change();
                """);

            // The highest of a user's roles, and the permissions of all with those that they hold. It runs with the caller's rights, under
            // row-level security. The chain of parents is short; 32 is far past any that can be made, and ends a circle.
            migrationBuilder.Sql("""
                CREATE FUNCTION access_of_user(of_user uuid) RETURNS TABLE (role text, permissions text[])
                LANGUAGE sql STABLE SECURITY INVOKER SET search_path = public, pg_temp
                AS $$
                    WITH RECURSIVE chain AS (
                        SELECT r.name AS assigned, r.id, r.parent_id, 1 AS depth
                        FROM user_roles a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
                        WHERE a.user_id = of_user
                        UNION ALL
                        SELECT c.assigned, p.id, p.parent_id, c.depth + 1
                        FROM chain c JOIN roles p ON p.id = c.parent_id
                        WHERE c.depth < 32
                    )
                    SELECT coalesce((SELECT assigned FROM chain GROUP BY assigned ORDER BY max(depth) DESC, assigned LIMIT 1), ''),
                           ARRAY(SELECT DISTINCT p.name
                                 FROM chain c JOIN role_permissions g ON g.role_id = c.id JOIN permissions p ON p.id = g.permission_id
                                 ORDER BY p.name)
                $$;
                REVOKE ALL ON FUNCTION access_of_user(uuid) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION access_of_user(uuid) TO tenantry_serving;
                """);

            // The topic and the column whose value follows it. Many rows of one tenant's roles make one message: PostgreSQL folds equal ones.
            migrationBuilder.Sql("""
                CREATE FUNCTION tell_standing() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    PERFORM pg_notify('tenantry_changes', TG_ARGV[0] || ' ' || (CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> TG_ARGV[1]));
                    RETURN NULL;
                END
                $$;
                REVOKE ALL ON FUNCTION tell_standing() FROM PUBLIC;

                CREATE TRIGGER tell_switch AFTER UPDATE OF is_active ON users FOR EACH ROW
                    WHEN (OLD.is_active <> NEW.is_active) EXECUTE FUNCTION tell_standing('users', 'id');
                CREATE TRIGGER tell_deletion AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION tell_standing('users', 'id');
                CREATE TRIGGER tell_roles AFTER INSERT OR DELETE ON user_roles FOR EACH ROW EXECUTE FUNCTION tell_standing('users', 'user_id');
                CREATE TRIGGER tell_change AFTER UPDATE OF name, parent_id ON roles FOR EACH ROW
                    WHEN (OLD.name <> NEW.name OR OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION tell_standing('roles', 'tenant_id');
                CREATE TRIGGER tell_permissions AFTER INSERT OR DELETE ON role_permissions FOR EACH ROW EXECUTE FUNCTION tell_standing('roles', 'tenant_id');
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                DROP TRIGGER tell_permissions ON role_permissions;
                DROP TRIGGER tell_change ON roles;
                DROP TRIGGER tell_roles ON user_roles;
                DROP TRIGGER tell_deletion ON users;
                DROP TRIGGER tell_switch ON users;
                DROP FUNCTION tell_standing();
                DROP FUNCTION access_of_user(uuid);
                DROP TRIGGER tell_change ON signing_keys;
                REVOKE DELETE ON signing_keys FROM tenantry_serving;
                """);
            migrationBuilder.DropColumn(
                name: "signs_from",
                table: "signing_keys");
        }
    }
}
