using System.Text.Json;
using MimeKit;

namespace Tenantry.Tests.Harness;

/// <summary>A call that <see cref="AwsEndpoint"/> heard.</summary>
public sealed record AwsCall
{
    /// <summary><c>sns</c> or <c>ses</c>.</summary>
    public required string Service { get; init; }

    /// <summary><c>Publish</c>, <c>SendEmail</c>...</summary>
    public required string Operation { get; init; }

    /// <summary>Of a call by the query protocol.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The body of a call by JSON.</summary>
    public JsonElement? Json { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>
    /// Whether it was signed by the right key, for this service and region, at the right time. What is not was refused.
    /// </summary>
    public bool IsSigned { get; init; }

    /// <summary>The e-mail that SES took.</summary>
    public MimeMessage? Mail { get; init; }

    /// <summary>null only while <see cref="AwsEndpoint.Fault"/> is asked.</summary>
    public AwsReply? Reply { get; init; }

    public string? MessageId => Reply?.MessageId;
}

/// <summary>What a call was answered.</summary>
/// <param name="Status">0: the call was left hanging</param>
/// <param name="Code">of the error</param>
/// <param name="MessageId">of the message that was accepted</param>
/// <param name="Text">the body</param>
/// <param name="IsHeard">false: the connection was gone before the answer</param>
public sealed record AwsReply(int Status, string? Code, string? MessageId, string Text, bool IsHeard = true);

/// <summary>
/// What goes wrong with a call whose signature is right. Those without a status and a code of their own are told apart
/// by which one they are.
/// </summary>
public sealed class AwsFault
{
    private AwsFault(int status, string? code, string message) => (Status, Code, Message) = (status, code, message);

    /// <summary>Each service's own refusal of too much.</summary>
    public static AwsFault Throttling { get; } = new(0, null, "Rate exceeded");

    public static AwsFault ServerError { get; } =
        new(
            500,
            "InternalFailure",
            "The request processing has failed because of an unknown error, exception or failure."
        );

    /// <summary>As a load balancer says it, before any service: not in its protocol.</summary>
    public static AwsFault Unavailable { get; } = Page(503);

    /// <summary>No answer, until the client goes away. The call is not carried out.</summary>
    public static AwsFault Hang { get; } = new(0, null, "");

    /// <summary>The call is carried out; then the connection breaks before the answer.</summary>
    public static AwsFault Drop { get; } = new(0, null, "");

    /// <summary>
    /// The call is carried out; the answer begins, and stops in the middle until the client goes away.
    /// </summary>
    public static AwsFault Stall { get; } = new(0, null, "");

    public int Status { get; }

    public string? Code { get; }

    public string Message { get; }

    /// <summary>What something on the way answers in the place of AWS.</summary>
    public static AwsFault Page(int status) =>
        new(status, null, "<html><head><title>Not AWS</title></head><body><p>Not AWS</body></html>");

    public static AwsFault Of(string code, int status = 400, string message = "Refused by the test.") =>
        new(status, code, message);
}

/// <summary>How a played service refuses a call.</summary>
public sealed class AwsRefusalException(string code, string message, int status = 400) : Exception(message)
{
    public string Code => code;

    public int Status => status;
}
