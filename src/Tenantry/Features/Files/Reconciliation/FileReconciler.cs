using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Reconciliation;

/// <summary>
/// Compares the files of all tenants with the objects in the store. Reports missing and altered objects, and removes
/// orphans. Files and objects change during a run: each difference is checked again before it is reported, and
/// everything younger than the grace period is ignored, since it may belong to an upload that is not complete.
/// </summary>
public sealed class FileReconciler(
    IDbContextFactory<TenantDb> contexts,
    IObjectStore store,
    FileObjectPairs pairs,
    OrphanObjects orphans,
    UnfinishedObjects unfinished,
    StorageRecount recount,
    TimeProvider clock,
    IMeterFactory meters
)
{
    public const int DefaultSample = 20;

    public static readonly TimeSpan DefaultGrace = TimeSpan.FromHours(24);

    private readonly Counter<long> discrepancies = meters
        .Create(FilesEndpoints.MeterName)
        .CreateCounter<long>(
            "tenantry.files.discrepancies",
            description: "Discrepancies between files and objects, by kind."
        );

    /// <param name="IsDry">Whether the run only reports, and changes nothing.</param>
    /// <param name="Grace">Files and objects younger than this are ignored.</param>
    /// <param name="Sample">The number of files whose hash is computed and compared.</param>
    /// <param name="EvenIfMany">Whether orphans are removed even if they are more than a tenth of all objects.</param>
    public sealed record Terms(bool IsDry, TimeSpan Grace, int Sample, bool EvenIfMany);

    public enum Kind
    {
        /// <summary>A file whose object is not in the store.</summary>
        Missing,

        /// <summary>An object to which no file, upload or removal belongs.</summary>
        Orphan,

        /// <summary>An object whose size is not the size of its file.</summary>
        WrongSize,

        /// <summary>An object whose hash is not the hash of its file.</summary>
        WrongHash,

        /// <summary>A multipart upload in the store that was not completed.</summary>
        Unfinished,

        /// <summary>A tenant whose count of files or bytes is wrong.</summary>
        Miscounted,
    }

    /// <param name="Kind">What is wrong.</param>
    /// <param name="Key">The key of the object, or the tenant's id where the finding is about a tenant.</param>
    /// <param name="File">The id of the file. Null: the finding is not about a file.</param>
    public sealed record Finding(Kind Kind, string Key, Guid? File);

    /// <param name="Tenants">The number of tenants.</param>
    /// <param name="Files">The number of files.</param>
    /// <param name="Objects">The number of objects.</param>
    /// <param name="Others">The number of objects whose key the service did not create. They are ignored.</param>
    /// <param name="Sampled">The number of files whose hash was computed.</param>
    /// <param name="Found">The number of findings of each kind.</param>
    /// <param name="Removed">The number of orphans whose removal was queued.</param>
    /// <param name="IsHeldBack">Whether no orphan was removed because there are too many.</param>
    /// <param name="Unread">
    /// Tenants whose rows could not be read or counted. Nothing of theirs was reported or changed.
    /// </param>
    public sealed record Report(
        long Tenants,
        long Files,
        long Objects,
        long Others,
        int Sampled,
        IReadOnlyDictionary<Kind, long> Found,
        int Removed,
        bool IsHeldBack,
        IReadOnlyCollection<Guid> Unread
    )
    {
        /// <summary>Whether bytes of files are missing or altered.</summary>
        public bool HasLosses => Found[Kind.Missing] + Found[Kind.WrongSize] + Found[Kind.WrongHash] > 0;

        public override string ToString() =>
            $"{Files} files of {Tenants} tenants, {Objects} objects: {Found[Kind.Missing]} missing, {Found[Kind.WrongSize]} with a wrong size, {Found[Kind.WrongHash]} of {Sampled} sampled with a wrong hash, "
            + $"{Found[Kind.Orphan]} orphans, {Found[Kind.Unfinished]} unfinished, {Found[Kind.Miscounted]} tenants miscounted, {Others} foreign objects."
            + (
                Unread.Count == 0
                    ? ""
                    : $" {Unread.Count} tenants could not be read: {string.Join(", ", Unread.Take(10))}."
            );
    }

    /// <param name="terms">The terms of the run.</param>
    /// <param name="report">Receives each finding at once.</param>
    /// <param name="cancel">Ends the run. Changes that were made stay.</param>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<Report> Run(Terms terms, Action<Finding> report, CancellationToken cancel)
    {
        var run = new ReconciliationRun(
            terms,
            clock.GetUtcNow() - terms.Grace,
            finding =>
            {
                discrepancies.Add(1, new KeyValuePair<string, object?>("kind", EnumText.ToText(finding.Kind)));
                report(finding);
            }
        );
        await foreach (var (file, stored) in pairs.Of(run, cancel))
            await Compare(run, file, stored, cancel);
        await orphans.Confirm(run, cancel);
        await CompareHashes(run, cancel);
        await unfinished.Abort(run, cancel);
        await recount.Correct(run, cancel);
        var isHeldBack = orphans.AreTooMany(run);
        var removed = terms.IsDry || isHeldBack ? 0 : await orphans.Remove(run, cancel);
        return new Report(
            run.Tenants,
            run.Files,
            run.Objects,
            run.Others,
            run.Sample.Count,
            run.Found,
            removed,
            isHeldBack,
            run.Unread
        );
    }

    private async Task Compare(
        ReconciliationRun run,
        ReconciledFile? file,
        StoredObject? stored,
        CancellationToken cancel
    )
    {
        if (run.Unread.Contains(file?.Tenant ?? StoredFile.TenantOf(stored!.Key)))
            return; // an object without a row may belong to a row that was not read
        if (file is not null && stored is not null)
        {
            if (file.Size != stored.Size)
                run.Report(Kind.WrongSize, file.Key, file.Id);
            else
                run.OfferToSample(file);
        }
        else if (file is not null)
        {
            if (file.CreatedAt < run.Before && await store.Find(file.Key, cancel) is null && await Exists(file, cancel))
                run.Report(Kind.Missing, file.Key, file.Id);
        }
        else if (stored!.At < run.Before)
        {
            await orphans.Suspect(run, stored.Key, cancel);
        }
    }

    private async Task CompareHashes(ReconciliationRun run, CancellationToken cancel)
    {
        foreach (var file in run.Sample)
        {
            if (
                await HashOf(file.Key, cancel) is { } hash
                && !hash.AsSpan().SequenceEqual(file.Sha256)
                && await Exists(file, cancel)
            )
                run.Report(Kind.WrongHash, file.Key, file.Id);
        }
    }

    private async Task<bool> Exists(ReconciledFile file, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(file.Tenant);
        return await db.Set<StoredFile>().AnyAsync(row => row.Id == file.Id && row.FileKey == file.Key, cancel);
    }

    private async Task<byte[]?> HashOf(string key, CancellationToken cancel)
    {
        await using var content = await store.Open(key, 0, null, cancel);
        return content is null ? null : await SHA256.HashDataAsync(content, cancel);
    }
}
