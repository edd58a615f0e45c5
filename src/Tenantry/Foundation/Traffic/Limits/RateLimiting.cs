using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>Holds each request against its limits, and tells on every answer how far they are used.</summary>
public sealed class RateLimiting(RequestDelegate next, RateLimits limits, TimeProvider clock)
{
    /// <summary>A sign-in's body is small; of a longer one the account is not looked for.</summary>
    private const int MostBodyBytes = 16 * 1024;

    public Task Invoke(HttpContext http, TenantContext context) => Decide(http, context).OrElse(next, http);

    private async ValueTask<Refusal?> Decide(HttpContext http, TenantContext context)
    {
        if (await Take(http, context) is not { } taken)
            return null;
        // An exception's answer begins with empty headers: they are written last.
        http.Response.OnStarting(static state => Write((Told)state), new Told(http, taken, clock.GetUtcNow()));
        return taken.Granted > 0
            ? null
            : new TooMany(
                $"More than {taken.Shown.PerMinute} requests a minute are not allowed ({taken.Shown.Policy}).",
                TimeSpan.FromMicroseconds(taken.Wait),
                taken.Shown.Policy
            );
    }

    private async ValueTask<Taken?> Take(HttpContext http, TenantContext context)
    {
        var metadata = http.GetEndpoint()?.Metadata;
        var cost = metadata?.GetMetadata<CostOf>()?.Requests ?? 1;
        var tenant = context.IsSet ? context.Tenant : null;
        var isSignIn = metadata?.GetMetadata<LimitedBy>()?.Rate == Rate.SignIn; // whoever asks: a token of one's own gives no more guesses
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
    /// The account that the body names, hashed with tenant and address; empty where it names none. All that cannot be read here, too long or otherwise encoded, is one account: the handler may
    /// read it differently.
    /// </summary>
    private static async ValueTask<string> AccountOf(HttpRequest request, ResolvedTenant? tenant, string address)
    {
        if (request.ContentLength is > MostBodyBytes)
            return Hashed("unreadable");
        try
        {
            var body = request.BodyReader;
            var read = await body.ReadAsync(request.HttpContext.RequestAborted);
            while (!read.IsCompleted && read.Buffer.Length <= MostBodyBytes)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                read = await body.ReadAsync(request.HttpContext.RequestAborted);
            }
            var (isReadable, email) = Email(read.Buffer);
            // Looked at, and left where it is for the handler.
            body.AdvanceTo(read.Buffer.Start);
            return !isReadable ? Hashed("unreadable")
                : email is null ? ""
                : Hashed("email|" + email.Trim().ToLowerInvariant());
        }
        catch (BadHttpRequestException)
        {
            return ""; // the handler comes upon it too
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

    private static Task Write(Told told)
    {
        var (headers, taken) = (told.Http.Response.Headers, told.Taken);
        var reset = told.At.AddMicroseconds(taken.FullIn);
        headers["X-RateLimit-Limit"] = Text(taken.Shown.PerMinute);
        headers["X-RateLimit-Remaining"] = Text(Math.Max(0, taken.Left));
        headers["X-RateLimit-Reset"] = Text(reset.ToUnixTimeSeconds() + (reset.Millisecond > 0 ? 1 : 0));
        headers["RateLimit-Policy"] = taken.Shown.Policies;
        headers["RateLimit"] =
            $"\"{taken.Shown.Policy}\";r={Math.Max(0, taken.Left)};t={(int)Math.Ceiling((taken.Granted > 0 ? taken.FullIn : taken.Wait) / 1_000_000)}";
        return Task.CompletedTask;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Told(HttpContext Http, Taken Taken, DateTimeOffset At);
}
