using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>Applies the rate limits to each request, and reports their use in the headers of each response.</summary>
public sealed class RateLimiting(RequestDelegate next, RateLimits limits, TimeProvider clock)
{
    /// <summary>The body of a sign-in is small; the account is not searched for in a longer one.</summary>
    private const int MaxBodyBytes = 16 * 1024;

    public Task Invoke(HttpContext http, TenantContext context) => Decide(http, context).OrElse(next, http);

    private async ValueTask<Refusal?> Decide(HttpContext http, TenantContext context)
    {
        if (await Take(http, context) is not { } taken)
            return null;
        // Written last: the response to an exception starts with empty headers.
        http.Response.OnStarting(
            static state => Write((RateHeaders)state),
            new RateHeaders(http, taken, clock.GetUtcNow())
        );
        return taken.Granted > 0
            ? null
            : new TooMany(
                $"At most {taken.Shown.PerMinute} requests per minute are allowed (policy {taken.Shown.Policy}).",
                TimeSpan.FromMicroseconds(taken.Wait),
                taken.Shown.Policy
            );
    }

    private async ValueTask<Taken?> Take(HttpContext http, TenantContext context)
    {
        var metadata = http.GetEndpoint()?.Metadata;
        var cost = metadata?.GetMetadata<CostOf>()?.Requests ?? 1;
        var tenant = context.IsSet ? context.Tenant : null;
        var isSignIn = metadata?.GetMetadata<LimitedBy>()?.Rate == Rate.SignIn; // also with a token: an attacker's own account must not give more guesses
        if (tenant is not null && context.Caller is not null && !isSignIn)
            return await limits.Take(tenant, cost, http.RequestAborted);

        var address = ClientAddress.Network(ClientAddress.Of(http));
        return await limits.TakeAnonymous(
            address,
            isSignIn ? await AccountOf(http.Request, tenant, address) : null,
            cost
        );
    }

    /// <summary>
    /// The account that the body names, hashed with tenant and address; empty if it names none. All bodies that cannot
    /// be
    /// read here, because they are too long or encoded otherwise, count as one account: the handler may still read
    /// them.
    /// </summary>
    private static async ValueTask<string> AccountOf(HttpRequest request, ResolvedTenant? tenant, string address)
    {
        if (request.ContentLength is > MaxBodyBytes)
            return Hashed("unreadable");
        try
        {
            var body = request.BodyReader;
            var read = await body.ReadAsync(request.HttpContext.RequestAborted);
            while (!read.IsCompleted && read.Buffer.Length <= MaxBodyBytes)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                read = await body.ReadAsync(request.HttpContext.RequestAborted);
            }
            var (isReadable, email) = Email(read.Buffer);
            // Nothing is consumed: the handler reads the body.
            body.AdvanceTo(read.Buffer.Start);
            return !isReadable ? Hashed("unreadable")
                : email is null ? ""
                : Hashed("email|" + EmailAddress.Key(email));
        }
        catch (BadHttpRequestException)
        {
            return ""; // the handler reports it
        }

        string Hashed(string account) =>
            Convert.ToHexString(
                SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant?.Id}|{address}|{account}")).AsSpan(0, 16)
            );
    }

    private static (bool IsReadable, string? Email) Email(ReadOnlySequence<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (
                    reader.CurrentDepth == 1
                    && reader.TokenType == JsonTokenType.PropertyName
                    && reader.ValueTextEquals("email"u8)
                )
                    return (
                        true,
                        reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null
                    );
            }
            return (true, null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (json.IsEmpty, null);
        }
    }

    private static Task Write(RateHeaders rate)
    {
        var (headers, taken) = (rate.Http.Response.Headers, rate.Taken);
        var reset = rate.At.AddMicroseconds(taken.FullIn);
        headers["X-RateLimit-Limit"] = Text(taken.Shown.PerMinute);
        headers["X-RateLimit-Remaining"] = Text(Math.Max(0, taken.Left));
        headers["X-RateLimit-Reset"] = Text(reset.ToUnixTimeSeconds() + (reset.Millisecond > 0 ? 1 : 0));
        headers["RateLimit-Policy"] = taken.Shown.Policies;
        headers["RateLimit"] =
            $"\"{taken.Shown.Policy}\";r={Math.Max(0, taken.Left)};t={(int)Math.Ceiling((taken.Granted > 0 ? taken.FullIn : taken.Wait) / 1_000_000)}";
        return Task.CompletedTask;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record RateHeaders(HttpContext Http, Taken Taken, DateTimeOffset At);
}
