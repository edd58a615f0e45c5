using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// The stored parts of a resumable upload. A part counts only when it begins where the counted parts end: of two
/// requests that append at the same time, one is refused, and its parts are removed.
/// </summary>
public sealed class TusParts(
    TenantContext context,
    TenantDb db,
    NewFile file,
    CallerRecheck recheck,
    TimeProvider clock,
    IHttpContextAccessor accessor
)
{
    private const int MaxPerUpload = 10_000;

    /// <returns>False: another request has appended meanwhile, or the upload has too many parts.</returns>
    public async Task<bool> Count(ResumableUpload row, long from, List<ResumablePart> parts, CancellationToken stop)
    {
        var (id, to, expires) = (row.Id, parts[^1].Start + parts[^1].Size, NewExpiry());
        var mayBeCommitted = false;
        try
        {
            // A request may take hours: a caller whose session or permission ended meanwhile must not add parts.
            await recheck.Demand(accessor.HttpContext!, context);
            await using var transaction = await db.Begin(stop);
            if (
                await db.Set<ResumableUpload>()
                    .Where(upload =>
                        upload.Id == id
                        && upload.Received == from
                        && !upload.IsFile
                        && db.Set<ResumablePart>().Count(part => part.UploadId == id) < MaxPerUpload
                    )
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(upload => upload.Received, to)
                                .SetProperty(upload => upload.ExpiresAt, expires),
                        stop
                    ) == 0
            )
                return false;
            db.AddRange(parts);
            await db.SaveChangesAsync(stop);
            mayBeCommitted = true;
            await transaction.CommitAsync(stop);
            db.ChangeTracker.Clear();
            return true;
        }
        catch (Exception e) when (!mayBeCommitted || e is PostgresException)
        {
            // Nothing was committed. Without an answer to COMMIT the rows may exist, and their objects must stay.
            await Remove(parts);
            throw;
        }
    }

    /// <summary>Removes the objects of parts that do not count, and returns the response.</summary>
    public async Task<IResult> Discard(List<ResumablePart> parts, IResult response)
    {
        await Remove(parts);
        return response;
    }

    public async Task Remove(List<ResumablePart> parts)
    {
        foreach (var part in parts)
            await file.RemoveObject(part.ObjectKey, part.Size);
    }

    /// <summary>Removes the object of a part to which no byte was sent.</summary>
    public Task RemoveEmpty(string key) => file.RemoveObject(key, 0);

    /// <summary>The time at which an upload expires that is continued now.</summary>
    public DateTimeOffset NewExpiry() => clock.GetUtcNow() + TusUploads.Lifetime;

    public static Conflicting WrongOffset(long received) =>
        Problems.Conflicting(
            $"The upload continues at byte {received}. Read {Tus.Offset} with HEAD, and send the bytes from there."
        );
}
