using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database.Isolation;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Checks in the catalogue of the database that it isolates tenants as the model defines it, and that the serving role
/// cannot bypass that. The service does not start with a finding: a table created by hand, a policy dropped during an
/// incident and not restored, or a login with too many rights.
/// </summary>
public sealed class IsolationCheck(IDbContextFactory<TenantDb> contexts, NpgsqlDataSource dataSource)
{
    /// <summary>
    /// The findings of the database in DATABASE_URL, one line each, with the fix. Empty: tenants are isolated.
    /// </summary>
    public Task<IReadOnlyList<string>> Findings(CancellationToken cancel) => Findings(dataSource, cancel);

    /// <summary>
    /// Findings that the operator of a managed server may be unable to fix, one line each. The service starts in spite
    /// of them.
    /// </summary>
    public async Task<IReadOnlyList<string>> Warnings(CancellationToken cancel)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancel);
        return await UnprotectedObjectCheck.Warnings(connection, cancel);
    }

    /// <summary>The findings of another server or login.</summary>
    public async Task<IReadOnlyList<string>> Findings(NpgsqlDataSource by, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var connection = await by.OpenConnectionAsync(cancel);
        var (findings, isUnrestricted) = await ServingRoleCheck.Run(connection, cancel);
        findings.AddRange(await TableCheck.Run(connection, db.Model, cancel));
        findings.AddRange(await PolicyCheck.Run(connection, db.Model, cancel));
        findings.AddRange(await ForeignKeyCheck.Run(connection, cancel));
        findings.AddRange(await ViewCheck.Run(connection, cancel));
        findings.AddRange(await FunctionCheck.Run(connection, cancel));
        findings.AddRange(await TriggerCheck.Run(connection, cancel));
        if (isUnrestricted)
            return findings;
        findings.AddRange(await UnprotectedObjectCheck.Run(connection, cancel));
        findings.AddRange(await CrossTenantRoleCheck.Run(connection, db.Model, cancel));
        return findings;
    }
}

/// <summary>The service does not start, because tenants could access each other's rows.</summary>
public sealed class TenantIsolationException(IReadOnlyList<string> faults)
    : Exception(
        "The database does not isolate tenants, so the service does not start:\n"
            + string.Join('\n', faults.Select(fault => "  - " + fault))
    );
