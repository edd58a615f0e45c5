using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>The table of applied migrations, with the version that applied each and the time.</summary>
internal sealed class MigrationHistory(NpgsqlDataSource dataSource)
{
    /// <summary>
    /// Adds the two columns to EF's own table. Their defaults fill them, so every version that inserts a row records
    /// both.
    /// </summary>
    public const string Columns = $"""
        ALTER TABLE {DatabaseServices.MigrationHistory} ADD COLUMN IF NOT EXISTS applied_by text, ADD COLUMN IF NOT EXISTS applied_at timestamptz;
        ALTER TABLE {DatabaseServices.MigrationHistory} ALTER applied_by SET DEFAULT NULLIF(current_setting('{MigrationTransactions.VersionSetting}', true), ''), ALTER applied_at SET DEFAULT now();
        GRANT SELECT ON {DatabaseServices.MigrationHistory} TO {TenantPolicy.ServingRole};

        """;

    public async Task<bool> Exists(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT to_regclass('{DatabaseServices.MigrationHistory}') IS NOT NULL"
        );
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Whether <see cref="Columns"/> was applied.</summary>
    public async Task<bool> HasColumns(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT count(*) = 2 AND has_table_privilege('{TenantPolicy.ServingRole}', '{DatabaseServices.MigrationHistory}', 'SELECT') FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = '{DatabaseServices.MigrationHistory}'::regclass AND a.attname IN ('applied_by', 'applied_at')
            """
        );
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The applied migrations by id. Empty where the table does not exist.</summary>
    public async Task<Dictionary<string, (string? By, DateTimeOffset? At)>> Read(CancellationToken cancel)
    {
        var applied = new Dictionary<string, (string? By, DateTimeOffset? At)>(StringComparer.Ordinal);
        if (!await Exists(cancel))
            return applied;
        // Through JSON, because the columns do not exist before this version has migrated once.
        await using var command = dataSource.CreateCommand(
            $"SELECT m.migration_id, to_jsonb(m) ->> 'applied_by', (to_jsonb(m) ->> 'applied_at')::timestamptz FROM {DatabaseServices.MigrationHistory} m"
        );
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            applied.Add(
                reader.GetString(0),
                (reader.GetStringOrNull(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2))
            );
        return applied;
    }
}
