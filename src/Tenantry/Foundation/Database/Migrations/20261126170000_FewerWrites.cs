using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>An attempt to sign in begins with one write for each thing it is counted by, where it took four statements; and what a right one changes is one statement.</summary>
    public partial class FewerWrites : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                CREATE OR REPLACE FUNCTION begin_attempt(kinds text[], subjects bytea[], free integer[], at_once integer[], remembered interval[], at timestamptz) RETURNS timestamptz
                LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = public, pg_temp
                AS $$
                DECLARE
                    tenant uuid := NULLIF(current_setting('app.current_tenant_id', true), '')::uuid;
                    was record;
                    held timestamptz := at;
                BEGIN
                    FOR i IN 1 .. cardinality(kinds) LOOP
                        INSERT INTO sign_in_attempts AS c (tenant_id, kind, subject, failures, under_way, last_at, held_until)
                        VALUES (tenant, kinds[i], subjects[i], 0, 1, at, 'epoch')
                        ON CONFLICT (tenant_id, kind, subject) DO UPDATE
                        SET failures = CASE WHEN c.last_at + remembered[i] <= at THEN 0 ELSE c.failures END,
                            -- One that was under way for so long died with its instance.
                            under_way = CASE WHEN c.last_at + interval '1 minute' <= at THEN 0 ELSE c.under_way END + 1,
                            last_at = at
                        RETURNING c.failures, c.under_way, c.held_until INTO was;
                        held := greatest(held, was.held_until);
                        IF was.under_way > (CASE WHEN was.failures < free[i] THEN at_once[i] ELSE 1 END) THEN
                            held := greatest(held, at + interval '1 second');
                        END IF;
                    END LOOP;
                    IF held > at THEN
                        RAISE SQLSTATE 'TN001';
                    END IF;
                    RETURN NULL;
                EXCEPTION WHEN SQLSTATE 'TN001' THEN
                    -- What was counted above is undone by that: who has to wait does not begin, and does not make the wait longer.
                    RETURN held;
                END
                $$;

                -- access_of_user as of this moment, not of the statement that asks: which may have waited for the user's row while somebody took a role away.
                CREATE FUNCTION access_of_user_now(of_user uuid) RETURNS TABLE (role text, permissions text[])
                LANGUAGE plpgsql VOLATILE SECURITY INVOKER ROWS 1 SET search_path = public, pg_temp
                AS $$
                BEGIN
                    RETURN QUERY SELECT a.role, a.permissions FROM access_of_user(of_user) a;
                END
                $$;
                REVOKE ALL ON FUNCTION access_of_user_now(uuid) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION access_of_user_now(uuid) TO tenantry_serving;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("""
                DROP FUNCTION access_of_user_now(uuid);
                CREATE OR REPLACE FUNCTION begin_attempt(kinds text[], subjects bytea[], free integer[], at_once integer[], remembered interval[], at timestamptz) RETURNS timestamptz
                LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = public, pg_temp
                AS $$
                DECLARE
                    tenant uuid := NULLIF(current_setting('app.current_tenant_id', true), '')::uuid;
                    was sign_in_attempts;
                    held timestamptz := at;
                BEGIN
                    FOR i IN 1 .. cardinality(kinds) LOOP
                        INSERT INTO sign_in_attempts (tenant_id, kind, subject, failures, under_way, last_at, held_until)
                        VALUES (tenant, kinds[i], subjects[i], 0, 0, at, at) ON CONFLICT DO NOTHING;
                        SELECT * INTO was FROM sign_in_attempts c WHERE c.kind = kinds[i] AND c.subject = subjects[i] FOR UPDATE;
                        -- One that was under way for so long died with its instance.
                        IF was.last_at + interval '1 minute' <= at THEN
                            was.under_way := 0;
                        END IF;
                        IF was.last_at + remembered[i] <= at THEN
                            was.failures := 0;
                        END IF;
                        UPDATE sign_in_attempts c SET failures = was.failures, under_way = was.under_way WHERE c.kind = kinds[i] AND c.subject = subjects[i];
                        held := greatest(held, was.held_until);
                        IF was.under_way >= (CASE WHEN was.failures < free[i] THEN at_once[i] ELSE 1 END) THEN
                            held := greatest(held, at + interval '1 second');
                        END IF;
                    END LOOP;
                    IF held > at THEN
                        RETURN held;
                    END IF;
                    FOR i IN 1 .. cardinality(kinds) LOOP
                        UPDATE sign_in_attempts c SET under_way = c.under_way + 1, last_at = at WHERE c.kind = kinds[i] AND c.subject = subjects[i];
                    END LOOP;
                    RETURN NULL;
                END
                $$;
                """);
    }
}
