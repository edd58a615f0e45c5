using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>News carry the transaction that made them, so that all instances keep what they read afterwards under one key; any change of a role is news.</summary>
    public partial class NewsWithTransaction : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("""
                CREATE OR REPLACE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    PERFORM pg_notify('tenantry_changes', TG_TABLE_NAME || ' ' || coalesce(NEW.id, OLD.id) || ' ' || pg_current_xact_id());
                    RETURN NULL;
                END
                $$;
                CREATE OR REPLACE FUNCTION tell_standing() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    PERFORM pg_notify('tenantry_changes', TG_ARGV[0] || ' ' || (CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> TG_ARGV[1]) || ' ' || pg_current_xact_id());
                    RETURN NULL;
                END
                $$;
                DROP TRIGGER tell_change ON roles;
                CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON roles FOR EACH ROW EXECUTE FUNCTION tell_standing('roles', 'tenant_id');
                """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
