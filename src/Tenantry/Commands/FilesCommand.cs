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
                "--grace-hours takes 2 at least, without --dry-run: what is younger may be on its way."
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
            terms.IsDry ? "A dry run: nothing was changed."
            : report.IsHeldBack
                ? "More than a tenth of the objects have no file: none was taken away. Is it this database's store? If it is, run it with --even-if-many."
            : report.Removed < report.Found[FileReconciler.Kind.Orphan]
                ? $"{report.Removed} objects are taken away in the next minutes. Run it again for the rest."
            : $"{report.Removed} objects are taken away in the next minutes."
        );
        if (report.HasLosses)
            throw new OperatorException(
                "Files are not as they were: bring their objects back from a backup, or delete them."
            );
    }
}
