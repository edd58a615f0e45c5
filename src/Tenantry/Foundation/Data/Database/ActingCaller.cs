using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// The caller of a change, checked when the change is committed: the tenant and the user are active, the session is
/// not revoked, and the user still has every permission that admitted the request. A request body can take minutes to
/// arrive, and a change can wait for a lock, so a decision made before may be outdated. The check has no round trip of
/// its own. It takes no lock either, so that a user cannot delay their own revocation
/// (docs/decisions/0026-a-change-decides-about-its-caller-twice.md).
/// </summary>
/// <param name="tenant">The tenant of the caller; the changed rows may belong to another one.</param>
/// <param name="session">The session of the access token.</param>
/// <param name="user">The signed-in user.</param>
public sealed class ActingCaller(Guid tenant, Guid session, Guid user)
{
    /// <summary>The user is deleted or deactivated, or the session is revoked.</summary>
    internal const string Revoked = "TN010";

    /// <summary>The user lost a permission that admitted the request.</summary>
    internal const string PermissionLost = "TN011";

    /// <summary>The tenant is deactivated.</summary>
    internal const string TenantOff = "TN012";

    private const string Parameters = "@caller_tenant, @caller_session, @caller_user, @caller_permissions";

    /// <summary>The permissions that the user must still have. Empty: the operation requires none.</summary>
    public required string[] Permissions { get; set; }

    /// <summary>
    /// The check for a single statement that is a change: the last command of its batch, and so in the same implicit
    /// transaction.
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

    /// <summary>The same check, appended to a statement of EF.</summary>
    internal void DemandAfter(DbCommand command)
    {
        command.CommandText += $";\nSELECT {DatabaseFunctions.DemandCaller}({Parameters})";
        AddParameters(command);
    }

    /// <summary>The first statement of a transaction: sets its tenant and its caller, and checks the caller.</summary>
    internal void Begin(DbCommand command, Guid actingTenant)
    {
        command.CommandText = $"SELECT {DatabaseFunctions.BeginChange}(@acting_tenant, {Parameters})";
        command.Parameters.Add(new NpgsqlParameter<Guid>("acting_tenant", actingTenant));
        AddParameters(command);
    }

    /// <summary>
    /// Takes locks and then does the same as <see cref="Begin"/>: the transaction that had the lock may have revoked a
    /// right of the caller.
    /// </summary>
    internal FormattableString BeginAfter(FormattableString locks, Guid actingTenant)
    {
        var first = locks.ArgumentCount;
        return FormattableStringFactory.Create(
            $"{locks.Format};\nSELECT {DatabaseFunctions.BeginChange}({{{first}}}, {{{first + 1}}}, {{{first + 2}}}, {{{first + 3}}}, {{{first + 4}}})",
            [.. locks.GetArguments(), actingTenant, tenant, session, user, Permissions]
        );
    }

    /// <summary>
    /// The last statements of a transaction, in one round trip: its deferred constraints, the check, and COMMIT. After
    /// a failure the transaction is rolled back.
    /// </summary>
    internal NpgsqlBatch Commit(NpgsqlTransaction transaction) =>
        new(transaction.Connection, transaction)
        {
            // The deferred trigger of the audit chain may wait for a lock: the check comes after it.
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
