namespace Tenantry.Foundation.Hosting.Http;

/// <summary>One kind of refusal: what a client can rely on (<see cref="Code"/>, <see cref="Status"/>) and when it happens.</summary>
public sealed record ProblemKind(string Code, int Status, string Title, string When)
{
    /// <summary>Stable, and a page of this service: relative, so that it resolves against whatever host was asked.</summary>
    public string Type => "/problems/" + Code;
}

/// <summary>
/// Every way this service says no. The code is the contract; the page under <c>/problems/</c>, the OpenAPI document and
/// the answers themselves all come from this list.
/// </summary>
public static class Problems
{
    public static readonly ProblemKind ValidationFailed = new(
        "validation_failed",
        400,
        "The request is not valid",
        "The body, the query or a header does not have the form that the operation asks for. `errors` names each member and says what it should be. Members that the operation does not know are refused too, so that a typing mistake is not lost."
    );

    public static readonly ProblemKind AuthenticationFailed = new(
        "authentication_failed",
        401,
        "Authentication failed",
        "There are no credentials, or they are wrong: an unknown address, a wrong password and a deactivated account cannot be told apart. Sign in again."
    );

    public static readonly ProblemKind TokenExpired = new(
        "token_expired",
        401,
        "The token has expired",
        "The access token was good once and its time is over. Exchange the refresh token for a new pair."
    );

    public static readonly ProblemKind TokenRevoked = new(
        "token_revoked",
        401,
        "The token has been revoked",
        "The session behind the token has ended: by sign-out, by a changed password, or because a refresh token was used twice. Sign in again."
    );

    public static readonly ProblemKind PermissionDenied = new(
        "permission_denied",
        403,
        "Permission denied",
        "The caller is known but holds no role with the permission that the operation needs."
    );

    public static readonly ProblemKind EmailNotVerified = new(
        "email_not_verified",
        403,
        "The e-mail address is not verified",
        "The password is right, and this tenant asks for a verified address. Follow the link in the verification mail."
    );

    public static readonly ProblemKind RegistrationClosed = new(
        "registration_closed",
        403,
        "Registration is closed",
        "This tenant takes new users by invitation only, or not at all."
    );

    public static readonly ProblemKind CsrfTokenInvalid = new(
        "csrf_token_invalid",
        403,
        "The CSRF token is not valid",
        "The session's refresh token came in a cookie, and the request does not prove that a page of the application sent it: say in `X-CSRF-Token` what the sign-in answered as `csrf_token`."
    );

    public static readonly ProblemKind HttpsRequired = new(
        "https_required",
        403,
        "HTTPS is needed",
        "The request came without TLS, and whatever it carried could be read on its way. Use https:// and consider what it carried as known to others."
    );

    public static readonly ProblemKind NotFound = new(
        "not_found",
        404,
        "Not found",
        "There is no such thing, or it belongs to another tenant: the two cannot be told apart."
    );

    public static readonly ProblemKind TenantNotFound = new(
        "tenant_not_found",
        404,
        "Tenant not found",
        "The request names no tenant, one that does not exist, or one that is switched off. Name it in the X-Tenant header (slug or id) or by its host."
    );

    public static readonly ProblemKind MethodNotAllowed = new(
        "method_not_allowed",
        405,
        "Method not allowed",
        "The path exists, the method does not. The `Allow` header lists those that do."
    );

    public static readonly ProblemKind NotAcceptable = new(
        "not_acceptable",
        406,
        "Not acceptable",
        "The operation cannot answer in any of the media types asked for."
    );

    public static readonly ProblemKind RequestTimeout = new(
        "request_timeout",
        408,
        "Request timeout",
        "The request's body arrived too slowly."
    );

    public static readonly ProblemKind Conflict = new(
        "conflict",
        409,
        "Conflict",
        "A value that must be unique is taken, or the thing's state does not allow the change."
    );

    public static readonly ProblemKind PreconditionFailed = new(
        "precondition_failed",
        412,
        "Precondition failed",
        "`If-Match` does not hold: somebody changed the thing since it was read. Read it again and decide."
    );

    public static readonly ProblemKind PayloadTooLarge = new(
        "payload_too_large",
        413,
        "Payload too large",
        "The body is over the limit of the operation."
    );

    public static readonly ProblemKind UnsupportedMediaType = new(
        "unsupported_media_type",
        415,
        "Unsupported media type",
        "The operation does not read bodies of this `Content-Type`. JSON is sent as application/json."
    );

    public static readonly ProblemKind ChecksumMismatch = new(
        "checksum_mismatch",
        460,
        "The checksum does not match",
        "The bytes that have arrived are not those that `Upload-Checksum` names. Nothing of them was kept: send them again."
    );

    public static readonly ProblemKind IdempotencyKeyReused = new(
        "idempotency_key_reused",
        422,
        "The Idempotency-Key was used for something else",
        "A request with this `Idempotency-Key` and another body was answered within the last 24 hours. Retries send the same body; something new takes a new key."
    );

    public static readonly ProblemKind RateLimitExceeded = new(
        "rate_limit_exceeded",
        429,
        "Too many requests",
        "More of these came than is allowed in the time. Try again after `Retry-After` seconds."
    );

    public static readonly ProblemKind QuotaExceeded = new(
        "quota_exceeded",
        409,
        "Quota exceeded",
        "The tenant has as much of this as its subscription allows; `quota` says how much is used and allowed. 409 where only less use or another subscription helps, 429 with `Retry-After` where the quota begins anew by itself."
    );

    public static readonly ProblemKind HeadersTooLarge = new(
        "headers_too_large",
        431,
        "Request header fields too large",
        "The request's headers are over the limit."
    );

    public static readonly ProblemKind ClientClosedRequest = new(
        "client_closed_request",
        499,
        "The client went away",
        "The client closed the connection before the answer was ready. Nothing of an unfinished change is kept."
    );

    public static readonly ProblemKind InternalError = new(
        "internal_error",
        500,
        "Internal error",
        "Something that nobody foresaw. `trace_id` leads the operator to it in the log."
    );

    public static readonly ProblemKind Overloaded = new(
        "overloaded",
        503,
        "Too busy right now",
        "More work of this kind is waiting than can be done soon. Try again after `Retry-After` seconds."
    );

    public static readonly ProblemKind TookTooLong = new(
        "took_too_long",
        503,
        "The request took too long",
        "The service could not answer within the time that a request may take. What was not finished has changed nothing. Try again after `Retry-After` seconds."
    );

    public static readonly ProblemKind NotReady = new(
        "not_ready",
        503,
        "Not ready",
        "This instance takes no requests for now: a part that it cannot do without is away, or it is about to stop. Others may be ready."
    );

    public static readonly ProblemKind DependencyUnavailable = new(
        "dependency_unavailable",
        503,
        "A dependency is away",
        "A part that the request needs, such as the database, does not answer. Try again after `Retry-After` seconds."
    );

    public static readonly IReadOnlyList<ProblemKind> All =
    [
        ValidationFailed,
        AuthenticationFailed,
        TokenExpired,
        TokenRevoked,
        PermissionDenied,
        EmailNotVerified,
        RegistrationClosed,
        CsrfTokenInvalid,
        HttpsRequired,
        NotFound,
        TenantNotFound,
        MethodNotAllowed,
        NotAcceptable,
        RequestTimeout,
        Conflict,
        PreconditionFailed,
        PayloadTooLarge,
        UnsupportedMediaType,
        IdempotencyKeyReused,
        ChecksumMismatch,
        RateLimitExceeded,
        QuotaExceeded,
        HeadersTooLarge,
        ClientClosedRequest,
        InternalError,
        Overloaded,
        TookTooLong,
        NotReady,
        DependencyUnavailable,
    ];

    /// <summary>Of a text with U+0000 or half of a surrogate pair, which PostgreSQL has no room for.</summary>
    public const string Unstorable = "holds a character that cannot be stored";

    public static Invalid Invalid(string field, string message) =>
        new(new Dictionary<string, string[]> { [field] = [message] });

    public static Unauthenticated Unauthenticated(ProblemKind kind, string detail) => new(kind, detail);

    public static Denied Denied(ProblemKind kind, string detail) => new(kind, detail);

    public static Missing Missing(string detail) => new(NotFound, detail);

    public static Conflicting Conflicting(string detail, string? field = null) => new(detail, field);

    /// <param name="kind">why</param>
    /// <param name="retryAfter">when it is worth another try</param>
    /// <param name="detail">this time; null: what the kind says</param>
    public static Unavailable Unavailable(ProblemKind kind, TimeSpan retryAfter, string? detail = null) =>
        new(kind, retryAfter, detail);

    public static TooMany TooMany(string detail, TimeSpan retryAfter) => new(detail, retryAfter);

    public static QuotaUsedUp QuotaUsedUp(string detail, QuotaUse use, TimeSpan retryAfter) =>
        new(detail, use, retryAfter);

    public static OverQuota OverQuota(string detail, QuotaUse? use) => new(detail, use);

    /// <summary>The kind for a bare status, as routing and the server make them.</summary>
    public static ProblemKind ForStatus(int status) =>
        status switch
        {
            400 => ValidationFailed,
            401 => AuthenticationFailed,
            403 => PermissionDenied,
            404 => NotFound,
            405 => MethodNotAllowed,
            406 => NotAcceptable,
            408 => RequestTimeout,
            409 => Conflict,
            412 => PreconditionFailed,
            413 => PayloadTooLarge,
            415 => UnsupportedMediaType,
            422 => IdempotencyKeyReused,
            429 => RateLimitExceeded,
            431 => HeadersTooLarge,
            499 => ClientClosedRequest,
            503 => DependencyUnavailable,
            < 500 => ValidationFailed with { Status = status },
            _ => InternalError,
        };
}
