namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// All kinds of problems. The code is the contract. The pages under <c>/problems/</c>, the OpenAPI document and the
/// responses come from this list.
/// </summary>
public static partial class Problems
{
    public static readonly ProblemKind ValidationFailed = new(
        "validation_failed",
        400,
        "The request is not valid",
        "The body, the query or a header is not valid. `errors` names each faulty member and states its rule. Unknown members are refused too, so that a misspelled name is noticed."
    );

    public static readonly ProblemKind AuthenticationFailed = new(
        "authentication_failed",
        401,
        "Authentication failed",
        "The request has no credentials, or they are wrong. An unknown address, a wrong password and a deactivated account get the same response. Sign in again."
    );

    public static readonly ProblemKind TokenExpired = new(
        "token_expired",
        401,
        "The token has expired",
        "The access token is no longer valid. Exchange the refresh token for a new pair."
    );

    public static readonly ProblemKind TokenRevoked = new(
        "token_revoked",
        401,
        "The token has been revoked",
        "The session of the token has ended: the user signed out or changed the password, or a refresh token was used twice. Sign in again."
    );

    public static readonly ProblemKind PermissionDenied = new(
        "permission_denied",
        403,
        "Permission denied",
        "The caller has no role with the permission that the operation requires."
    );

    public static readonly ProblemKind EmailNotVerified = new(
        "email_not_verified",
        403,
        "The e-mail address is not verified",
        "The password is correct, but this tenant requires a verified address. Follow the link in the verification mail."
    );

    public static readonly ProblemKind RegistrationClosed = new(
        "registration_closed",
        403,
        "Registration is closed",
        "This tenant accepts new users by invitation only, or not at all."
    );

    public static readonly ProblemKind CsrfTokenInvalid = new(
        "csrf_token_invalid",
        403,
        "The CSRF token is not valid",
        "The refresh token was sent in a cookie without a valid CSRF token. Send the `csrf_token` of the sign-in response in the header `X-CSRF-Token`."
    );

    public static readonly ProblemKind HttpsRequired = new(
        "https_required",
        403,
        "HTTPS is required",
        "The request was sent without TLS, so others could read its content on the way. Use https://, and replace any secret that the request contained."
    );

    public static readonly ProblemKind NotFound = new(
        "not_found",
        404,
        "Not found",
        "The record does not exist, or it belongs to another tenant. Both cases get the same response."
    );

    public static readonly ProblemKind RouteNotFound = new(
        "route_not_found",
        404,
        "Route not found",
        "The service has no operation at this path. `detail` names the method and the path that arrived: compare them with the API's document."
    );

    public static readonly ProblemKind TenantNotFound = new(
        "tenant_not_found",
        404,
        "Tenant not found",
        "The request names no tenant, or the tenant does not exist or is deactivated. Name it in the header `X-Tenant` (slug or id) or by its host."
    );

    public static readonly ProblemKind MethodNotAllowed = new(
        "method_not_allowed",
        405,
        "Method not allowed",
        "The path exists, but not with this method. The header `Allow` lists the methods of the path."
    );

    public static readonly ProblemKind NotAcceptable = new(
        "not_acceptable",
        406,
        "Not acceptable",
        "The operation cannot respond in any of the media types in `Accept`."
    );

    public static readonly ProblemKind RequestTimeout = new(
        "request_timeout",
        408,
        "Request timeout",
        "The body of the request arrived too slowly."
    );

    public static readonly ProblemKind Conflict = new(
        "conflict",
        409,
        "Conflict",
        "A value that must be unique is already used, or the state of the record does not allow the change."
    );

    public static readonly ProblemKind PreconditionFailed = new(
        "precondition_failed",
        412,
        "Precondition failed",
        "The record was changed after you read it: `If-Match` names another version. Read the record again and repeat the change if it still applies."
    );

    public static readonly ProblemKind PayloadTooLarge = new(
        "payload_too_large",
        413,
        "Payload too large",
        "The body is larger than the operation allows."
    );

    public static readonly ProblemKind AddressTooLong = new(
        "address_too_long",
        414,
        "Address too long",
        "The path and the query of the request are longer than the service allows."
    );

    public static readonly ProblemKind UnsupportedMediaType = new(
        "unsupported_media_type",
        415,
        "Unsupported media type",
        "The operation does not read bodies of this `Content-Type`. Send JSON as application/json."
    );

    public static readonly ProblemKind ChecksumMismatch = new(
        "checksum_mismatch",
        460,
        "The checksum does not match",
        "The bytes that arrived do not match `Upload-Checksum`. They were discarded: send them again."
    );

    public static readonly ProblemKind IdempotencyKeyReused = new(
        "idempotency_key_reused",
        422,
        "The Idempotency-Key was used for another request",
        "A request with this `Idempotency-Key` and another body was answered within the last 24 hours. Repeat the same body in a retry, and use a new key for a new operation."
    );

    public static readonly ProblemKind RateLimitExceeded = new(
        "rate_limit_exceeded",
        429,
        "Too many requests",
        "The rate limit is exceeded. Try again after `Retry-After` seconds."
    );

    public static readonly ProblemKind QuotaExceeded = new(
        "quota_exceeded",
        409,
        "Quota exceeded",
        "The tenant's quota is used up; `quota` names the used and the allowed amount. The status is 429 with `Retry-After` where the quota resets by itself, and 409 where the tenant must use less or get a larger quota."
    );

    public static readonly ProblemKind HeadersTooLarge = new(
        "headers_too_large",
        431,
        "Request header fields too large",
        "The headers of the request are larger than the service allows."
    );

    public static readonly ProblemKind ClientClosedRequest = new(
        "client_closed_request",
        499,
        "The client closed the connection",
        "The client closed the connection before the response was ready. An unfinished change was rolled back."
    );

    public static readonly ProblemKind InternalError = new(
        "internal_error",
        500,
        "Internal error",
        "An unexpected failure. The operator finds it in the log by `trace_id`."
    );

    public static readonly ProblemKind Overloaded = new(
        "overloaded",
        503,
        "Too busy",
        "Too much work of this kind is waiting. Try again after `Retry-After` seconds."
    );

    public static readonly ProblemKind TookTooLong = new(
        "took_too_long",
        503,
        "The request took too long",
        "The request exceeded its time limit. Unfinished changes were rolled back. Try again after `Retry-After` seconds."
    );

    public static readonly ProblemKind NotReady = new(
        "not_ready",
        503,
        "Not ready",
        "This instance accepts no requests at present: a dependency is unavailable, or the instance is about to stop. Other instances may be ready."
    );

    public static readonly ProblemKind DependencyUnavailable = new(
        "dependency_unavailable",
        503,
        "A dependency is unavailable",
        "A dependency of the request, such as the database, does not respond. Try again after `Retry-After` seconds."
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
        RouteNotFound,
        TenantNotFound,
        MethodNotAllowed,
        NotAcceptable,
        RequestTimeout,
        Conflict,
        PreconditionFailed,
        PayloadTooLarge,
        AddressTooLong,
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

    /// <summary>The kind for a status without a body, as routing and the server produce them.</summary>
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
            414 => AddressTooLong,
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
