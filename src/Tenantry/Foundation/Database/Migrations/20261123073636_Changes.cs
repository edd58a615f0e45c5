using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>
    /// What instances must hear of at once, sent by the database itself at commit. A message names the table and the row's id: whoever
    /// listens learns nothing else.
    /// </summary>
    public partial class Changes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("""
                CREATE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    PERFORM pg_notify('tenantry_changes', TG_TABLE_NAME || ' ' || coalesce(NEW.id, OLD.id));
                    RETURN NULL;
                END
                $$;
                REVOKE ALL ON FUNCTION tell_change() FROM PUBLIC;

                CREATE TRIGGER tell_end AFTER UPDATE OF revoked_at ON sessions FOR EACH ROW
                    WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION tell_change();
                CREATE TRIGGER tell_deletion AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION tell_change();
                CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON tenants FOR EACH ROW EXECUTE FUNCTION tell_change();
                """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("""
                DROP TRIGGER tell_change ON tenants;
                DROP TRIGGER tell_deletion ON sessions;
                DROP TRIGGER tell_end ON sessions;
                DROP FUNCTION tell_change();
                """);
    }
}
