using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Who makes a change, and what has to be true of them when it is committed: the tenant is active, the user is
/// active, the session lives, and every permission that the request was decided with is still held. A body can take
/// minutes to come in, and a change can wait for a lock: what was decided about the caller before may be over. The
/// check has no round trip of its own. It takes no lock either, so that nobody can hold off their own revocation
/// (docs/decisions/0026-a-change-decides-about-its-caller-twice.md).
/// </summary>
/// <param name="tenant">of the caller, which is not always the one whose rows are changed</param>
/// <param name="session">of the access token</param>
/// <param name="user">who is signed in</param>
public sealed class ActingCaller(Guid tenant, Guid session, Guid user)
{
    /// <summary>The user is gone or switched off, or the session has ended.</summary>
    internal const string Revoked = "TN010";

    /// <summary>A permission that the request was decided with is held no more.</summary>
    internal const string PermissionLost = "TN011";

    /// <summary>The tenant is switched off.</summary>
    internal const string TenantOff = "TN012";

    private const string Parameters = "@caller_tenant, @caller_session, @caller_user, @caller_permissions";

    /// <summary>That have to be held. Empty: the operation demands none.</summary>
    public required string[] Permissions { get; set; }

    /// <summary>
    /// For a statement that is a change by itself: the last of its batch, and so in its implicit transaction.
    /// </summary>
    internal NpgsqlBatchCommand Demand() =>
        new($"SELECT {DatabaseFunctions.DemandCaller}($1, $2, $3, $4)")
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = tenant },
                new NpgsqlParameter<Guid> { TypedValue = session },
                new NpgsqlParameter<Guid> { TypedValue = user },
                new NpgsqlParameter<string[]> { TypedValue = Permissions },
            },
        };

    /// <summary>The same, behind a statement of EF's.</summary>
    internal void DemandAfter(DbCommand command)
    {
        command.CommandText += $";\nSELECT {DatabaseFunctions.DemandCaller}({Parameters})";
        AddParameters(command);
    }

    /// <summary>The first statement of a transaction: gives it its tenant, and says whose change it is.</summary>
    internal void Begin(DbCommand command, Guid actingTenant)
    {
        command.CommandText = $"SELECT {DatabaseFunctions.BeginChange}(@acting_tenant, {Parameters})";
        command.Parameters.Add(new NpgsqlParameter<Guid>("acting_tenant", actingTenant));
        AddParameters(command);
    }

    /// <summary>
    /// Locks, and behind them the same as <see cref="Begin"/>: what the caller could do may have been taken while they
    /// waited, by whoever held the lock.
    /// </summary>
    internal FormattableString BeginBehind(FormattableString locks, Guid actingTenant)
    {
        var first = locks.ArgumentCount;
        return FormattableStringFactory.Create(
            $"{locks.Format};\nSELECT {DatabaseFunctions.BeginChange}({{{first}}}, {{{first + 1}}}, {{{first + 2}}}, {{{first + 3}}}, {{{first + 4}}})",
            [.. locks.GetArguments(), actingTenant, tenant, session, user, Permissions]
        );
    }

    /// <summary>
    /// The last statements of a transaction: what is deferred to its end, the check, and COMMIT, in one round trip.
    /// What fails leaves it to be rolled back.
    /// </summary>
    internal NpgsqlBatch Commit(NpgsqlTransaction transaction) =>
        new(transaction.Connection, transaction)
        {
            // The link of the audit chain may wait for others: the check comes behind it, not before.
            BatchCommands =
            {
                new NpgsqlBatchCommand("SET CONSTRAINTS ALL IMMEDIATE"),
                Demand(),
                new NpgsqlBatchCommand("COMMIT"),
            },
        };

    private void AddParameters(DbCommand command)
    {
        command.Parameters.Add(new NpgsqlParameter<Guid>("caller_tenant", tenant));
        command.Parameters.Add(new NpgsqlParameter<Guid>("caller_session", session));
        command.Parameters.Add(new NpgsqlParameter<Guid>("caller_user", user));
        command.Parameters.Add(new NpgsqlParameter<string[]>("caller_permissions", Permissions));
    }
}
