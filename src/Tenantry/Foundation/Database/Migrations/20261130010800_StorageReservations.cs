using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>
    /// The bytes of ended uploads and deleted files count until they are gone from the store.
    /// </summary>
    public partial class StorageReservations : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "bytes",
                table: "object_removals",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "counts_from",
                table: "object_removals",
                type: "timestamp with time zone",
                nullable: false,
                defaultValueSql: "now()");

            // The same as before, and how much the store may hold of it.
            migrationBuilder.Sql("""
                CREATE OR REPLACE FUNCTION remove_object() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    INSERT INTO public.object_removals (id, object_key, attempts, due_at, bytes, counts_from)
                    VALUES (gen_random_uuid(), OLD.file_key, 0, now(), OLD.file_size, now() + interval '1 minute');
                    PERFORM pg_notify('tenantry_changes', 'object_removals due');
                    RETURN NULL;
                END
                $$;

                CREATE OR REPLACE FUNCTION remove_part() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    INSERT INTO public.object_removals (id, object_key, attempts, due_at, bytes) VALUES (gen_random_uuid(), OLD.object_key, 0, now(), OLD.size);
                    PERFORM pg_notify('tenantry_changes', 'object_removals due');
                    RETURN NULL;
                END
                $$;

                CREATE OR REPLACE FUNCTION remove_upload() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    INSERT INTO public.object_removals (id, object_key, store_upload, attempts, due_at, bytes)
                    VALUES (gen_random_uuid(), OLD.object_key, OLD.store_upload, 0, now(), OLD.file_size);
                    -- A part that was on its way when the upload ended may arrive after it.
                    INSERT INTO public.object_removals (id, object_key, store_upload, attempts, due_at)
                    SELECT gen_random_uuid(), OLD.object_key, OLD.store_upload, 0, again
                    FROM unnest(ARRAY[now() + interval '2 minutes', OLD.expires_at + interval '1 minute']) AS again WHERE OLD.expires_at > now();
                    PERFORM pg_notify('tenantry_changes', 'object_removals due');
                    RETURN NULL;
                END
                $$;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
