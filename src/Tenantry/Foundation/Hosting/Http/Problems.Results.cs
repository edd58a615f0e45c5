namespace Tenantry.Foundation.Hosting.Http;

/// <summary>Problems as results of handlers.</summary>
public static partial class Problems
{
    /// <summary>
    /// The message for a text with U+0000 or half of a surrogate pair, which PostgreSQL cannot store.
    /// </summary>
    public const string Unstorable = "contains a character that cannot be stored";

    public static Invalid Invalid(string field, string message) =>
        new(new Dictionary<string, string[]> { [field] = [message] });

    public static Unauthenticated Unauthenticated(ProblemKind kind, string detail) => new(kind, detail);

    public static Denied Denied(ProblemKind kind, string detail) => new(kind, detail);

    public static Missing Missing(string detail) => new(NotFound, detail);

    public static Conflicting Conflicting(string detail, string? field = null) => new(detail, field);

    /// <param name="kind">The reason.</param>
    /// <param name="retryAfter">How long the caller should wait before the next attempt.</param>
    /// <param name="detail">The detail of this response. Null: the description of the kind.</param>
    public static Unavailable Unavailable(ProblemKind kind, TimeSpan retryAfter, string? detail = null) =>
        new(kind, retryAfter, detail);

    public static TooMany TooMany(string detail, TimeSpan retryAfter) => new(detail, retryAfter);

    public static QuotaUsedUp QuotaUsedUp(string detail, QuotaUse use, TimeSpan retryAfter) =>
        new(detail, use, retryAfter);

    public static OverQuota OverQuota(string detail, QuotaUse? use) => new(detail, use);
}
