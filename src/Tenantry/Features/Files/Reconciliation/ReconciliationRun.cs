using Npgsql;

namespace Tenantry.Features.Files.Reconciliation;

/// <summary>The columns of a file that a reconciliation compares with its object.</summary>
public sealed record ReconciledFile(
    Guid Tenant,
    Guid Id,
    string Key,
    long Size,
    byte[] Sha256,
    DateTimeOffset CreatedAt
);

/// <summary>The state of one reconciliation: its counts, its sample, and the orphans that it has found.</summary>
/// <param name="terms">The terms of the run.</param>
/// <param name="before">Only files and objects older than this are reported.</param>
/// <param name="report">Receives each finding.</param>
public sealed class ReconciliationRun(
    FileReconciler.Terms terms,
    DateTimeOffset before,
    Action<FileReconciler.Finding> report
)
{
    private readonly Random random = new();
    private long offered;

    public FileReconciler.Terms Terms => terms;
    public DateTimeOffset Before => before;

    /// <summary>Tenants whose rows could not be read.</summary>
    public HashSet<Guid> Unread { get; } = [];

    /// <summary>Keys of objects that had no row when the rows of their tenant were read.</summary>
    public List<string> Suspects { get; } = [];

    /// <summary>Keys of objects that have no row.</summary>
    public List<string> Orphans { get; } = [];

    /// <summary>The files whose hash is compared.</summary>
    public List<ReconciledFile> Sample { get; } = [];

    /// <summary>The number of findings of each kind.</summary>
    public Dictionary<FileReconciler.Kind, long> Found { get; } =
        Enum.GetValues<FileReconciler.Kind>().ToDictionary(kind => kind, _ => 0L);
    public long Tenants { get; set; }
    public long Files { get; set; }
    public long Objects { get; set; }
    public long Others { get; set; }

    public void Report(FileReconciler.Kind kind, string key, Guid? file)
    {
        Found[kind]++;
        report(new FileReconciler.Finding(kind, key, file));
    }

    /// <summary>Reservoir sampling: each file has the same chance, and the number of files need not be known.</summary>
    public void OfferToSample(ReconciledFile file)
    {
        offered++;
        if (Sample.Count < terms.Sample)
            Sample.Add(file);
        else if (random.NextInt64(offered) is var place && place < terms.Sample)
            Sample[(int)place] = file;
    }

    /// <summary>Errors in the rows of one tenant do not stop the reconciliation of the others.</summary>
    public async Task Guard(Guid tenant, Func<Task> part)
    {
        try
        {
            await part();
        }
        catch (PostgresException)
        {
            Unread.Add(tenant);
        }
    }
}
