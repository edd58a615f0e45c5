using System.Globalization;
using System.Net;
using System.Text;
using Amazon.Runtime;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Tenantry.Tests.Harness;

/// <summary>
/// SNS and SES v2 on a port of this machine, for one test. It speaks their protocols, checks each signature by an
/// implementation of its own (<see cref="SigV4"/>) and refuses as AWS does; what AWS would overlook (parameters that do
/// not exist) it refuses too, so that a misspelt call is found.
/// </summary>
public sealed class AwsEndpoint : IAsyncDisposable
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly WebApplication server;
    private readonly List<AwsCall> calls = [];
    private readonly Lock gate = new();
    private int connections;
    private int open;
    private TaskCompletionSource heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AwsEndpoint(string region)
    {
        Region = region;
        Sns = new FakeSns(region);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Listen(
                    IPAddress.Loopback,
                    0,
                    listen =>
                        listen.Use(next =>
                            async connection =>
                            {
                                Interlocked.Increment(ref connections);
                                Interlocked.Increment(ref open);
                                await next(connection);
                                Interlocked.Decrement(ref open);
                            }
                        )
                );
            });
        server = builder.Build();
        server.Run(Answer);
    }

    public Uri Url =>
        new(
            server
                .Services.GetRequiredService<IServer>()
                .Features.GetRequiredFeature<IServerAddressesFeature>()
                .Addresses.First()
        );

    public string Region { get; }

    public string AccessKey { get; } = "AKIA" + Convert.ToHexString(Guid.NewGuid().ToByteArray())[..16];

    public string SecretKey { get; } =
        Convert.ToBase64String(Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")))[..40];

    /// <summary>What Secrets Manager keeps, by its id.</summary>
    public Dictionary<string, string> Secrets { get; } = [];

    /// <summary>How far AWS's clock is ahead of this machine's.</summary>
    public TimeSpan ClockOffset { get; set; }

    /// <summary>
    /// What goes wrong with a call, if anything. Asked after the signature was found right, and before the call is
    /// carried out.
    /// </summary>
    public Func<AwsCall, AwsFault?>? Fault { get; set; }

    /// <summary>The topics, applications and endpoints that exist.</summary>
    public FakeSns Sns { get; }

    public FakeSes Ses { get; } = new();

    /// <summary>How many were opened so far.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>How many of them are open still.</summary>
    public int Open => Volatile.Read(ref open);

    /// <summary>In the order of their answers.</summary>
    public IReadOnlyList<AwsCall> Calls
    {
        get
        {
            lock (gate)
                return [.. calls];
        }
    }

    public static async Task<AwsEndpoint> Begin(string region = "eu-central-1")
    {
        while (true)
        {
            var endpoint = new AwsEndpoint(region);
            await endpoint.server.StartAsync();
            // The SDK remembers for this process how wrong the clock was at an address: that of one that a test has had
            // before, in the end.
            if (CorrectClockSkew.GetClockCorrectionForEndpoint(endpoint.Url.ToString()) == TimeSpan.Zero)
                return endpoint;
            await endpoint.DisposeAsync();
        }
    }

    /// <summary>Waits until as many calls were heard, and returns them.</summary>
    public async Task<IReadOnlyList<AwsCall>> Wait(Func<AwsCall, bool> which, int count, TimeSpan? patience = null)
    {
        using var deadline = new CancellationTokenSource(patience ?? Patience.Of);
        while (true)
        {
            Task next;
            lock (gate)
            {
                var found = calls.Where(which).ToList();
                if (found.Count >= count)
                    return found;
                next = heard.Task;
            }
            try
            {
                await next.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(
                    $"{count} calls were awaited. Heard: {string.Join(", ", Calls.Select(call => $"{call.Operation} {call.Reply?.Status} {call.Reply?.Code}"))}."
                );
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Calls that hang are cut off; the server would wait for them.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await server.StopAsync(now.Token);
        await server.DisposeAsync();
    }

    private async Task Answer(HttpContext http)
    {
        using var memory = new MemoryStream();
        await http.Request.Body.CopyToAsync(memory);
        var body = memory.ToArray();
        var call =
            http.Request.Headers.ContainsKey("X-Amz-Target") ? ReadTarget(http.Request, body)
            : http.Request.Path.StartsWithSegments("/v2/email") ? FakeSes.Read(http.Request, body)
            : FakeSns.Read(http.Request, body);
        http.Response.Headers.Date = Now.ToString("R", CultureInfo.InvariantCulture);
        try
        {
            Check(http.Request, call.Service, body);
            call = call with { IsSigned = true };
            var fault = Fault?.Invoke(call);
            if (fault == AwsFault.Hang)
            {
                Note(call with { Reply = new AwsReply(0, null, null, "", IsHeard: false) });
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
            }
            else if (fault is null || fault == AwsFault.Drop || fault == AwsFault.Stall)
            {
                var (done, messageId, text) = call.Service switch
                {
                    "ses" => Ses.Do(call),
                    "secretsmanager" => (call, null, Secret(call)),
                    _ => Sns.Do(call),
                };
                Note(done with { Reply = new AwsReply(200, null, messageId, text, IsHeard: fault is null) });
                if (fault == AwsFault.Drop)
                    http.Abort();
                else if (fault == AwsFault.Stall)
                {
                    http.Response.ContentLength = text.Length;
                    await http.Response.WriteAsync(text[..^1]);
                    await Task.Delay(Timeout.Infinite, http.RequestAborted);
                }
                else
                    await Write(http, call.Service, 200, text, null);
            }
            else
                await Refuse(http, call, fault == AwsFault.Throttling ? Throttling(call.Service) : fault);
        }
        catch (AwsRefusalException refusal)
        {
            await Refuse(http, call, AwsFault.Of(refusal.Code, refusal.Status, refusal.Message));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested) { }
    }

    private static AwsCall ReadTarget(HttpRequest request, byte[] body) =>
        new()
        {
            Service = request.Headers["X-Amz-Target"].ToString().Split('.')[0],
            Operation = request.Headers["X-Amz-Target"].ToString().Split('.')[^1],
            Json = System.Text.Json.JsonElement.Parse(body),
            Headers = request.Headers.ToDictionary(
                header => header.Key,
                header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase
            ),
        };

    private string Secret(AwsCall call)
    {
        if (call.Operation != "GetSecretValue" || call.Headers["Content-Type"] != "application/x-amz-json-1.1")
            throw new AwsRefusalException("UnknownOperationException", $"There is no {call.Operation}.");
        var id = call.Json!.Value.GetProperty("SecretId").GetString()!;
        return Secrets.TryGetValue(id, out var value)
            ? System.Text.Json.JsonSerializer.Serialize(
                new
                {
                    Name = id,
                    SecretString = value,
                    VersionStages = new[] { "AWSCURRENT" },
                }
            )
            : throw new AwsRefusalException(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret."
            );
    }

    private DateTimeOffset Now => DateTimeOffset.UtcNow + ClockOffset;

    /// <summary>In AWS's order. JSON services have codes of their own.</summary>
    private void Check(HttpRequest request, string service, byte[] body)
    {
        var isJson = service != "sns";
        var mismatch = isJson ? "InvalidSignatureException" : "SignatureDoesNotMatch";
        var signature =
            SigV4.Read(request.Headers.Authorization.ToString())
            ?? throw new AwsRefusalException(
                isJson ? "MissingAuthenticationTokenException" : "MissingAuthenticationToken",
                "Request is missing Authentication Token",
                403
            );
        var stamp = request.Headers["X-Amz-Date"].ToString();
        if (SigV4.Time(stamp) is not { } time)
            throw new AwsRefusalException(
                isJson ? "IncompleteSignatureException" : "IncompleteSignature",
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
            );
        if (signature.AccessKey != AccessKey)
            throw new AwsRefusalException(
                isJson ? "UnrecognizedClientException" : "InvalidClientTokenId",
                "The security token included in the request is invalid.",
                403
            );
        if (signature.Date != stamp[..8] || signature.Region != Region || signature.Service != service)
            throw new AwsRefusalException(
                mismatch,
                $"Credential should be scoped to {stamp[..8]}/{Region}/{service}/aws4_request.",
                403
            );
        // Not RequestTimeTooSkewed, which is S3's: these two say it by the code of a wrong signature. The SDK then
        // looks at the Date header.
        if (time < Now - Tolerance)
            throw new AwsRefusalException(
                mismatch,
                $"Signature expired: {stamp} is now earlier than {SigV4.Time(Now - Tolerance)} ({SigV4.Time(Now)} - 5 min.)",
                403
            );
        if (time > Now + Tolerance)
            throw new AwsRefusalException(
                mismatch,
                $"Signature not yet current: {stamp} is still later than {SigV4.Time(Now + Tolerance)} ({SigV4.Time(Now)} + 5 min.)",
                403
            );
        var unsigned = request
            .Headers.Keys.Select(name => name.ToLowerInvariant())
            .Where(MustBeSigned)
            .Except(signature.SignedHeaders)
            .ToList();
        if (unsigned.Count > 0 || signature.SignedHeaders.Any(name => !request.Headers.ContainsKey(name)))
            throw new AwsRefusalException(
                mismatch,
                $"'{string.Join(", ", unsigned)}' must be a 'SignedHeader' in the AWS Authorization.",
                403
            );
        var hash = request.Headers["X-Amz-Content-SHA256"].ToString() is { Length: > 0 } named
            ? named
            : SigV4.Hash(body);
        var canonical = SigV4.CanonicalRequest(
            request.Method,
            request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            signature.SignedHeaders.Select(name => (name, string.Join(',', request.Headers[name].AsEnumerable()))),
            hash
        );
        if (hash != SigV4.Hash(body) || !signature.IsBy(SecretKey, stamp, canonical))
            throw new AwsRefusalException(
                mismatch,
                $"""
                The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.

                The Canonical String for this request should have been
                '{canonical}'

                The String-to-Sign should have been
                '{SigV4.StringToSign(stamp, signature.Date, Region, service, canonical)}'

                """,
                403
            );
    }

    private static bool MustBeSigned(string header) =>
        header is "host" or "content-type"
        || (header.StartsWith("x-amz-", StringComparison.Ordinal) && header != "x-amz-user-agent");

    private static AwsFault Throttling(string service) =>
        service == "ses"
            ? AwsFault.Of("TooManyRequestsException", 429, "Maximum sending rate exceeded.")
            : AwsFault.Of("Throttling", 400, AwsFault.Throttling.Message);

    private Task Refuse(HttpContext http, AwsCall call, AwsFault fault)
    {
        var text =
            fault.Code is null ? fault.Message
            : call.Service == "sns" ? FakeSns.Error(fault)
            : FakeSes.Error(fault);
        Note(call with { Reply = new AwsReply(fault.Status, fault.Code, null, text) });
        return Write(http, fault.Code is null ? "" : call.Service, fault.Status, text, fault.Code);
    }

    private static async Task Write(HttpContext http, string service, int status, string text, string? code)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = service switch
        {
            "ses" => "application/json",
            "secretsmanager" => "application/x-amz-json-1.1",
            "sns" => "text/xml",
            _ => "text/html",
        };
        if (service.Length > 0)
            http.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        if (service is "ses" or "secretsmanager" && code is not null)
            http.Response.Headers["x-amzn-ErrorType"] = code;
        await http.Response.WriteAsync(text);
    }

    private void Note(AwsCall call)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            calls.Add(call);
            waiting = heard;
            heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        waiting.SetResult();
    }
}
