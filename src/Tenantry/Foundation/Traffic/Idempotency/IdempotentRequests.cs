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
/// Answers a retry with the response to the first request (draft-ietf-httpapi-idempotency-key-header). The request runs
/// in
/// a transaction that also stores its response: after a crash, either both exist or neither. Only successful responses
/// are
/// stored; a refused request changed nothing, and its retry is processed again.
/// </summary>
public sealed class IdempotentRequests(
    RequestDelegate next,
    CallerRecheck recheck,
    ServiceSettings settings,
    SharedGates gates,
    TimeProvider clock
)
{
    public const string ReplayedHeader = "Idempotency-Replayed";

    private const int MaxKeyLength = 255;

    private static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    /// <summary>The headers that belong to the response. All others are set for each request.</summary>
    private static readonly string[] StoredHeaders = ["Content-Type", "ETag", "Link", "Location"];

    private readonly RequestDigest digest = new(settings.KeyFor("idempotency"));

    /// <summary>A response can contain a link or a signed address, which are stored nowhere else.</summary>
    private readonly SealedBox answers = new(settings.KeyFor("answers that are remembered"));

    public Task Invoke(HttpContext http, TenantContext context) =>
        http.GetEndpoint()?.Metadata.GetMetadata<Idempotent>() is null
        || !http.Request.Headers.TryGetValue(Idempotent.Header, out var given)
            ? next(http)
            : Keyed(http, context, given);

    private async Task Keyed(HttpContext http, TenantContext context, StringValues given)
    {
        var key = given.ToString();
        if (key.Length is 0 or > MaxKeyLength || given.Count > 1 || key.Any(character => character is < '!' or > '~'))
        {
            await Problems
                .Invalid(Idempotent.Header, $"must have 1 to {MaxKeyLength} visible ASCII characters")
                .ExecuteAsync(http);
            return;
        }

        if (
            http.GetEndpoint()!.Metadata.GetMetadata<BodyPrecheck>() is { } before
            && !await IsKnown(http, context, key)
            && await before.Refuse(http, http.RequestAborted) is { } unread
        )
        {
            await unread.ExecuteAsync(http);
            return;
        }
        var hash = await digest.Of(http.Request, http.RequestAborted); // a slow body holds no connection and no lock
        if (await recheck.Check(http, context) is { } refusal)
        {
            await refusal.ExecuteAsync(http);
            return;
        }
        using var slot = await gates.KeyedRequests.Acquire(context.TenantId, http.RequestAborted);
        await (
            gates.KeyedRequests.RefusalOf(slot) is { } full
                ? full.ExecuteAsync(http)
                : RunOnce(http, context, key, hash)
        );
    }

    private async Task RunOnce(HttpContext http, TenantContext context, string key, byte[] bodyHash)
    {
        var cancel = http.RequestAborted;
        var scope = KeyScope.Of(http, context, key, bodyHash);
        var db = http.RequestServices.GetRequiredService<TenantDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        // The lock ends with the transaction, also when the process crashes. The response is read after it, so that the
        // commit of the request before is visible.
        var isFirst = await db
            .Database.SqlQuery<bool>($"""SELECT pg_try_advisory_xact_lock({scope.Lock}) AS "Value" """)
            .SingleAsync(cancel);
        if (!isFirst)
        {
            http.Response.Headers.RetryAfter = "1";
            await Problems
                .Conflicting(
                    $"The first request with this {Idempotent.Header} is still being processed. Retry after it has finished."
                )
                .ExecuteAsync(http);
            return;
        }
        var now = clock.GetUtcNow();
        if (
            await db.Set<StoredResponse>()
                .AsNoTracking()
                .SingleOrDefaultAsync(
                    a => a.UserId == scope.User && a.Route == scope.Route && a.Key == key && a.ExpiresAt > now,
                    cancel
                ) is
            { } answer
        )
        {
            await transaction.DisposeAsync();
            await (
                !CryptographicOperations.FixedTimeEquals(answer.BodyHash, scope.BodyHash)
                    ? new KeyReused().ExecuteAsync(http)
                // The response may contain a link or a signed address that required a permission which the caller has
                // lost.
                : answer.Permissions?.FirstOrDefault(held => context.Caller?.Has(held) != true) is { } lost
                    ? Problems
                        .Denied(
                            Problems.PermissionDenied,
                            $"The first request with this {Idempotent.Header} was made with the permission {lost}, which you no longer have."
                        )
                        .ExecuteAsync(http)
                : Replay(http, answer, scope)
            );
            return;
        }

        var stream = http.Response.Body;
        using var body = new MemoryStream();
        http.Response.Body = body;
        var keyed = new KeyedRequest();
        http.Features.Set(keyed);
        var mayBeCommitted = false;
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
                if (db.Tenant != scope.Tenant)
                    await db.ActAs(scope.Tenant, cancel);
                await Keep(
                    db,
                    scope,
                    context.Acting is null ? null : context.SignedIn.SortedPermissions,
                    http.Response,
                    answers.Seal(body.ToArray(), scope.Bytes),
                    now,
                    cancel
                );
            }
            mayBeCommitted = true;
            await transaction.CommitAsync(cancel);
        }
        catch (Exception e) when (!mayBeCommitted || e is PostgresException) // nothing was committed; if the server did not answer COMMIT, it may have been
        {
            await keyed.Undo();
            throw;
        }
        if (body.Length > 0)
            await stream.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), cancel);
    }

    /// <summary>
    /// Whether the request is a retry with a stored response, which is then returned without further checks.
    /// </summary>
    private Task<bool> IsKnown(HttpContext http, TenantContext context, string key)
    {
        var (scope, now) = (KeyScope.Of(http, context, key, []), clock.GetUtcNow());
        return http
            .RequestServices.GetRequiredService<TenantDb>()
            .Set<StoredResponse>()
            .AnyAsync(
                a => a.UserId == scope.User && a.Route == scope.Route && a.Key == key && a.ExpiresAt > now,
                http.RequestAborted
            );
    }

    private static Task<int> Keep(
        TenantDb db,
        KeyScope scope,
        string[]? permissions,
        HttpResponse response,
        byte[] body,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var headers = JsonSerializer.Serialize(
            StoredHeaders
                .Where(response.Headers.ContainsKey)
                .ToDictionary(name => name, name => response.Headers[name].ToString(), StringComparer.Ordinal)
        );
        // An expired response stays in the table until it is deleted in the background.
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO idempotency_keys (tenant_id, user_id, route, key, body_hash, status, headers, body, permissions, expires_at)
            VALUES ({scope.Tenant}, {scope.User}, {scope.Route}, {scope.Key}, {scope.BodyHash}, {response.StatusCode}, {headers}::jsonb, {body}, {permissions}, {now
                + Retention})
            ON CONFLICT (tenant_id, user_id, route, key) DO UPDATE
            SET body_hash = EXCLUDED.body_hash, status = EXCLUDED.status, headers = EXCLUDED.headers, body = EXCLUDED.body, permissions = EXCLUDED.permissions, expires_at = EXCLUDED.expires_at
            """,
            cancel
        );
    }

    private async Task Replay(HttpContext http, StoredResponse answer, KeyScope scope)
    {
        var body =
            answers.Open(answer.Body, scope.Bytes)
            ?? throw new CryptographicException("A stored response was altered, or sealed under another JWT_SECRET.");
        http.Response.StatusCode = answer.Status;
        foreach (var header in answer.Headers.EnumerateObject())
            http.Response.Headers[header.Name] = header.Value.GetString();
        http.Response.Headers[ReplayedHeader] = "true";
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private sealed record KeyScope(Guid Tenant, Guid User, string Route, string Key, byte[] BodyHash)
    {
        public static KeyScope Of(HttpContext http, TenantContext context, string key, byte[] bodyHash) =>
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
