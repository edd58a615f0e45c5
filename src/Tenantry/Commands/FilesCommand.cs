using Tenantry.Features.Files.Reconciliation;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Commands;

/// <summary><c>tenantry files reconcile</c>.</summary>
public static class FilesCommand
{
    public static async Task Reconcile(Func<WebApplication> build, FileReconciler.Terms terms, CancellationToken cancel)
    {
        if (!terms.IsDry && terms.Grace < TimeSpan.FromHours(2))
            throw new OperatorException(
                "--grace-hours must be at least 2 without --dry-run: a newer object may belong to an upload in progress."
            );
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        FileReconciler.Report report;
        try
        {
            report = await app
                .Services.GetRequiredService<FileReconciler>()
                .Run(
                    terms,
                    static finding =>
                        Console.WriteLine(
                            $"{EnumText.ToText(finding.Kind), -11} {finding.Key}{(finding.File is { } file ? $" of file {file}" : "")}"
                        ),
                    cancel
                );
        }
        catch (StoreException e)
        {
            throw new OperatorException(e.Message);
        }
        Console.WriteLine(report);
        Console.WriteLine(
            terms.IsDry ? "Dry run: nothing was changed."
            : report.IsHeldBack
                ? "More than a tenth of the objects have no file, so none was deleted. Check that the store belongs to this database. If it does, run the command with --even-if-many."
            : report.Removed < report.Found[FileReconciler.Kind.Orphan]
                ? $"{report.Removed} objects will be deleted in the next minutes. Run the command again for the rest."
            : $"{report.Removed} objects will be deleted in the next minutes."
        );
        if (report.HasLosses)
            throw new OperatorException(
                "Some files are damaged: restore their objects from a backup, or delete the files."
            );
    }
}
