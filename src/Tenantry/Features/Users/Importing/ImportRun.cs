using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Users.Importing;

/// <summary>
/// One import: collects checked users, writes them in batches, and commits. Memory does not grow with the users, except
/// for the two digests of each by which a later record is compared with earlier ones.
/// </summary>
internal sealed class ImportRun(
    TenantDb db,
    ResolvedTenant tenant,
    ServiceSettings settings,
    ImportOptions options,
    string format,
    IReadOnlyDictionary<string, Guid> roles,
    DateTimeOffset now,
    Action<int, string> refuse
) : IAsyncDisposable
{
    private const int BatchSize = 500;

    /// <summary>
    /// A partial import commits so many users at once. An interrupted one keeps them, and continues when it is run
    /// again.
    /// </summary>
    private const int CommitSize = 5_000;

    /// <summary>A larger file must be split.</summary>
    private const int MaxUsers = 1_000_000;

    private readonly List<CheckedUser> batch = new(BatchSize);
    private readonly Dictionary<Guid, int> lines = [];
    private TenantTransaction? transaction;
    private int uncommitted,
        reported;

    /// <summary>The hashes of the users that were taken.</summary>
    public HashTally Hashes { get; } = new();

    public int Taken { get; private set; }
    public int Already { get; private set; }
    public int Refused { get; private set; }
    public int Committed { get; private set; }

    /// <summary>Whether the batches are checked by the database and rolled back.</summary>
    private bool IsRehearsal => options.IsDryRun || (Refused > 0 && !options.IsPartial);

    public void Refuse(int line, string fault)
    {
        Refused++;
        refuse(line, fault);
    }

    /// <exception cref="ImportStoppedException">The quota or the size of the file does not allow the user.</exception>
    public async Task Add(CheckedUser user, CancellationToken cancel)
    {
        if (lines.Count >= 2 * MaxUsers)
            throw new ImportStoppedException($"A file has at most {MaxUsers} users: split it.");
        // An id and a digest are never equal: a digest has no version.
        if (!lines.TryAdd(Digest(user.Normalized), user.Line))
            Refuse(user.Line, $"email is the same as in line {lines[Digest(user.Normalized)]}");
        else if (!lines.TryAdd(user.Id, user.Line))
            Refuse(user.Line, $"id is the same as in line {lines[user.Id]}");
        else
            batch.Add(user);
        if (batch.Count == BatchSize)
            await Flush(cancel);
    }

    /// <summary>Writes what is left, and commits unless a record was refused or nothing may be written.</summary>
    public async Task Finish(CancellationToken cancel)
    {
        await Flush(cancel);
        if (IsRehearsal)
            await Rollback();
        else
            await Commit(isLast: true, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (transaction is not null)
            await transaction.DisposeAsync();
    }

    private async Task Flush(CancellationToken cancel)
    {
        if (batch.Count == 0)
            return;
        if (IsRehearsal)
            await Rollback(); // it held locks, and its users will not be committed
        transaction ??= await db.Begin(cancel);
        var fresh = await WithoutPresent(batch, cancel);
        if (IsRehearsal && uncommitted > 0)
        {
            // The first refusal: the users before it will not be committed, and the quota must not count them twice.
            await Rollback();
            transaction = await db.Begin(cancel);
        }
        if (fresh.Count > 0)
            await Write(fresh, cancel);
        batch.Clear();
        if (IsRehearsal)
            await Rollback();
        else if (options.IsPartial && uncommitted >= CommitSize)
            await Commit(isLast: false, cancel);
    }

    private async Task Write(List<CheckedUser> fresh, CancellationToken cancel)
    {
        var overQuota = IsRehearsal
            ? await UserQuota.Check(db, settings, tenant, Taken - Committed + fresh.Count, cancel)
            : await UserQuota.Reserve(db, settings, tenant, fresh.Count, cancel);
        if (overQuota is not null)
            throw new ImportStoppedException($"{overQuota.Detail} Raise the tenant's tier or the quota first.");
        // A weak hash takes milliseconds to store. A rehearsal stores nothing.
        var (cost, isRehearsal) = (settings.PasswordCost, IsRehearsal);
        var made = await UserBatch.Insert(
            db,
            tenant.Id,
            fresh,
            roles,
            user => isRehearsal ? null : user.Hash?.ToStored(cost),
            now,
            cancel
        );
        foreach (var user in fresh)
        {
            if (user.Hash is { } hash && made.Contains(user.Id))
                Hashes.Add(hash);
        }
        var left = fresh.Where(user => !made.Contains(user.Id)).ToList();
        foreach (var user in left.Count == 0 ? left : await WithoutPresent(left, cancel))
            Refuse(user.Line, "id belongs to another user of this installation");
        Taken += made.Count;
        uncommitted += made.Count;
        foreach (var user in fresh.Where(one => made.Contains(one.Id) && one.RoleNames.Any(ImportOptions.IsElevated)))
            db.Add(Event("user.imported", user.Id, new() { ["roles"] = user.RoleNames }));
        await db.SaveChangesAsync(cancel);
        db.ChangeTracker.Clear();
    }

    /// <summary>Counts or refuses the users that the tenant already has.</summary>
    private async Task<List<CheckedUser>> WithoutPresent(List<CheckedUser> users, CancellationToken cancel)
    {
        var (ids, addresses) = await UserBatch.Present(db, tenant.Id, users, cancel);
        var fresh = new List<CheckedUser>(users.Count);
        foreach (var user in users)
        {
            if (ids.Contains(user.Id))
                Already++;
            else if (addresses.Contains(user.Normalized))
                Refuse(user.Line, "email belongs to a user of the tenant");
            else
                fresh.Add(user);
        }
        return fresh;
    }

    private async Task Commit(bool isLast, CancellationToken cancel)
    {
        if (uncommitted == 0 && !(isLast && Committed == 0))
            return;
        transaction ??= await db.Begin(cancel);
        db.Add(
            Event(
                "users.imported",
                tenant.Id,
                new()
                {
                    ["users"] = uncommitted,
                    ["already_imported"] = Already - reported,
                    ["format"] = format,
                }
            )
        );
        await db.SaveChangesAsync(cancel);
        db.ChangeTracker.Clear();
        await transaction.CommitAsync(cancel);
        await transaction.DisposeAsync();
        transaction = null;
        (Committed, uncommitted, reported) = (Committed + uncommitted, 0, Already);
    }

    private AuditEvent Event(string action, Guid target, Dictionary<string, object> details) =>
        new()
        {
            TenantId = tenant.Id,
            OccurredAt = now,
            Action = action,
            Outcome = AuditTrail.Success,
            TargetId = target,
            Details = JsonSerializer.SerializeToElement(details),
        };

    private async Task Rollback()
    {
        if (transaction is null)
            return;
        await transaction.RollbackAsync(CancellationToken.None);
        await transaction.DisposeAsync();
        transaction = null;
        uncommitted = 0;
    }

    private static Guid Digest(string address)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(address), hash);
        hash[6] &= 0x0F; // no UUID of a version
        return new Guid(hash[..16], bigEndian: true);
    }
}
