using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Converts failures to problem documents: exceptions, statuses without a body from routing and the server, and the
/// framework's validation.
/// </summary>
public static class ProblemHandling
{
    public static void AddProblems(this IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, ValidationProblems>(); // before the framework's own, which would win
        services.AddProblemDetails();
        services.AddExceptionHandler<ExceptionHandling>();
        // Binding faults arrive as exceptions, which say which member is wrong.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseProblems(this IApplicationBuilder app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(static context =>
            context.HttpContext.Response.StatusCode switch
            {
                StatusCodes.Status404NotFound when context.HttpContext.GetEndpoint() is null => RouteProblems.NotFound(
                    context.HttpContext
                ),
                StatusCodes.Status405MethodNotAllowed => RouteProblems.MethodNotAllowed(context.HttpContext),
                var status => ProblemDocument.Write(context.HttpContext, Problems.ForStatus(status)),
            }
        );
    }
}

/// <summary>
/// The validation filter hands over C# property paths: <c>Admin.FirstName</c> goes out as <c>admin.first_name</c>.
/// </summary>
internal sealed class ValidationProblems : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        if (context.ProblemDetails is not HttpValidationProblemDetails validation)
        {
            var status = context.ProblemDetails.Status ?? context.HttpContext.Response.StatusCode;
            await ProblemDocument.Write(context.HttpContext, Problems.ForStatus(status));
            return;
        }
        var faults = await RequestFaults.Of(context.HttpContext);
        foreach (var (path, messages) in validation.Errors)
            faults.Add(JsonPath(path), messages);
        await faults.ToInvalid().ExecuteAsync(context.HttpContext);
    }

    internal static string JsonPath(string path) =>
        string.Join('.', path.Split('.').Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));
}

/// <summary>
/// Converts an exception to a problem. A closed connection of a client never gets here: the framework ends its request
/// with 499.
/// </summary>
internal sealed partial class ExceptionHandling(ILogger<ExceptionHandling> log, IEnumerable<IExceptionMapper> meanings)
    : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext http,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        // The framework takes both away before it asks. What was tried, and on what, is in the audit log all the same,
        // and in ours.
        if (http.Features.Get<IExceptionHandlerFeature>() is { } handled)
        {
            http.SetEndpoint(handled.Endpoint);
            http.Request.RouteValues = handled.RouteValues ?? http.Request.RouteValues;
        }
        switch (exception)
        {
            case BadHttpRequestException bad:
                await Malformed(http, bad);
                return true;
            case IOException { InnerException: OverflowException }: // the server's word for the length of a chunk that no number holds
                await new Invalid(new Dictionary<string, string[]> { ["body"] = ["is not well-formed"] }).ExecuteAsync(
                    http
                );
                return true;
            case InvalidRequestException invalid:
                await Refuse(http, invalid.Errors);
                return true;
        }
        foreach (var meaning in meanings)
        {
            if (meaning.Map(exception) is { } refusal)
            {
                await refusal.ExecuteAsync(http);
                return true;
            }
        }
        Unforeseen(log, RequestLog.KnownMethod(http.Request.Method), http.GetEndpoint()?.DisplayName, exception);
        await ProblemDocument.Write(http, Problems.InternalError);
        return true;
    }

    private static async Task Malformed(HttpContext http, BadHttpRequestException bad)
    {
        if (bad.StatusCode != StatusCodes.Status400BadRequest)
        {
            await ProblemDocument.Write(http, Problems.ForStatus(bad.StatusCode));
            return;
        }
        var faults = await RequestFaults.Of(http);
        var (field, message) = bad.InnerException is JsonException json ? JsonFault(json) : BindingFault(bad);
        if (faults.IsEmpty || field == "body")
            faults.Add(field, message);
        await faults.ToInvalid().ExecuteAsync(http);
    }

    /// <summary>Adds the other faults of the request to those that a layer has found.</summary>
    private static async Task Refuse(HttpContext http, IReadOnlyDictionary<string, string[]> errors)
    {
        var faults = await RequestFaults.Of(http);
        foreach (var (field, messages) in errors)
            faults.Add(field, messages);
        await faults.ToInvalid().ExecuteAsync(http);
    }

    /// <summary>
    /// The serializer's message names C# types; only its path goes out, and what kind of fault it was.
    /// </summary>
    internal static (string Field, string Message) JsonFault(JsonException json)
    {
        var field = json.Path is null or "$" ? "body" : json.Path.Replace("$.", "", StringComparison.Ordinal);
        if (json is JsonRefusal { Member: { } member })
            return (field == "body" ? member : $"{field}.{member}", json.Message);
        if (json is JsonRefusal refusal)
            return (field, FreeJson.MessageAt(field, refusal.Below, refusal.Message));
        return json.Message switch
        {
            var text when text.Contains("could not be mapped", StringComparison.Ordinal) => (
                field,
                "is not a member of this object"
            ),
            var text when text.Contains("Duplicate property", StringComparison.Ordinal) => (field, "is given twice"),
            var text when text.Contains("could not be converted", StringComparison.Ordinal) => (
                field,
                field == "body" ? "must be a JSON object" : "has a value of the wrong type"
            ),
            _ => (
                "body",
                json.LineNumber is { } line
                    ? $"is not well-formed JSON (line {line + 1}, byte {json.BytePositionInLine + 1})"
                    : "is not well-formed JSON"
            ),
        };
    }

    private static (string Field, string Message) BindingFault(BadHttpRequestException bad) =>
        bad.Message switch
        {
            var text when BoundParameter().Match(text) is { Success: true } match => (
                JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Groups["name"].Value),
                "has a value of the wrong type"
            ),
            var text when text.Contains("no body was provided", StringComparison.Ordinal) => (
                "body",
                "is required: a JSON object"
            ),
            _ => ("request", "cannot be read"),
        };

    [GeneratedRegex("""^Failed to bind parameter "(?:\S+) (?<name>\w+)" from """)]
    private static partial Regex BoundParameter();

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "{Method} {Endpoint} failed unexpectedly")]
    private static partial void Unforeseen(ILogger log, string method, string? endpoint, Exception exception);
}

/// <summary>
/// Knows what an exception means for the caller: the database maps its constraints, tenancy an unknown tenant.
/// </summary>
public interface IExceptionMapper
{
    Refusal? Map(Exception exception);
}
