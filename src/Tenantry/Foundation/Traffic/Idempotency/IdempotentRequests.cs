using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Primitives;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Sealing;

namespace Tenantry.Foundation.Traffic.Idempotency;

/// <summary>
/// Answers a retry with the first answer (draft-ietf-httpapi-idempotency-key-header). The request runs inside a transaction that takes its answer too: whoever dies
/// when, either both are there or neither. Only successes are kept; what was refused did nothing, and a retry is looked at anew.
/// </summary>
public sealed class IdempotentRequests(
    RequestDelegate next,
    CallerRecheck standing,
    ServiceSettings settings,
    SharedGates gates,
    TimeProvider clock
)
{
    public const string ReplayedHeader = "Idempotency-Replayed";

    private const int LongestKey = 255;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Those of the answer itself. Others are made anew for each.</summary>
    private static readonly string[] KeptHeaders = ["Content-Type", "ETag", "Link", "Location"];

    private readonly byte[] hashKey = settings.KeyFor("idempotency");

    /// <summary>An answer can hold a link or a signed address, which are kept nowhere else.</summary>
    private readonly SealedBox answers = new(settings.KeyFor("answers that are remembered"));

    public Task Invoke(HttpContext http, TenantContext context) =>
        http.GetEndpoint()?.Metadata.GetMetadata<Idempotent>() is null
        || !http.Request.Headers.TryGetValue(Idempotent.Header, out var given)
            ? next(http)
            : Keyed(http, context, given);

    private async Task Keyed(HttpContext http, TenantContext context, StringValues given)
    {
        var key = given.ToString();
        if (key.Length is 0 or > LongestKey || given.Count > 1 || key.Any(character => character is < '!' or > '~'))
        {
            await Problems
                .Invalid(Idempotent.Header, $"must have 1 to {LongestKey} visible ASCII characters")
                .ExecuteAsync(http);
            return;
        }

        if (
            http.GetEndpoint()!.Metadata.GetMetadata<BeforeBody>() is { } before
            && !await IsKnown(http, context, key)
            && await before.Refuse(http, http.RequestAborted) is { } unread
        )
        {
            await unread.ExecuteAsync(http);
            return;
        }
        var hash = await HashOf(http.Request, http.RequestAborted); // as slowly as it comes: nothing is held meanwhile
        if (await standing.Again(http, context) is { } refusal)
        {
            await refusal.ExecuteAsync(http);
            return;
        }
        using var slot = await gates.KeyedRequests.Enter(context.TenantId, http.RequestAborted);
        await (
            gates.KeyedRequests.RefusalOf(slot) is { } full ? full.ExecuteAsync(http) : Once(http, context, key, hash)
        );
    }

    private async Task Once(HttpContext http, TenantContext context, string key, byte[] bodyHash)
    {
        var cancel = http.RequestAborted;
        var asked = Asked.Of(http, context, key, bodyHash);
        var db = http.RequestServices.GetRequiredService<TenantDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        // Ends with the transaction, and so with a process that dies. The look comes after it: it sees what the one before has committed.
        var isFirst = await db
            .Database.SqlQuery<bool>($"""SELECT pg_try_advisory_xact_lock({asked.Lock}) AS "Value" """)
            .SingleAsync(cancel);
        if (!isFirst)
        {
            http.Response.Headers.RetryAfter = "1";
            await Problems
                .Conflicting($"The first request with this {Idempotent.Header} is still under way.")
                .ExecuteAsync(http);
            return;
        }
        var now = clock.GetUtcNow();
        if (
            await db.Set<RememberedAnswer>()
                .AsNoTracking()
                .SingleOrDefaultAsync(
                    a => a.UserId == asked.User && a.Route == asked.Route && a.Key == key && a.ExpiresAt > now,
                    cancel
                ) is
            { } answer
        )
        {
            await transaction.DisposeAsync();
            await (
                !CryptographicOperations.FixedTimeEquals(answer.BodyHash, asked.BodyHash)
                    ? new KeyReused().ExecuteAsync(http)
                // The answer may hold what was shown for a right that is gone: a link, a signed address.
                : answer.Permissions?.FirstOrDefault(held => context.Caller?.May(held) != true) is { } lost
                    ? Problems
                        .Denied(
                            Problems.PermissionDenied,
                            $"The first request with this {Idempotent.Header} was made with {lost}, which you do not have any more."
                        )
                        .ExecuteAsync(http)
                : Replay(http, answer, asked)
            );
            return;
        }

        var stream = http.Response.Body;
        using var body = new MemoryStream();
        http.Response.Body = body;
        var keyed = new KeyedRequest();
        http.Features.Set(keyed);
        var mayBeKept = false;
        try
        {
            try
            {
                await next(http);
            }
            finally
            {
                http.Response.Body = stream;
            }
            if (http.Response.StatusCode is >= 200 and < 300)
            {
                if (db.Tenant != asked.Tenant)
                    await db.ActAs(asked.Tenant, cancel);
                await Keep(
                    db,
                    asked,
                    context.Acting is null ? null : context.SignedIn.SortedPermissions,
                    http.Response,
                    answers.Seal(body.ToArray(), asked.Bytes),
                    now,
                    cancel
                );
            }
            mayBeKept = true;
            await transaction.CommitAsync(cancel);
        }
        catch (Exception e) when (!mayBeKept || e is PostgresException) // nothing was committed. Where the server did not answer to COMMIT, it may have been
        {
            await keyed.Undo();
            throw;
        }
        if (body.Length > 0)
            await stream.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), cancel);
    }

    /// <summary>Whether it is a retry of what has been answered: then that is told, whatever would be said of it now.</summary>
    private Task<bool> IsKnown(HttpContext http, TenantContext context, string key)
    {
        var (asked, now) = (Asked.Of(http, context, key, []), clock.GetUtcNow());
        return http
            .RequestServices.GetRequiredService<TenantDb>()
            .Set<RememberedAnswer>()
            .AnyAsync(
                a => a.UserId == asked.User && a.Route == asked.Route && a.Key == key && a.ExpiresAt > now,
                http.RequestAborted
            );
    }

    /// <summary>Of all that the request says: a key that comes with something else is refused.</summary>
    private async Task<byte[]> HashOf(HttpRequest request, CancellationToken cancel)
    {
        request.EnableBuffering();
        var hash = await HMACSHA256.HashDataAsync(hashKey, request.Body, cancel);
        request.Body.Position = 0;
        // What an upload says of its file stands beside the body.
        var beside = Encoding.UTF8.GetBytes($"{request.QueryString}\n{request.Headers.ContentDisposition}");
        return HMACSHA256.HashData(hashKey, (byte[])[.. hash, .. beside]);
    }

    private static Task<int> Keep(
        TenantDb db,
        Asked asked,
        string[]? permissions,
        HttpResponse response,
        byte[] body,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var headers = JsonSerializer.Serialize(
            KeptHeaders
                .Where(response.Headers.ContainsKey)
                .ToDictionary(name => name, name => response.Headers[name].ToString(), StringComparer.Ordinal)
        );
        // One that has expired lies there until it is swept.
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO idempotency_keys (tenant_id, user_id, route, key, body_hash, status, headers, body, permissions, expires_at)
            VALUES ({asked.Tenant}, {asked.User}, {asked.Route}, {asked.Key}, {asked.BodyHash}, {response.StatusCode}, {headers}::jsonb, {body}, {permissions}, {now
                + Kept})
            ON CONFLICT (tenant_id, user_id, route, key) DO UPDATE
            SET body_hash = EXCLUDED.body_hash, status = EXCLUDED.status, headers = EXCLUDED.headers, body = EXCLUDED.body, permissions = EXCLUDED.permissions, expires_at = EXCLUDED.expires_at
            """,
            cancel
        );
    }

    private async Task Replay(HttpContext http, RememberedAnswer answer, Asked asked)
    {
        var body =
            answers.Open(answer.Body, asked.Bytes)
            ?? throw new CryptographicException("A remembered answer was altered, or sealed under another JWT_SECRET.");
        http.Response.StatusCode = answer.Status;
        foreach (var header in answer.Headers.EnumerateObject())
            http.Response.Headers[header.Name] = header.Value.GetString();
        http.Response.Headers[ReplayedHeader] = "true";
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private sealed record Asked(Guid Tenant, Guid User, string Route, string Key, byte[] BodyHash)
    {
        public static Asked Of(HttpContext http, TenantContext context, string key, byte[] bodyHash) =>
            new(
                context.TenantId,
                context.Caller?.UserId ?? Guid.Empty,
                $"{http.Request.Method} {http.Request.Path}",
                key,
                bodyHash
            );

        public byte[] Bytes => Encoding.UTF8.GetBytes($"{Tenant}\n{User}\n{Route}\n{Key}");

        public long Lock => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Bytes));
    }
}
