using System.CommandLine;
using Tenantry.Features.Files.Reconciliation;

namespace Tenantry.Commands;

/// <summary>Commands for files and audit logs.</summary>
internal static class RecordCommands
{
    public static Command ReconcileFiles(OperatorSettings settings, Func<WebApplication> app)
    {
        var dry = new Option<bool>("--dry-run") { Description = "Report only, without changing anything." };
        var grace = new Option<int>("--grace-hours")
        {
            Description =
                "Hours for which new objects and files are skipped, because their upload may be in progress. Less than 2 only with --dry-run, while no instance serves.",
            DefaultValueFactory = _ => (int)FileReconciler.DefaultGrace.TotalHours,
        };
        grace.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 8760)
                result.AddError("--grace-hours must be from 0 to 8760.");
        });
        var sample = new Option<int>("--sample")
        {
            Description = "Number of files whose hash is computed again.",
            DefaultValueFactory = _ => FileReconciler.DefaultSample,
        };
        sample.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 10_000)
                result.AddError("--sample must be from 0 to 10000.");
        });
        var many = new Option<bool>("--even-if-many")
        {
            Description = "Delete orphaned objects even if more than a tenth of all objects are orphaned.",
        };
        var reconcile = new Command(
            "reconcile",
            "Compare the rows of files with the objects in the store. Reports missing or altered objects and deletes orphans. Exits with 1 if objects are missing or altered."
        )
        {
            dry,
            grace,
            sample,
            many,
        };
        reconcile.SetAction(
            (result, cancel) =>
                CommandExit.Of(
                    settings,
                    () =>
                        FilesCommand.Reconcile(
                            app,
                            new FileReconciler.Terms(
                                result.GetValue(dry),
                                TimeSpan.FromHours(result.GetValue(grace)),
                                result.GetValue(sample),
                                result.GetValue(many)
                            ),
                            cancel
                        )
                )
        );
        return reconcile;
    }

    public static Command VerifyAudit(OperatorSettings settings, Func<WebApplication> app)
    {
        var tenant = new Option<string?>("--tenant")
        {
            Description = "Slug or id of the tenant. Default: all tenants.",
        };
        var verify = new Command(
            "verify",
            "Verify the audit log against its chain and the signed heads in the database and in the store. Exits with 1 if an event was changed, removed, added or moved."
        )
        {
            tenant,
        };
        verify.SetAction(
            (result, cancel) =>
                CommandExit.Of(settings, () => AuditCommand.Verify(app, result.GetValue(tenant), cancel))
        );
        return verify;
    }
}
