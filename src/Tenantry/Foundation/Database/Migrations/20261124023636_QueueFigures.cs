using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>How long the queue is, and which request each message comes from.</summary>
    public partial class QueueFigures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "cause",
                table: "notification_logs",
                type: "text",
                nullable: true);

            migrationBuilder.Sql("""
                CREATE FUNCTION door_measure_queue() RETURNS TABLE (channel text, depth bigint, age double precision)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT c.channel, coalesce(m.depth, 0), coalesce(m.age, 0)
                    FROM unnest(ARRAY['email', 'sms', 'push']) AS c (channel)
                         CROSS JOIN LATERAL (SELECT count(*) AS depth, extract(epoch FROM max(now() - d.due_at))::double precision AS age
                                             FROM (SELECT n.due_at FROM public.notification_logs n WHERE n.type = c.channel AND n.is_ready AND n.due_at <= now() ORDER BY n.due_at LIMIT 100000) d) m
                $$;
                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                ALTER FUNCTION door_measure_queue() OWNER TO tenantry_doors;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                SET ROLE tenantry_doors;
                REVOKE ALL ON FUNCTION door_measure_queue() FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION door_measure_queue() TO tenantry_serving;
                RESET ROLE;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
