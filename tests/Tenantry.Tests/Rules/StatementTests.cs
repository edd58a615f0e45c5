using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// Which statements go neither by EF nor by TenantQueries, where values are checked and failures leave nothing behind.
/// </summary>
public sealed partial class StatementTests
{
    /// <summary>
    /// They send numbers, times and ids, or texts of the service's own, and nothing of a caller or a provider.
    /// </summary>
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["Foundation/Data/Database/ActingCaller.cs"] = "ids, and names of permissions",
        ["Foundation/Data/Database/AllTenants.cs"] = "ids and a number",
        ["Foundation/Data/Database/ChangeFeed.cs"] = "ids, and connections of its own",
        ["Foundation/Data/Database/DatabaseFigures.cs"] = "no values",
        ["Foundation/Data/Database/DatabaseSetup.cs"] = "as the owner, before it serves",
        ["Foundation/Data/Database/Setup/MigrationRights.cs"] = "names of roles and tables",
        ["Foundation/Data/Database/Setup/SetupGrant.cs"] = "names of roles and privileges",
        ["Foundation/Data/Database/Setup/SetupServer.cs"] = "names of roles and databases",
        ["Foundation/Data/Database/Instances.cs"] = "an id of the process",
        ["Foundation/Data/Database/MigrationHistory.cs"] = "as the owner, before it serves",
        ["Foundation/Data/Database/MigrationTransactions.cs"] = "as the owner, before it serves",
        ["Foundation/Data/Database/CatalogueQuery.cs"] = "names of roles, tables, triggers and functions",
        ["Foundation/Data/Database/Isolation/CrossTenantRoleCheck.cs"] = "names of roles",
        ["Foundation/Data/Database/Isolation/PolicyCheck.cs"] = "names of roles",
        ["Foundation/Data/Database/Isolation/ServingRoleCheck.cs"] = "names of roles",
        ["Foundation/Data/Database/Isolation/TableCheck.cs"] = "no values",
        ["Foundation/Data/Database/Isolation/UnprotectedObjectCheck.cs"] = "names of functions",
        ["Foundation/Data/Database/SchemaFunctions.cs"] = "no values",
        ["Foundation/Data/Database/SchemaMigrations.cs"] = "as the owner, before it serves",
        ["Foundation/Data/Database/TenantQueries.cs"] = "it is what the others go by",
        ["Foundation/Data/Database/TenantStatement.cs"] = "the tenant's id",
        ["Foundation/Data/Cache/VersionedCache.cs"] = "no values",
        ["Foundation/Traffic/Metering/RequestMeter.cs"] = "ids and numbers",
        ["Foundation/Data/Replicas/Replica.cs"] = "no values",
        ["Features/AuditEvents/AuditRetention.cs"] = "numbers and times",
        ["Features/AuditEvents/ChainVerification.cs"] = "ids and numbers",
        ["Features/AuditEvents/StoredHeadVerification.cs"] = "ids and numbers",
        ["Features/AuditEvents/TenantLifecycles.cs"] = "numbers and times",
        ["Features/Auth/Mails/MailRequestWorker.cs"] = "ids, a number and a time",
        ["Features/Tenants/Archives/ArchivedRows.cs"] = "as the operator: on a connection that serves nobody",
        ["Features/Tenants/Erasure/ErasureFigures.cs"] = "a time",
        ["Foundation/Data/Tenancy/TenantGrace.cs"] = "no values",
        ["Features/Files/Reconciliation/NightlyReconciliation.cs"] = "a date",
        ["Features/Files/ObjectQueue.cs"] = "ids, a number and times",
        ["Features/Files/Reconciliation/OrphanObjects.cs"] = "keys that the service made",
        ["Features/Files/Reconciliation/ObjectRemovalWorker.cs"] = "no values",
        ["Features/Health/DatabaseHealthCheck.cs"] = "no values",
        ["Features/Notifications/Delivery/MessageQueue.cs"] = "ids and words of the service's own",
        ["Features/Notifications/Delivery/QueueFigures.cs"] = "no values",
        ["Foundation/Data/Database/ExpiredRows.cs"] = "a number",
        ["Features/Tenants/Archives/ExportTenant.cs"] = "as the operator: on a connection that serves nobody",
    };

    /// <summary>The types too: <c>new(…)</c> does not say what it makes.</summary>
    [GeneratedRegex(@"\b(CreateCommand|CreateBatch)\(|\bNpgsql(Command|Batch)\b(?!\.)")]
    private static partial Regex Made { get; }

    [Fact]
    public void Statements_with_values_of_callers_go_by_EF_or_by_TenantRows()
    {
        var found = Repository
            .Sources()
            .Where(source =>
                !source.Path.Contains("/Migrations/", StringComparison.Ordinal)
                && !source.Path.StartsWith("Commands/", StringComparison.Ordinal)
                && Made.IsMatch(source.Text)
            )
            .Select(source => source.Path)
            .Order(StringComparer.Ordinal)
            .ToList();

        found
            .Except(Others.Keys)
            .ShouldBeEmpty(
                "Send it by TenantQueries (QueryAs, QueryAsPlatform, Execute), or say here why its values cannot be refused."
            );
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
            ["Features/Notifications/Sending/MessageQuota.cs"] = "counts, and changes nothing that a right rests on",
            ["Features/Users/Precedence.cs"] = "the last look, behind the lock on the user",
        };
        var found = Repository
            .Sources()
            .Where(source =>
                !source.Path.Contains("Migrations", StringComparison.Ordinal)
                && source
                    .Text.Split('\n')
                    .Any(line => Held.IsMatch(line) && !line.Contains(".Lock(", StringComparison.Ordinal))
            )
            .Select(source => source.Path)
            .Order(StringComparer.Ordinal);

        found.ShouldBe(others.Keys.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"\b(users|tenants|roles|user_roles|role_permissions|sessions)\b.*FOR (NO KEY )?UPDATE\b(?! SKIP)")]
    private static partial Regex Held { get; }
}
