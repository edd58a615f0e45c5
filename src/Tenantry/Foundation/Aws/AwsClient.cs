using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Observability;

namespace Tenantry.Foundation.Aws;

/// <summary>
/// Calls an AWS service whose SDK package is not referenced, by its protocol. Signatures, credentials and clock
/// correction are those of the SDK core. There is one client for each service during the lifetime of the process,
/// because it owns the connections. It sends a call once: the callers have queues that decide about retries.
/// </summary>
public sealed class AwsClient(AwsService service, AwsAccess access) : IDisposable
{
    // A member that is null is one that was not set: AWS refuses null for many.
    private static readonly JsonSerializerOptions Written = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly AwsPipeline pipeline = AwsPipeline.Create(service, access);

    /// <summary>A call by the query protocol.</summary>
    /// <param name="action">what to do: <c>Publish</c></param>
    /// <param name="parameters">in the protocol's flat names: <c>MessageAttributes.entry.1.Name</c></param>
    /// <param name="cancel">of the caller; the timeout of <see cref="AwsAccess"/> counts beside it</param>
    /// <returns>the result element, its names without their namespace; an empty one for an action that has no
    /// result</returns>
    /// <exception cref="AwsException">the call was refused, or not answered</exception>
    public async Task<XElement> Query(
        string action,
        IEnumerable<KeyValuePair<string, string>> parameters,
        CancellationToken cancel
    )
    {
        // Not FormUrlEncodedContent, which makes a plus of a space: signatures cover the body as it is, and not every
        // service reads it so.
        var form = string.Join(
            '&',
            parameters
                .Prepend(new("Version", service.Version))
                .Prepend(new("Action", action))
                .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}")
        );
        var answer = await Send(
            new AwsRequest(
                HttpMethod.Post,
                "/",
                "application/x-www-form-urlencoded; charset=utf-8",
                Encoding.UTF8.GetBytes(form)
            ),
            cancel
        );
        try
        {
            var root = AwsResponse.Xml(answer.Body);
            if (root.Name.LocalName != action + "Response")
                throw Unreadable(answer, null);
            return root.Element(action + "Result") ?? new XElement(action + "Result");
        }
        catch (XmlException e)
        {
            throw Unreadable(answer, e);
        }
    }

    /// <summary>A call by JSON over a path.</summary>
    /// <param name="method">the verb</param>
    /// <param name="path">from the root, of characters that need no escaping</param>
    /// <param name="body">what System.Text.Json writes with the member names as they are, without those that are null;
    /// null: none</param>
    /// <param name="cancel">of the caller; the timeout of <see cref="AwsAccess"/> counts beside it</param>
    /// <returns>the answer; an empty object where AWS answers with nothing</returns>
    /// <exception cref="AwsException">the call was refused, or not answered</exception>
    public async Task<JsonElement> Json(HttpMethod method, string path, object? body, CancellationToken cancel) =>
        Parsed(
            await Send(
                new AwsRequest(
                    method,
                    path,
                    "application/json",
                    body is null ? null : JsonSerializer.SerializeToUtf8Bytes(body, Written)
                ),
                cancel
            )
        );

    /// <summary>A call by JSON to what a header names (awsJson1.1).</summary>
    /// <param name="operation">what to do: <c>GetSecretValue</c></param>
    /// <param name="body">as for <see cref="Json"/></param>
    /// <param name="cancel">of the caller; the timeout of <see cref="AwsAccess"/> counts beside it</param>
    /// <exception cref="AwsException">the call was refused, or not answered</exception>
    public async Task<JsonElement> Target(string operation, object body, CancellationToken cancel) =>
        Parsed(
            await Send(
                new AwsRequest(
                    HttpMethod.Post,
                    "/",
                    "application/x-amz-json-1.1",
                    JsonSerializer.SerializeToUtf8Bytes(body, Written),
                    $"{service.SigningName}.{operation}"
                ),
                cancel
            )
        );

    public void Dispose() => pipeline.Dispose();

    private async Task<AwsResponse> Send(AwsRequest request, CancellationToken cancel)
    {
        using var span = Spans.BeginCall($"{service.Id} {request.Path}", "aws-api");
        // The SDK's own timeout is HttpClient's: it does not count the time that finding credentials takes.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(access.Timeout);
        try
        {
            return await pipeline.Send(request, deadline.Token).WaitAsync(deadline.Token);
        }
        catch (Exception e) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException("The caller cancelled the call.", e, cancel);
        }
        catch (Exception e) when (deadline.IsCancellationRequested)
        {
            throw new AwsException(
                AwsException.TimedOut,
                null,
                $"{service.Id} did not answer within {access.Timeout.TotalSeconds:0.###} s.",
                cause: e
            );
        }
        catch (AmazonServiceException e)
        {
            // Without the inner exception: that of the SDK repeats the whole response of AWS.
            throw new AwsException(
                e.ErrorCode ?? AwsException.UnreadableAnswer,
                e.StatusCode == 0 ? null : e.StatusCode,
                Plain(e.Message),
                e.RequestId
            );
        }
        catch (Exception e) when (Network(e) is { } failure)
        {
            throw new AwsException(AwsException.ConnectionFailed, null, failure.Message, cause: e);
        }
        catch (AmazonClientException e)
        {
            throw new AwsException(
                AwsException.NoCredentials,
                null,
                "The SDK found no credentials; the inner exception lists the sources that it tried.",
                cause: e
            );
        }
    }

    private static Exception? Network(Exception e) =>
        e.Chain().FirstOrDefault(cause => cause is HttpRequestException or IOException or OperationCanceledException);

    /// <summary>
    /// AWS answers a wrong signature with the text that it should have covered, which contains the session token. Only
    /// the first line is safe to show.
    /// </summary>
    private string Plain(string message)
    {
        var line = message.AsSpan().Trim();
        line = line[..(line.IndexOfAny('\r', '\n') is var end and >= 0 ? end : line.Length)];
        var text = line[..Math.Min(line.Length, 500)].ToString();
        foreach (var credential in (ReadOnlySpan<string?>)[access.AccessKey, access.SecretKey])
        {
            if (credential is { Length: > 0 })
                text = text.Replace(credential, "…", StringComparison.Ordinal);
        }
        return text;
    }

    private static JsonElement Parsed(AwsResponse answer)
    {
        try
        {
            return JsonElement.Parse(answer.Body.Length > 0 ? answer.Body : "{}");
        }
        catch (JsonException e)
        {
            throw Unreadable(answer, e);
        }
    }

    private static AwsException Unreadable(AwsResponse answer, Exception? cause) =>
        new(
            AwsException.UnreadableAnswer,
            HttpStatusCode.OK,
            "The response did not come from the service.",
            answer.RequestId,
            cause
        );
}
