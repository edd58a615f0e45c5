using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>
    /// JSON of callers is bounded by what PostgreSQL makes of it, whoever writes it. Rows that are there already stay as they are, and can be changed in all their other columns: triggers look at what is
    /// written alone, where a constraint would look at the whole row. Lists show such a row without its JSON.
    /// </summary>
    public partial class BoundedJson : Migration
    {
        private static readonly (string Table, string Column, int MostBytes)[] Columns =
        [
            ("tenants", "metadata", 65536),
            ("files", "metadata", 65536),
            ("file_uploads", "metadata", 65536),
            ("resumable_uploads", "metadata", 65536),
            ("notification_templates", "translations", 2097152),
            ("notification_templates", "variables", 2097152),
            ("notification_template_versions", "translations", 2097152),
            ("notification_template_versions", "variables", 2097152),
        ];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                -- Whether the text of a value has so many bytes at most, and each of its numbers some 40 characters. What would be huge is found out without writing it.
                CREATE FUNCTION json_is_bounded(value jsonb, most integer) RETURNS boolean
                LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SECURITY INVOKER SET search_path = public, pg_temp
                AS $$
                BEGIN
                    IF value IS NULL OR value IN ('{}', '[]') THEN
                        RETURN true;
                    END IF;
                    -- A small number takes 12 bytes in jsonb, and 3 characters.
                    IF pg_column_size(value) > most::bigint * 8 THEN
                        RETURN false;
                    END IF;
                    IF EXISTS (SELECT FROM jsonb_path_query(value, 'strict $.**') part
                               WHERE jsonb_typeof(part) = 'number' AND (scale(part::numeric) > 40 OR abs(part::numeric) >= 1e40)) THEN
                        RETURN false;
                    END IF;
                    RETURN octet_length(value::text) <= most;
                END
                $$;

                -- For answers: the value, or a mark in its place.
                CREATE FUNCTION shown_json(value jsonb, most integer) RETURNS jsonb
                LANGUAGE sql IMMUTABLE PARALLEL SAFE SECURITY INVOKER
                AS $$
                    SELECT CASE WHEN json_is_bounded(value, most) THEN value ELSE jsonb_build_object('$withheld', 'It is larger than ' || most || ' bytes.') END
                $$;

                CREATE FUNCTION refuse_unbounded_json() RETURNS trigger
                LANGUAGE plpgsql SECURITY INVOKER SET search_path = public, pg_temp
                AS $$
                BEGIN
                    RAISE EXCEPTION 'JSON in %.% is larger than % bytes, or holds a number of more than 40 digits', TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1]
                        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, COLUMN = TG_ARGV[0], CONSTRAINT = 'json_is_bounded';
                END
                $$;

                REVOKE ALL ON FUNCTION json_is_bounded(jsonb, integer), shown_json(jsonb, integer), refuse_unbounded_json() FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION json_is_bounded(jsonb, integer), shown_json(jsonb, integer), refuse_unbounded_json() TO tenantry_serving, tenantry_doors;
                """);
            foreach (var (table, column, most) in Columns)
            {
                migrationBuilder.Sql($"""
                    CREATE TRIGGER bound_{column}_of_new BEFORE INSERT ON {table} FOR EACH ROW
                        WHEN (NOT json_is_bounded(NEW.{column}, {most})) EXECUTE FUNCTION refuse_unbounded_json('{column}', '{most}');
                    CREATE TRIGGER bound_{column} BEFORE UPDATE OF {column} ON {table} FOR EACH ROW
                        WHEN (NEW.{column} IS DISTINCT FROM OLD.{column} AND NOT json_is_bounded(NEW.{column}, {most})) EXECUTE FUNCTION refuse_unbounded_json('{column}', '{most}');
                    """);
            }
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            foreach (var (table, column, _) in Columns)
                migrationBuilder.Sql($"DROP TRIGGER bound_{column}_of_new ON {table}; DROP TRIGGER bound_{column} ON {table};");
            migrationBuilder.Sql("DROP FUNCTION refuse_unbounded_json(); DROP FUNCTION shown_json(jsonb, integer); DROP FUNCTION json_is_bounded(jsonb, integer);");
        }
    }
}
