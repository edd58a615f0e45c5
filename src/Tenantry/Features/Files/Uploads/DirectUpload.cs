using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Storage;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// Files that go to the store without us: announced, sent by signed requests, and a file once they were looked at. What somebody can still write to by such a request is never what others read: it is
/// copied first, and the copy is looked at.
/// </summary>
public sealed partial class DirectUpload(
    TenantContext context,
    TenantDb db,
    IObjectStore store,
    AuditTrail audit,
    ServiceSettings settings,
    TimeProvider clock,
    NewFile file,
    ILogger<DirectUpload> log
)
{
    /// <summary>Of one user, under way.</summary>
    private const int Most = 50;

    /// <summary>What is larger comes in more than one part.</summary>
    private const long Whole = 8 * IObjectStore.PartSize;

    /// <summary>Of one tenant, so that counting them is quick.</summary>
    private const int MostOfTenant = 10_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="FileName">As it is saved.</param>
    /// <param name="FileSize">In bytes, exactly.</param>
    /// <param name="MimeType">That the request will declare.</param>
    /// <param name="Sha256">Of all bytes, in hexadecimal.</param>
    /// <param name="Metadata">The application's own.</param>
    /// <param name="Tags">The same, to find it by.</param>
    public sealed record Request(
        [Needed, ShortText(Files.FileName.Longest)] string? FileName,
        [Needed, Range(0, long.MaxValue, ErrorMessage = "must be a number of bytes")] long? FileSize,
        [MediaType] string? MimeType,
        [Needed, Sha256] string? Sha256,
        [FreeObject(FileLabels.MostBytes)] JsonElement? Metadata,
        [FileTags] IReadOnlyList<string>? Tags
    ) : IExample<Request>
    {
        public static Request Example =>
            new(
                "invoice-4711.pdf",
                48_213,
                "application/pdf",
                FileDocument.Example.Sha256,
                JsonElement.Parse("""{"order":"4711"}"""),
                ["invoice"]
            );
    }

    /// <param name="Id">Of the upload: what `complete` is called with.</param>
    /// <param name="ExpiresAt">By when it has to be complete.</param>
    /// <param name="Requests">One for the whole, or one for each part in their order: to be sent as they are, with these headers.</param>
    public sealed record Response(Guid Id, DateTimeOffset ExpiresAt, IReadOnlyList<Part> Requests) : IExample<Response>
    {
        public static Response Example =>
            new(
                Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70903"),
                FileDocument.Example.CreatedAt.AddHours(1),
                [
                    new Part(
                        "PUT",
                        new Uri(
                            "https://files.example.com/019a8f3e-8d00-7c11-a2b3-c4d5e6f70001/0c6f5f4d-1a2b-4c3d-8e9f-a0b1c2d3e4f5?signature=Tm9uZQ"
                        ),
                        new Dictionary<string, string> { ["Content-Length"] = "48213" },
                        48_213
                    ),
                ]
            );
    }

    /// <param name="Method">Of the request.</param>
    /// <param name="Url">Of the request.</param>
    /// <param name="Headers">That it has to have.</param>
    /// <param name="Size">Of its body, in bytes.</param>
    public sealed record Part(string Method, Uri Url, IReadOnlyDictionary<string, string> Headers, long Size);

    public static Task<Results<Created<Response>, Invalid, TooLarge, Conflicting, OverQuota, Unavailable>> Announce(
        Request body,
        DirectUpload upload,
        CancellationToken cancel
    ) => upload.Announce(body, cancel);

    public static Task<
        Results<Created<FileDocument>, Missing, Conflicting, Unsupported, OverQuota, Unavailable>
    > Complete(Guid id, DirectUpload upload, CancellationToken cancel) => upload.Complete(id, cancel);

    public static async Task<Results<NoContent, Missing>> Cancel(
        Guid id,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        if (await Own(db, context, id, cancel) is not { } row)
            return NoSuchUpload();
        db.Remove(row);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        return TypedResults.NoContent();
    }

    private async Task<Results<Created<Response>, Invalid, TooLarge, Conflicting, OverQuota, Unavailable>> Announce(
        Request body,
        CancellationToken cancel
    )
    {
        var (user, size, quota) = (
            context.SignedIn.UserId,
            body.FileSize!.Value,
            settings.QuotaOf(context.Tenant.SubscriptionTier)
        );
        if (size > quota.FileBytes)
            return new TooLarge(quota.FileBytes);
        var now = (
            await db
                .Database.SqlQueryRaw<Present>(
                    $$"""
                    SELECT {{StorageQuota.UsedSql}} AS used, (SELECT count(*) FROM file_uploads WHERE tenant_id = {0} AND user_id = {1}) AS mine,
                           (SELECT count(*) FROM file_uploads WHERE tenant_id = {0}) AS everybodys
                    """,
                    context.TenantId,
                    user
                )
                .ToListAsync(cancel)
        )[0];
        if (quota.StorageBytes is { } allowed && now.Used + size > allowed)
            return StorageQuota.Full(now.Used, allowed);
        if (now.Mine >= Most)
            return Problems.Conflicting($"You have {Most} uploads under way: complete or cancel some first.");
        if (now.Everybodys >= MostOfTenant)
            return Problems.Conflicting(
                $"The tenant has {MostOfTenant} uploads under way: some have to be completed or cancelled first."
            );

        var id = Guid.NewGuid();
        var (key, type, at) = (
            $"{context.TenantId}/{id}",
            FileType.Normalized(body.MimeType) ?? FileType.Unknown,
            clock.GetUtcNow()
        );
        var (expires, parts) = (
            at + Lifetime,
            size == 0 ? 0
            : size > Whole ? (int)((size + IObjectStore.PartSize - 1) / IObjectStore.PartSize)
            : 1
        );
        string? inParts = null;
        List<Part> requests;
        try
        {
            if (parts > 0)
                inParts = await store.BeginParts(key, type, cancel);
            requests =
            [
                .. Enumerable
                    .Range(1, parts)
                    .Select(number =>
                        Signed(
                            key,
                            inParts!,
                            number,
                            parts == 1
                                ? size
                                : Math.Min(IObjectStore.PartSize, size - ((number - 1L) * IObjectStore.PartSize)),
                            expires
                        )
                    ),
            ];
        }
        catch (StoreException e)
        {
            NotReached(log, store.Name, e.Message);
            if (inParts is not null)
                await file.TakeAway(key, 0, inParts);
            return Problems.Unavailable(Problems.DependencyUnavailable, Patience);
        }
        var row = new FileUpload
        {
            TenantId = context.TenantId,
            Id = id,
            UserId = user,
            ObjectKey = key,
            StoreUpload = inParts,
            Parts = parts,
            FileName = FileName.Clean(body.FileName),
            MimeType = type,
            FileSize = size,
            Sha256 = Convert.FromHexString(body.Sha256!),
            Metadata = body.Metadata is { ValueKind: JsonValueKind.Object } metadata ? metadata : FileLabels.NoMetadata,
            Tags = FileLabels.Tidy(body.Tags ?? []),
            CreatedAt = at,
            ExpiresAt = expires,
        };
        if (await Begin(row, cancel) is { } full)
            return full;
        return TypedResults.Created(
            $"{settings.ApiPath}/files/uploads/{row.Id}",
            new Response(row.Id, expires, requests)
        );
    }

    private Part Signed(string key, string inParts, int number, long size, DateTimeOffset expires)
    {
        var signed = store.SignedPart(key, inParts, number, size, expires);
        return new Part(signed.Method, signed.Url, signed.Headers, size);
    }

    /// <summary>Counts its bytes with those of all others that are announced at the moment. What begins nothing leaves nothing in the store.</summary>
    private async Task<OverQuota?> Begin(FileUpload row, CancellationToken cancel)
    {
        var isBegun = false;
        try
        {
            await using var transaction = await db.Begin(cancel);
            if (await StorageQuota.Announce(db, settings, context.Tenant, row.FileSize, cancel) is { } full)
                return full;
            db.Add(row);
            audit.Add(db, row.Id);
            await db.SaveChangesAsync(cancel);
            isBegun = true; // from here on the row may be there
            await transaction.CommitAsync(cancel);
            return null;
        }
        finally
        {
            if (!isBegun && row.StoreUpload is { } inParts)
                await file.TakeAway(row.ObjectKey, 0, inParts);
        }
    }

    private async Task<
        Results<Created<FileDocument>, Missing, Conflicting, Unsupported, OverQuota, Unavailable>
    > Complete(Guid id, CancellationToken cancel)
    {
        if (await Own(db, context, id, cancel) is not { } upload || upload.ExpiresAt < clock.GetUtcNow())
            return NoSuchUpload();
        var key = StoredFile.NewKey(context.TenantId);
        var isHandedOn = false;
        try
        {
            if (upload is { StoreUpload: null, FileSize: 0 } && await store.Find(upload.ObjectKey, cancel) is null)
                await store.Put(upload.ObjectKey, new MemoryStream(), upload.MimeType, cancel);
            if (
                upload.StoreUpload is { } inParts
                && await store.CompleteParts(upload.ObjectKey, inParts, upload.Parts, cancel) is null
                && await store.Find(upload.ObjectKey, cancel) is null
            )
                return Problems.Conflicting("Not all parts have arrived.");
            if (await store.Find(upload.ObjectKey, cancel) is not { } arrived)
                return Problems.Conflicting("The bytes have not arrived.");
            if (arrived.Size != upload.FileSize)
                return await Dropped(
                    upload,
                    $"{arrived.Size} bytes have arrived instead of {upload.FileSize}.",
                    cancel
                );
            await store.Copy(upload.ObjectKey, key, cancel);
            var (first, hash) = await LookAt(key, cancel);
            if (!CryptographicOperations.FixedTimeEquals(hash, upload.Sha256))
                return await Dropped(upload, "The bytes that have arrived have another checksum.", cancel);
            var type = FileType.Of(first.Span, upload.MimeType);
            var refused = await FileRules.RefusedTypes(db, cancel);
            if (FileType.IsAmong(type, refused))
            {
                await Dropped(upload, "", cancel);
                return new Unsupported($"This tenant takes no files of the type {type}.");
            }

            isHandedOn = true;
            // Of two who complete at once, one finds it gone.
            var (row, full) = await file.Keep(
                new NewFile.Arrived(
                    null,
                    key,
                    upload.FileName,
                    type,
                    upload.FileSize,
                    upload.Sha256,
                    new FileLabels(upload.Metadata, upload.Tags),
                    IsAnnounced: true
                ),
                token => Claim(upload, token),
                cancel
            );
            return row is not null ? file.Created(row)
                : full is not null ? full
                : NoSuchUpload();
        }
        catch (StoreException e)
        {
            NotReached(log, store.Name, e.Message);
            return Problems.Unavailable(Problems.DependencyUnavailable, Patience);
        }
        finally
        {
            if (!isHandedOn)
                await file.TakeAway(key, upload.FileSize);
        }
    }

    private async Task<bool> Claim(FileUpload upload, CancellationToken cancel)
    {
        if (await db.Set<FileUpload>().Where(one => one.Id == upload.Id).ExecuteDeleteAsync(cancel) == 0)
            return false;
        await StorageQuota.Settled(db, upload.TenantId, [upload.ObjectKey], cancel);
        return true;
    }

    /// <summary>What arrived is not what was announced, and nothing better can come by the same requests.</summary>
    private async Task<Conflicting> Dropped(FileUpload upload, string reason, CancellationToken cancel)
    {
        await db.Set<FileUpload>().Where(one => one.Id == upload.Id).ExecuteDeleteAsync(cancel);
        return Problems.Conflicting(reason + " The upload has ended: announce it anew.");
    }

    private async Task<(ReadOnlyMemory<byte> First, byte[] Hash)> LookAt(string key, CancellationToken cancel)
    {
        await using var stream =
            await store.Open(key, 0, null, cancel) ?? throw new StoreException("The object went away.");
        await using var content = new MeasuredStream(stream, long.MaxValue);
        var first = await content.Peek(FileType.Needed, cancel);
        await content.CopyToAsync(Stream.Null, cancel);
        return (first, content.Sha256());
    }

    /// <summary>Whoever announced it sends it, and nobody else ends it.</summary>
    private static Task<FileUpload?> Own(TenantDb db, TenantContext context, Guid id, CancellationToken cancel)
    {
        var user = context.SignedIn.UserId;
        return db.Set<FileUpload>().SingleOrDefaultAsync(upload => upload.Id == id && upload.UserId == user, cancel);
    }

    private static Missing NoSuchUpload() => Problems.Missing("There is no such upload of yours, or it has ended.");

    [LoggerMessage(
        EventId = 5005,
        Level = LogLevel.Error,
        Message = "An upload was held up by the store {Store}: {Reason}"
    )]
    private static partial void NotReached(ILogger log, string store, string reason);

    private sealed record Present(long Used, long Mine, long Everybodys);
}

/// <summary>A media type.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class MediaTypeAttribute() : ValidationAttribute("must be a media type like application/pdf")
{
    public override bool IsValid(object? value) => value is not string text || FileType.Normalized(text) == text;
}

/// <summary>A SHA-256 in hexadecimal.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class Sha256Attribute() : ValidationAttribute("must be a SHA-256 in hexadecimal: 64 digits")
{
    public override bool IsValid(object? value) =>
        value is not string text || text.Length == 0 || (text.Length == 64 && text.All(char.IsAsciiHexDigit));
}
