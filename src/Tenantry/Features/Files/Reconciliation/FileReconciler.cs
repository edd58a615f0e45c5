using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Files.Uploads;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Reconciliation;

/// <summary>
/// Holds the rows of all tenants against the objects of the store, both read in the order of their keys, a page of each in memory. What is found is looked at once more before it
/// is told, since files come and go meanwhile, and what is young is left alone: it may be on its way.
/// </summary>
public sealed class FileReconciler(
    NpgsqlDataSource dataSource,
    IDbContextFactory<TenantDb> contexts,
    IObjectStore store,
    TimeProvider clock,
    IMeterFactory meters
)
{
    public const int UsualSample = 20;

    private const int Page = 1_000;

    /// <summary>Taken away in one run.</summary>
    private const int MostRemoved = 10_000;

    /// <summary>So many objects without a file are nothing unusual.</summary>
    private const int Few = 100;

    public static readonly TimeSpan UsualGrace = TimeSpan.FromHours(24);

    private readonly Counter<long> discrepancies = meters
        .Create(FilesEndpoints.MeterName)
        .CreateCounter<long>("tenantry.files.discrepancies", description: "What reconciling found, by kind");

    /// <param name="IsDry">nothing is changed</param>
    /// <param name="Grace">what is younger is left alone</param>
    /// <param name="Sample">of how many files the hash is computed anew</param>
    /// <param name="EvenIfMany">takes objects away although more than a tenth have no file</param>
    public sealed record Terms(bool IsDry, TimeSpan Grace, int Sample, bool EvenIfMany);

    public enum Kind
    {
        /// <summary>A file whose object is not in the store.</summary>
        Missing,

        /// <summary>An object that no file has.</summary>
        Orphan,

        /// <summary>An object that has another size than its file.</summary>
        WrongSize,

        /// <summary>An object that has another hash than its file.</summary>
        WrongHash,

        /// <summary>An object whose parts were never put together.</summary>
        Unfinished,

        /// <summary>A tenant whose count of files or bytes was off.</summary>
        Miscounted,
    }

    /// <param name="Kind">what is wrong</param>
    /// <param name="Key">of the object; the tenant where it is about a tenant</param>
    /// <param name="File">whose object it should be</param>
    public sealed record Finding(Kind Kind, string Key, Guid? File);

    /// <param name="Tenants">looked at</param>
    /// <param name="Files">looked at</param>
    /// <param name="Objects">looked at</param>
    /// <param name="Others">objects that are none of ours by their key; they are left alone</param>
    /// <param name="Sampled">files whose hash was computed</param>
    /// <param name="Found">how many of each kind</param>
    /// <param name="Removed">how many objects without a file are taken away</param>
    /// <param name="IsHeldBack">whether objects were left alone because they are too many</param>
    /// <param name="Unread">tenants whose rows could not be read or counted; nothing of theirs was judged or changed</param>
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
        /// <summary>Whether bytes that somebody relies on are not there as they were.</summary>
        public bool HasLosses => Found[Kind.Missing] + Found[Kind.WrongSize] + Found[Kind.WrongHash] > 0;

        public override string ToString() =>
            $"{Files} files of {Tenants} tenants, {Objects} objects: {Found[Kind.Missing]} missing, {Found[Kind.WrongSize]} of another size, {Found[Kind.WrongHash]} of {Sampled} sampled with another hash, "
            + $"{Found[Kind.Orphan]} objects without a file, {Found[Kind.Unfinished]} unfinished, {Found[Kind.Miscounted]} tenants miscounted, {Others} objects of others."
            + (
                Unread.Count == 0
                    ? ""
                    : $" {Unread.Count} tenants could not be read: {string.Join(", ", Unread.Take(10))}."
            );
    }

    /// <param name="terms">how</param>
    /// <param name="tell">each that is found, as it is found</param>
    /// <param name="cancel">ends it; what was done stays done</param>
    /// <exception cref="StoreException">the store is away</exception>
    public async Task<Report> Run(Terms terms, Action<Finding> tell, CancellationToken cancel)
    {
        var run = new Pass(
            terms,
            clock.GetUtcNow() - terms.Grace,
            finding =>
            {
                discrepancies.Add(1, new KeyValuePair<string, object?>("kind", EnumText.Of(finding.Kind)));
                tell(finding);
            }
        );
        await foreach (var (row, stored) in Joined(run, cancel))
            await Judge(run, row, stored, cancel);
        await Settle(run, cancel);
        foreach (var row in run.Sample)
        {
            if (
                await HashOf(row.Key, cancel) is { } hash
                && !hash.AsSpan().SequenceEqual(row.Sha256)
                && await IsThere(row, cancel)
            )
                run.Tell(Kind.WrongHash, row.Key, row.Id);
        }
        await Unfinished(run, cancel);
        await foreach (var tenant in AllTenants.Of(dataSource, cancel))
            await Guarded(run, tenant, () => Count(run, tenant, cancel));
        return await End(run, cancel);
    }

    /// <summary>What is wrong with one tenant's rows does not keep those of the others from being looked at.</summary>
    private static async Task Guarded(Pass run, Guid tenant, Func<Task> part)
    {
        try
        {
            await part();
        }
        catch (PostgresException)
        {
            run.Unread.Add(tenant);
        }
    }

    private async Task Judge(Pass run, Row? row, StoredObject? stored, CancellationToken cancel)
    {
        if (run.Unread.Contains(row?.Tenant ?? StoredFile.TenantOf(stored!.Key)))
            return; // what has no row may be one that was not read
        if (row is not null && stored is not null)
        {
            if (row.Size != stored.Size)
                run.Tell(Kind.WrongSize, row.Key, row.Id);
            else
                run.MaySample(row);
        }
        else if (row is not null)
        {
            if (row.CreatedAt < run.Before && await store.Find(row.Key, cancel) is null && await IsThere(row, cancel))
                run.Tell(Kind.Missing, row.Key, row.Id);
        }
        else if (stored!.At < run.Before)
        {
            var isOfAnother =
                run.Suspects.Count > 0 && StoredFile.TenantOf(run.Suspects[0]) != StoredFile.TenantOf(stored.Key);
            if (isOfAnother || run.Suspects.Count == Page)
                await Settle(run, cancel);
            run.Suspects.Add(stored.Key);
        }
    }

    /// <summary>Objects of one tenant that had no row when it was read: those that still have none, and no upload under way either.</summary>
    private async Task Settle(Pass run, CancellationToken cancel)
    {
        if (run.Suspects.Count == 0)
            return;
        var keys = run.Suspects.ToArray();
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(StoredFile.TenantOf(keys[0]));
        var known = await db.Set<StoredFile>()
            .Where(file => keys.Contains(file.FileKey))
            .Select(file => file.FileKey)
            .Concat(
                db.Set<FileUpload>().Where(upload => keys.Contains(upload.ObjectKey)).Select(upload => upload.ObjectKey)
            )
            .Concat(db.Set<ResumablePart>().Where(part => keys.Contains(part.ObjectKey)).Select(part => part.ObjectKey))
            .Concat(
                db.Set<ObjectRemoval>()
                    .Where(removal => removal.FailedAt == null && keys.Contains(removal.ObjectKey))
                    .Select(removal => removal.ObjectKey)
            )
            .ToListAsync(cancel); // on its way out
        foreach (var key in keys.Except(known, StringComparer.Ordinal))
        {
            run.Tell(Kind.Orphan, key, null);
            if (run.Orphans.Count < MostRemoved)
                run.Orphans.Add(key);
        }
        run.Suspects.Clear();
    }

    /// <summary>Uploads in parts that have no row any more.</summary>
    private async Task Unfinished(Pass run, CancellationToken cancel)
    {
        await foreach (var one in store.Unfinished(cancel))
        {
            if (one.At >= run.Before)
                continue;
            if (IObjectStore.IsKey(one.Key))
            {
                await using var db = (await contexts.CreateDbContextAsync(cancel)).For(StoredFile.TenantOf(one.Key));
                if (await db.Set<FileUpload>().AnyAsync(upload => upload.ObjectKey == one.Key, cancel))
                    continue;
            }
            else if (one.Key.Length > 0)
            {
                continue; // somebody else's
            }
            run.Tell(Kind.Unfinished, one.Key.Length > 0 ? one.Key : one.Upload, null);
            if (!run.Terms.IsDry)
                await store.AbortParts(one.Key, one.Upload, cancel);
        }
    }

    /// <summary>The row of the count is held while the files are counted: whoever brings one waits for it, and is counted afterwards.</summary>
    private async Task Count(Pass run, Guid tenant, CancellationToken cancel)
    {
        run.Tenants++;
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        await using var transaction = await db.Begin(cancel);
        var counted = await db.Set<StorageCount>()
            .FromSql($"SELECT * FROM storage_counts FOR UPDATE")
            .SingleOrDefaultAsync(cancel);
        var (files, bytes) = (
            await db.Set<StoredFile>().LongCountAsync(cancel),
            await db.Set<StoredFile>().SumAsync(file => file.FileSize, cancel)
        );
        if (files == (counted?.Files ?? 0) && bytes == (counted?.Bytes ?? 0))
            return;
        run.Tell(Kind.Miscounted, tenant.ToString(), null);
        if (run.Terms.IsDry)
            return;
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO storage_counts (tenant_id, files, bytes) VALUES ({tenant}, {files}, {bytes}) ON CONFLICT (tenant_id) DO UPDATE SET files = excluded.files, bytes = excluded.bytes",
            cancel
        );
        await transaction.CommitAsync(cancel);
    }

    private async Task<Report> End(Pass run, CancellationToken cancel)
    {
        // A bucket of another installation, or a database that was restored from long ago: that is for people to decide.
        var isHeldBack =
            !run.Terms.IsDry
            && !run.Terms.EvenIfMany
            && run.Found[Kind.Orphan] > Few
            && run.Found[Kind.Orphan] > run.Objects / 10;
        var gone = run.Terms.IsDry || isHeldBack ? [] : run.Orphans;
        if (gone.Count > 0)
        {
            await using var batch = dataSource.CreateBatch();
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand(
                    "INSERT INTO object_removals (id, object_key, attempts, due_at) SELECT gen_random_uuid(), key, 0, now() FROM unnest($1) AS key"
                )
                {
                    Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. gone] } },
                }
            );
            batch.BatchCommands.Add(new NpgsqlBatchCommand("NOTIFY tenantry_changes, 'object_removals due'"));
            await batch.ExecuteNonQueryAsync(cancel);
        }
        return new Report(
            run.Tenants,
            run.Files,
            run.Objects,
            run.Others,
            run.Sample.Count,
            run.Found,
            gone.Count,
            isHeldBack,
            run.Unread
        );
    }

    /// <summary>Rows and objects side by side, as their keys are the same or not.</summary>
    private async IAsyncEnumerable<(Row? Row, StoredObject? Stored)> Joined(
        Pass run,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var rows = Rows(run, cancel).GetAsyncEnumerator(cancel);
        await using var objects = Objects(run, cancel).GetAsyncEnumerator(cancel);
        var (hasRow, hasObject) = (await rows.MoveNextAsync(), await objects.MoveNextAsync());
        while (hasRow || hasObject)
        {
            var order =
                !hasRow ? 1
                : !hasObject ? -1
                : string.CompareOrdinal(rows.Current.Key, objects.Current.Key);
            yield return (order <= 0 ? rows.Current : null, order >= 0 ? objects.Current : null);
            if (order <= 0)
            {
                run.Files++;
                hasRow = await rows.MoveNextAsync();
            }
            if (order >= 0)
                hasObject = await objects.MoveNextAsync();
        }
    }

    private async IAsyncEnumerable<StoredObject> Objects(Pass run, [EnumeratorCancellation] CancellationToken cancel)
    {
        var last = "";
        await foreach (var one in store.List("", cancel))
        {
            if (string.CompareOrdinal(one.Key, last) <= 0)
                throw new StoreException("The store does not list its objects in the order of their keys.");
            last = one.Key;
            if (IObjectStore.IsKey(one.Key) && !one.Key.StartsWith(IObjectStore.OwnPrefix, StringComparison.Ordinal))
            {
                run.Objects++;
                yield return one;
            }
            else
            {
                run.Others++;
            }
        }
    }

    private async IAsyncEnumerable<Row> Rows(Pass run, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var tenant in AllTenants.Of(dataSource, cancel))
        {
            var after = "";
            List<Row> page;
            do
            {
                page = [];
                await Guarded(run, tenant, async () => page = await PageOf(tenant, after, cancel));
                foreach (var row in page)
                    yield return row;
                after = page.Count > 0 ? page[^1].Key : after;
            } while (page.Count == Page);
        }
    }

    /// <summary>Keys have one shape, digits and small letters: all collations have them in one order.</summary>
    private async Task<List<Row>> PageOf(Guid tenant, string after, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        return await db.Set<StoredFile>()
            .AsNoTracking()
            .Where(file => file.FileKey.CompareTo(after) > 0)
            .OrderBy(file => file.FileKey)
            .Take(Page)
            .Select(file => new Row(file.TenantId, file.Id, file.FileKey, file.FileSize, file.Sha256, file.CreatedAt))
            .ToListAsync(cancel);
    }

    private async Task<bool> IsThere(Row row, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(row.Tenant);
        return await db.Set<StoredFile>().AnyAsync(file => file.Id == row.Id && file.FileKey == row.Key, cancel);
    }

    private async Task<byte[]?> HashOf(string key, CancellationToken cancel)
    {
        await using var content = await store.Open(key, 0, null, cancel);
        return content is null ? null : await SHA256.HashDataAsync(content, cancel);
    }

    private sealed record Row(Guid Tenant, Guid Id, string Key, long Size, byte[] Sha256, DateTimeOffset CreatedAt);

    private sealed class Pass(Terms terms, DateTimeOffset before, Action<Finding> tell)
    {
        private readonly Random random = new();
        private long seen;

        public Terms Terms => terms;
        public DateTimeOffset Before => before;
        public HashSet<Guid> Unread { get; } = [];
        public List<string> Suspects { get; } = [];
        public List<string> Orphans { get; } = [];
        public List<Row> Sample { get; } = [];
        public Dictionary<Kind, long> Found { get; } = Enum.GetValues<Kind>().ToDictionary(kind => kind, _ => 0L);
        public long Tenants { get; set; }
        public long Files { get; set; }
        public long Objects { get; set; }
        public long Others { get; set; }

        public void Tell(Kind kind, string key, Guid? file)
        {
            Found[kind]++;
            tell(new Finding(kind, key, file));
        }

        /// <summary>Each has the same chance, however many come.</summary>
        public void MaySample(Row row)
        {
            seen++;
            if (Sample.Count < terms.Sample)
                Sample.Add(row);
            else if (random.NextInt64(seen) is var place && place < terms.Sample)
                Sample[(int)place] = row;
        }
    }
}
