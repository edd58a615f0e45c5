using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Storage;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// The tus protocol 1.0 (https://tus.io/protocols/resumable-upload): core, creation, expiration, checksum, termination. Each request's bytes go to the store in pieces, and a piece that is there counts, whatever becomes of
/// the request: the upload goes on behind it, at any instance. Two requests at once do no harm: a piece counts only where the one before it ended.
/// </summary>
public sealed partial class TusUpload(
    TenantContext context,
    TenantDb db,
    IObjectStore store,
    NewFile file,
    CallerRecheck standing,
    AuditTrail audit,
    ServiceSettings settings,
    TimeProvider clock,
    IHttpContextAccessor accessor,
    IHostApplicationLifetime lifetime,
    ILogger<TusUpload> log
)
{
    /// <summary>Of one user, under way.</summary>
    private const int Most = 50;

    /// <summary>Of one tenant, so that counting them is quick.</summary>
    private const int MostOfTenant = 10_000;

    /// <summary>Of one upload.</summary>
    private const int MostParts = 10_000;

    /// <summary>In bytes: what is lost at most when a request breaks off, and what one needs of memory.</summary>
    private const int PieceSize = 5 * 1024 * 1024;

    /// <summary>After the last piece.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Task<IResult> Create(HttpContext http, TusUpload upload, CancellationToken cancel) =>
        upload.Create(http, cancel);

    public static Task<IResult> Append(Guid id, HttpContext http, TusUpload upload) => upload.Append(id, http);

    /// <summary>How far it is.</summary>
    public static async Task<IResult> Tell(Guid id, TusUpload upload, HttpContext http, CancellationToken cancel)
    {
        if (await upload.Own(id, cancel) is not { } row)
            return NoSuchUpload();
        var headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        (headers[Tus.Offset], headers[Tus.Length], headers[Tus.Expires]) = (
            Number(row.Received),
            Number(row.FileSize),
            row.ExpiresAt.ToString("R")
        );
        if (row.Described is not null)
            headers[Tus.Metadata] = row.Described;
        return TypedResults.Ok();
    }

    /// <summary>With what has arrived of it. A file that it has become stays.</summary>
    public static async Task<IResult> End(Guid id, TusUpload upload, CancellationToken cancel) =>
        await upload.End(id, cancel);

    private async Task<IResult> Create(HttpContext http, CancellationToken cancel)
    {
        var headers = http.Request.Headers;
        if (headers.ContainsKey("Upload-Defer-Length"))
            return Problems.Invalid(
                "Upload-Defer-Length",
                "is an extension that this server does not have: say Upload-Length"
            );
        if (!long.TryParse(headers[Tus.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            return Problems.Invalid(Tus.Length, "is needed: the number of bytes of the file");
        var described = headers[Tus.Metadata].ToString();
        var (name, type, labels) = Tus.ReadMetadata(described);
        var (user, quota) = (context.SignedIn.UserId, settings.QuotaOf(context.Tenant.SubscriptionTier));
        if (size > quota.FileBytes)
            return new TooLarge(quota.FileBytes);
        var at = clock.GetUtcNow();
        var now = (
            await db
                .Database.SqlQuery<Present>(
                    $"""
                    SELECT count(*) FILTER (WHERE user_id = {user}) AS mine, count(*) AS everybodys FROM resumable_uploads WHERE tenant_id = {context.TenantId} AND NOT is_file AND expires_at > {at}
                    """
                )
                .ToListAsync(cancel)
        )[0];
        if (now.Mine >= Most)
            return Problems.Conflicting($"You have {Most} uploads under way: complete or cancel some first.");
        if (now.Everybodys >= MostOfTenant)
            return Problems.Conflicting(
                $"The tenant has {MostOfTenant} uploads under way: some have to be completed or cancelled first."
            );
        var row = new ResumableUpload
        {
            TenantId = context.TenantId,
            UserId = user,
            FileName = FileName.Clean(name),
            MimeType = type,
            FileSize = size,
            Metadata = labels.Metadata,
            Tags = labels.Tags,
            Described = described.Length > 0 ? described : null,
            CreatedAt = at,
            ExpiresAt = at + Lifetime,
        };
        await using (var transaction = await db.Begin(cancel))
        {
            if (await StorageQuota.Announce(db, settings, context.Tenant, size, cancel) is { } full)
                return full;
            db.Add(row);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
        if (size == 0 && await Finish(row, 0, [], cancel) is { } refused)
            return refused;
        http.Response.Headers[Tus.Expires] = row.ExpiresAt.ToString("R");
        return TypedResults.Created($"{settings.ApiPath}{Tus.Path}/{row.Id}");
    }

    private async Task<IResult> Append(Guid id, HttpContext http)
    {
        // A client that goes away ends what it sends, not what has come.
        var stop = lifetime.ApplicationStopping;
        var request = http.Request;
        if (request.ContentType != Tus.ContentType)
            return new Unsupported($"A piece is sent as {Tus.ContentType}.");
        if (
            !long.TryParse(request.Headers[Tus.Offset], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
        )
            return Problems.Invalid(Tus.Offset, "is needed: where in the file the body begins");
        using var checksum = Checksum.Read(request.Headers[Tus.Checksum].ToString());
        if (await Own(id, stop) is not { } row)
            return NoSuchUpload();
        if (offset != row.Received)
            return Moved(row.Received);
        if (request.ContentLength > row.FileSize - offset)
            return new TooLarge(row.FileSize);
        return row.IsFile ? Stands(http, row.FileSize, row.ExpiresAt) : await Take(row, checksum, http, stop);
    }

    private async Task<IResult> Take(ResumableUpload row, Checksum? checksum, HttpContext http, CancellationToken stop)
    {
        var (at, counted, held) = (row.Received, row.Received, new List<ResumablePart>());
        Piece piece;
        try
        {
            do
            {
                piece = new Piece(
                    http.Request.Body,
                    Math.Min(PieceSize, row.FileSize - at),
                    checksum,
                    http.RequestAborted
                );
                var key = StoredFile.NewKey(row.TenantId);
                var size = (await store.Put(key, piece, FileType.Unknown, stop)).Size;
                if (size == 0)
                {
                    await file.TakeAway(key, 0);
                    break;
                }
                held.Add(
                    new ResumablePart
                    {
                        TenantId = row.TenantId,
                        UploadId = row.Id,
                        Start = at,
                        Size = size,
                        ObjectKey = key,
                    }
                );
                at += size;
                // What has a checksum counts when all of it is there; the last piece counts when it has become a file.
                if (checksum is null && at < row.FileSize)
                {
                    if (!await Count(row, counted, held, stop))
                        return await Dropped(held, Moved(counted));
                    (counted, held) = (at, []);
                }
            } while (!piece.IsEnd && at < row.FileSize);
        }
        catch (StoreException e)
        {
            return await Dropped(held, Away(e));
        }
        if (checksum is not null && (piece.Fault is not null || !checksum.Holds()))
            return await Dropped(held, piece.Fault is null ? new ChecksumMismatch() : Moved(counted));
        if (at == row.FileSize)
        {
            if (await Finish(row, counted, held, stop) is { } refused)
                return refused;
        }
        else if (held.Count > 0 && !await Count(row, counted, held, stop))
        {
            return await Dropped(held, Moved(counted));
        }
        if (piece.Fault is not null && at < row.FileSize)
            ExceptionDispatchInfo.Throw(piece.Fault); // too slow, or gone: the server knows what to say
        return Stands(http, at, clock.GetUtcNow() + Lifetime);
    }

    /// <returns>whether they follow on what there is: another request may have gone on meanwhile</returns>
    private async Task<bool> Count(ResumableUpload row, long from, List<ResumablePart> parts, CancellationToken stop)
    {
        var (id, to, expires) = (row.Id, parts[^1].Start + parts[^1].Size, clock.GetUtcNow() + Lifetime);
        var mayBeKept = false;
        try
        {
            await standing.Demand(accessor.HttpContext!, context);
            await using var transaction = await db.Begin(stop);
            if (
                await db.Set<ResumableUpload>()
                    .Where(upload =>
                        upload.Id == id
                        && upload.Received == from
                        && !upload.IsFile
                        && db.Set<ResumablePart>().Count(part => part.UploadId == id) < MostParts
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
            mayBeKept = true;
            await transaction.CommitAsync(stop);
            db.ChangeTracker.Clear();
            return true;
        }
        catch (Exception e) when (!mayBeKept || e is PostgresException) // nothing was committed. Where the server did not answer to COMMIT, it may have been
        {
            foreach (var part in parts)
                await file.TakeAway(part.ObjectKey, part.Size);
            throw;
        }
    }

    /// <summary>Makes one object of all pieces, and a file of it.</summary>
    /// <returns>the refusal; null: it is a file</returns>
    private async Task<IResult?> Finish(
        ResumableUpload row,
        long counted,
        List<ResumablePart> last,
        CancellationToken stop
    )
    {
        var id = row.Id;
        try
        {
            List<string> keys =
            [
                .. await db.Set<ResumablePart>()
                    .Where(part => part.UploadId == id)
                    .OrderBy(part => part.Start)
                    .Select(part => part.ObjectKey)
                    .ToListAsync(stop),
                .. last.Select(part => part.ObjectKey),
            ];
            await using var pieces = new JoinedStream(
                keys.Count,
                async (at, cancel) =>
                    await store.Open(keys[at], 0, null, cancel)
                    ?? throw new StoreException("A piece of the upload went away.")
            );
            await using var content = new MeasuredStream(pieces, row.FileSize);
            var type = FileType.Of((await content.Peek(FileType.Needed, stop)).Span, row.MimeType);
            var refused = await FileRules.RefusedTypes(db, stop);
            if (FileType.IsAmong(type, refused))
            {
                await db.Set<ResumableUpload>().Where(upload => upload.Id == id).ExecuteDeleteAsync(stop);
                return new Unsupported($"This tenant takes no files of the type {type}. The upload has ended.");
            }
            var key = StoredFile.NewKey(row.TenantId);
            await store.Put(key, content, type, stop);
            var (made, full) = await file.Keep(
                new NewFile.Arrived(
                    id,
                    key,
                    row.FileName,
                    type,
                    content.Size,
                    content.Sha256(),
                    new FileLabels(row.Metadata, row.Tags),
                    IsAnnounced: true
                ),
                async token => content.Size == row.FileSize && await IsFirst(row, counted, token),
                stop
            );
            return made is not null ? null
                : full is not null ? full
                : Moved(counted);
        }
        catch (StoreException e)
        {
            return Away(e);
        }
        finally
        {
            foreach (var part in last)
                await file.TakeAway(part.ObjectKey, part.Size);
        }
    }

    private async Task<bool> IsFirst(ResumableUpload row, long counted, CancellationToken cancel)
    {
        var (id, expires) = (row.Id, clock.GetUtcNow() + Lifetime);
        if (
            await db.Set<ResumableUpload>()
                .Where(upload => upload.Id == id && upload.Received == counted && !upload.IsFile)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(upload => upload.Received, upload => upload.FileSize)
                            .SetProperty(upload => upload.IsFile, true)
                            .SetProperty(upload => upload.ExpiresAt, expires),
                    cancel
                ) == 0
        )
            return false;
        var keys = await db.Set<ResumablePart>()
            .Where(part => part.UploadId == id)
            .Select(part => part.ObjectKey)
            .ToArrayAsync(cancel);
        await db.Set<ResumablePart>().Where(part => part.UploadId == id).ExecuteDeleteAsync(cancel);
        await StorageQuota.Settled(db, row.TenantId, keys, cancel);
        return true;
    }

    private async Task<IResult> End(Guid id, CancellationToken cancel)
    {
        if (await Own(id, cancel) is not { } row)
            return NoSuchUpload();
        db.Remove(row);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        return TypedResults.NoContent();
    }

    private async Task<IResult> Dropped(List<ResumablePart> parts, IResult answer)
    {
        foreach (var part in parts)
            await file.TakeAway(part.ObjectKey, part.Size);
        return answer;
    }

    private Unavailable Away(StoreException e)
    {
        NotReached(log, store.Name, e.Message);
        return Problems.Unavailable(Problems.DependencyUnavailable, Patience);
    }

    /// <summary>Whoever began it goes on with it, and nobody else.</summary>
    private Task<ResumableUpload?> Own(Guid id, CancellationToken cancel)
    {
        var (user, now) = (context.SignedIn.UserId, clock.GetUtcNow());
        return db.Set<ResumableUpload>()
            .AsNoTracking()
            .SingleOrDefaultAsync(upload => upload.Id == id && upload.UserId == user && upload.ExpiresAt > now, cancel);
    }

    private static NoContent Stands(HttpContext http, long offset, DateTimeOffset expires)
    {
        (http.Response.Headers[Tus.Offset], http.Response.Headers[Tus.Expires]) = (
            Number(offset),
            expires.ToString("R")
        );
        return TypedResults.NoContent();
    }

    private static Conflicting Moved(long received) =>
        Problems.Conflicting($"The upload goes on at {received}: ask where it stands, and send what follows.");

    private static Missing NoSuchUpload() => Problems.Missing("There is no such upload of yours, or it has ended.");

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(
        EventId = 5010,
        Level = LogLevel.Error,
        Message = "A resumable upload was held up by the store {Store}: {Reason}"
    )]
    private static partial void NotReached(ILogger log, string store, string reason);

    private sealed record Present(long Mine, long Everybodys);

    /// <summary>What a request still sends, up to the length of a piece. Where it breaks off, the piece is over: what has come is kept.</summary>
    private sealed class Piece(Stream body, long most, Checksum? checksum, CancellationToken gone) : ReadOnlyStream
    {
        private long left = most;

        public bool IsEnd { get; private set; }

        /// <summary>Why it ended before its time.</summary>
        public Exception? Fault { get; private set; }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            if (left == 0 || IsEnd)
                return 0;
            var count = 0;
            try
            {
                count = await body.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], gone);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                Fault = e;
            }
            IsEnd = count == 0;
            left -= count;
            checksum?.Add(buffer.Span[..count]);
            return count;
        }
    }
}

/// <summary>460: what has arrived is not what was sent. Nothing of it was kept.</summary>
public sealed class ChecksumMismatch() : Refusal(Problems.ChecksumMismatch, Problems.ChecksumMismatch.When);

/// <summary>412: another version of the tus protocol.</summary>
public sealed class OtherProtocol()
    : Refusal(Problems.PreconditionFailed, $"The header {Tus.Resumable} must be {Tus.Version}.");
