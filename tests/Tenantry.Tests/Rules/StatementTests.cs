using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>Which statements go neither by EF nor by TenantRows, where values are checked and failures leave nothing behind.</summary>
public sealed partial class StatementTests
{
    /// <summary>They send numbers, times and ids, or texts of the service's own, and nothing of a caller or a provider.</summary>
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["Foundation/Database/ActingCaller.cs"] = "ids, and names of permissions",
        ["Foundation/Database/AllTenants.cs"] = "ids and a number",
        ["Foundation/Database/ChangeFeed.cs"] = "ids, and connections of its own",
        ["Foundation/Database/DatabaseFigures.cs"] = "no values",
        ["Foundation/Database/DatabaseSetup.cs"] = "as the owner, before it serves",
        ["Foundation/Database/Instances.cs"] = "an id of the process",
        ["Foundation/Database/MigrationTransactions.cs"] = "as the owner, before it serves",
        ["Foundation/Database/IsolationCheck.cs"] = "names of roles",
        ["Foundation/Database/SchemaFunctions.cs"] = "no values",
        ["Foundation/Database/SchemaMigrations.cs"] = "as the owner, before it serves",
        ["Foundation/Database/TenantRows.cs"] = "it is what the others go by",
        ["Foundation/Database/TenantStatement.cs"] = "the tenant's id",
        ["Foundation/Cache/VersionedCache.cs"] = "no values",
        ["Foundation/Limits/RequestCounts.cs"] = "ids and numbers",
        ["Foundation/Replicas/Replica.cs"] = "no values",
        ["Features/AuditEvents/AuditKeeping.cs"] = "numbers and times",
        ["Features/AuditEvents/AuditVerification.cs"] = "ids and numbers",
        ["Features/AuditEvents/TenantOrigins.cs"] = "numbers and times",
        ["Features/Auth/MailRequestWorker.cs"] = "ids, a number and a time",
        ["Features/Tenants/ArchivedRows.cs"] = "as the operator: on a connection that serves nobody",
        ["Features/Tenants/ErasureFigures.cs"] = "a time",
        ["Foundation/Database/DoorRights.cs"] = "names of roles",
        ["Foundation/Database/ServingReach.cs"] = "names of roles",
        ["Foundation/Tenancy/TenantGrace.cs"] = "no values",
        ["Features/Auth/Sweep.cs"] = "a number and a time",
        ["Features/Files/NightlyReconciliation.cs"] = "a date",
        ["Features/Files/ObjectQueue.cs"] = "ids, a number and times",
        ["Features/Files/Reconciliation.cs"] = "keys that the service made",
        ["Features/Files/RemovedObjects.cs"] = "no values",
        ["Features/Health/Readiness.cs"] = "no values",
        ["Features/Notifications/MessageQueue.cs"] = "ids and words of the service's own",
        ["Features/Notifications/QueueFigures.cs"] = "no values",
        ["Features/Notifications/Retention.cs"] = "a number",
        ["Features/Tenants/ExportTenant.cs"] = "as the operator: on a connection that serves nobody",
    };

    /// <summary>The types too: <c>new(…)</c> does not say what it makes.</summary>
    [GeneratedRegex(@"\b(CreateCommand|CreateBatch)\(|\bNpgsql(Command|Batch)\b(?!\.)")]
    private static partial Regex Made { get; }

    [Fact]
    public void Statements_with_values_of_callers_go_by_EF_or_by_TenantRows()
    {
        var found = Repository.Sources()
            .Where(source => !source.Path.Contains("/Migrations/", StringComparison.Ordinal) && !source.Path.StartsWith("Commands/", StringComparison.Ordinal) && Made.IsMatch(source.Text))
            .Select(source => source.Path).Order(StringComparer.Ordinal).ToList();

        found.Except(Others.Keys).ShouldBeEmpty("Send it by TenantRows (RowsAs, RowsOfPlatform, Execute), or say here why its values cannot be refused.");
        Others.Keys.Except(found).ShouldBeEmpty("It is there no more.");
    }

    /// <summary>Who waits for such a row may lose a right by the change that holds it.</summary>
    [Fact]
    public void Rows_that_rights_rest_on_are_locked_by_TenantDb_Lock_alone()
    {
        Dictionary<string, string> others = new(StringComparer.Ordinal)
        {
            ["Features/Users/MailedToken.cs"] = "whoever follows a link is not signed in",
            ["Features/Users/UserQuota.cs"] = "counts, and changes nothing that a right rests on",
            ["Features/Notifications/MessageQuota.cs"] = "counts, and changes nothing that a right rests on",
            ["Features/Users/Precedence.cs"] = "the last look, behind the lock on the user",
        };
        var found = Repository.Sources()
            .Where(source => !source.Path.Contains("Migrations", StringComparison.Ordinal) && source.Text.Split('\n').Any(line => Held.IsMatch(line) && !line.Contains(".Lock(", StringComparison.Ordinal)))
            .Select(source => source.Path).Order(StringComparer.Ordinal);

        found.ShouldBe(others.Keys.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"\b(users|tenants|roles|user_roles|role_permissions|sessions)\b.*FOR (NO KEY )?UPDATE\b(?! SKIP)")]
    private static partial Regex Held { get; }
}
