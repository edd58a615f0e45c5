using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// An expected failure as a value. Each status has a type, so that a handler's signature lists its responses and the
/// OpenAPI document reads them from there.
/// </summary>
public abstract class Refusal(ProblemKind kind, string? detail) : IResult, IStatusCodeHttpResult
{
    public ProblemKind Kind { get; } = kind;
    public string? Detail { get; } = detail;
    public IReadOnlyDictionary<string, string[]>? Errors { get; protected init; }
    public TimeSpan? RetryAfter { get; protected init; }
    public QuotaUse? Quota { get; protected init; }
    public string? Policy { get; protected init; }
    public int? StatusCode => Kind.Status;

    public Task ExecuteAsync(HttpContext httpContext) =>
        ProblemDocument.Write(httpContext, Kind, Detail, Errors, RetryAfter, Quota, Policy);

    protected static void Answers(EndpointBuilder builder, int status) =>
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(status, typeof(ProblemDocument), [ProblemDocument.MediaType])
        );
}

/// <summary>400, with the invalid JSON member and its rule.</summary>
public sealed class Invalid : Refusal, IEndpointMetadataProvider
{
    public Invalid(IReadOnlyDictionary<string, string[]> errors)
        : base(Problems.ValidationFailed, "See errors.") => Errors = errors;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Answers(builder, 400);
}

/// <summary>401.</summary>
public sealed class Unauthenticated(ProblemKind kind, string detail) : Refusal(kind, detail), IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Answers(builder, 401);
}

/// <summary>403.</summary>
public sealed class Denied(ProblemKind kind, string detail) : Refusal(kind, detail), IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Answers(builder, 403);
}

/// <summary>404.</summary>
public sealed class Missing(ProblemKind kind, string detail) : Refusal(kind, detail), IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Answers(builder, 404);
}

/// <summary>409.</summary>
public sealed class Conflicting : Refusal, IEndpointMetadataProvider
{
    public Conflicting(string detail, string? field)
        : base(Problems.Conflict, detail) =>
        Errors = field is null ? null : new Dictionary<string, string[]> { [field] = [detail] };

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Answers(builder, 409);
}

/// <summary>409: the tenant's quota is used up.</summary>
public sealed class OverQuota : Refusal, IEndpointMetadataProvider
{
    public OverQuota(string detail, QuotaUse? use)
        : base(Problems.QuotaExceeded, detail) => Quota = use;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Answers(builder, 409);
}

/// <summary>429: the quota, or a limit in the tenant's settings, is used up until a known time.</summary>
public sealed class QuotaUsedUp : Refusal, IEndpointMetadataProvider
{
    public QuotaUsedUp(string detail, QuotaUse use, TimeSpan retryAfter)
        : base(Problems.QuotaExceeded with { Status = 429 }, detail) => (Quota, RetryAfter) = (use, retryAfter);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Answers(builder, 429);
}

/// <summary>412: the record was changed after the caller read it.</summary>
public sealed class Stale()
    : Refusal(Problems.PreconditionFailed, Problems.PreconditionFailed.Description),
        IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Answers(builder, 412);
}

/// <summary>413: the body is larger than the file limit or the remaining quota.</summary>
public sealed class TooLarge(long most)
    : Refusal(Problems.PayloadTooLarge, $"The file must have at most {most} bytes."),
        IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Answers(builder, 413);
}

/// <summary>415.</summary>
public sealed class Unsupported(string detail)
    : Refusal(Problems.UnsupportedMediaType, detail),
        IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Answers(builder, 415);
}

/// <summary>422: the idempotency key belongs to another request.</summary>
public sealed class KeyReused() : Refusal(Problems.IdempotencyKeyReused, Problems.IdempotencyKeyReused.Description);

/// <summary>429 with <c>Retry-After</c>.</summary>
public sealed class TooMany : Refusal, IEndpointMetadataProvider
{
    public TooMany(string detail, TimeSpan retryAfter, string? policy = null)
        : base(Problems.RateLimitExceeded, detail) => (RetryAfter, Policy) = (retryAfter, policy);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Answers(builder, 429);
}

/// <summary>503 with <c>Retry-After</c>.</summary>
public sealed class Unavailable : Refusal, IEndpointMetadataProvider
{
    public Unavailable(ProblemKind kind, TimeSpan retryAfter, string? detail = null)
        : base(kind, detail ?? kind.Description) => RetryAfter = retryAfter;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Answers(builder, 503);
}
