namespace Tenantry.Foundation.Hosting.Http;

/// <summary>For each kind of problem: a request that causes it, the detail of its response, and the fix.</summary>
/// <param name="Request">The first line of the request.</param>
/// <param name="Detail">The <c>detail</c> of the example.</param>
/// <param name="Fix">What the developer of the client does. <c>`code`</c> is rendered as code.</param>
public sealed record ProblemAdvice(string Request, string Detail, string Fix)
{
    public static ProblemAdvice Of(ProblemKind kind) =>
        kind.Code switch
        {
            "validation_failed" => new(
                "POST /api/v1/users",
                "See errors.",
                "Correct every member that `errors` names, and send the request again. Names and rules are in the description of the operation."
            ),
            "authentication_failed" => new(
                "GET /api/v1/users",
                "The request has no access token.",
                "Sign in with `POST auth/login`, and send the access token as `Authorization: Bearer …`."
            ),
            "token_expired" => new(
                "GET /api/v1/users",
                "The access token has expired.",
                "Call `POST auth/refresh` with the refresh token, store both new tokens, and repeat the request once. Compare the clock of the client with the `Date` of the response."
            ),
            "token_revoked" => new(
                "GET /api/v1/users",
                "The session has ended.",
                "Delete the stored tokens, and let the user sign in again. If it happens often, two parts of the client use the same refresh token: let one of them refresh."
            ),
            "permission_denied" => new(
                "DELETE /api/v1/users/01960000-0000-7000-8000-000000000001",
                "You need the permission users:delete.",
                "Ask an administrator of the tenant for a role with the permission. `GET access/explain` says why an access was refused."
            ),
            "email_not_verified" => new(
                "POST /api/v1/auth/login",
                "Verify your e-mail address first.",
                "Let the user follow the link in the mail. `POST auth/verify-email/resend` sends another one."
            ),
            "registration_closed" => new(
                "POST /api/v1/auth/register",
                "This tenant does not accept registrations.",
                "Invite the user with `POST users`, or open the registration with `PUT tenants/{id}`."
            ),
            "csrf_token_invalid" => new(
                "POST /api/v1/auth/refresh",
                "The CSRF token is missing.",
                "Store the `csrf_token` of the last response in the memory of the page, and send it as `X-CSRF-Token`."
            ),
            "https_required" => new(
                "POST /api/v1/auth/login",
                "Use https://.",
                "Change the address of the client to https://. Behind a proxy, set `TRUSTED_PROXIES` so that its `X-Forwarded-Proto` counts."
            ),
            "not_found" => new(
                "GET /api/v1/users/01960000-0000-7000-8000-000000000001",
                "There is no such user.",
                "Check the id, and that the caller belongs to the tenant of the record. It may have been deleted."
            ),
            "route_not_found" => new(
                "GET /api/v1/user",
                "No route matches GET /api/v1/user.",
                "Compare method and path with the OpenAPI document. In Development `detail` names the nearest routes."
            ),
            "tenant_not_found" => new(
                "POST /api/v1/auth/login",
                "The request names no tenant.",
                "Send `X-Tenant` with the slug or id of an active tenant, or call the service at the host of the tenant."
            ),
            "method_not_allowed" => new(
                "PUT /api/v1/auth/login",
                "This path allows POST, and not PUT.",
                "Use one of the methods in the header `Allow`."
            ),
            "not_acceptable" => new(
                "GET /api/v1/audit-events/export",
                "The operation cannot respond in this media type.",
                "Add `application/json`, or the media type of the operation, to `Accept`."
            ),
            "request_timeout" => new(
                "POST /api/v1/files/upload",
                "The body arrived too slowly.",
                "Send the request again over a better connection. Upload large files with the resumable protocol, `files/tus`."
            ),
            "conflict" => new(
                "POST /api/v1/users",
                "There is a user with this address.",
                "Read the record that exists, and change it instead, or send another value. `errors` names the member if one is the reason."
            ),
            "precondition_failed" => new(
                "PUT /api/v1/users/01960000-0000-7000-8000-000000000001",
                "The record was changed after you read it.",
                "Read the record again, apply the change to it, and send it with the new `ETag` in `If-Match`."
            ),
            "payload_too_large" => new(
                "POST /api/v1/files/upload",
                "The file must have at most 10485760 bytes.",
                "Send less: split lists into several requests, or ask the operator for a larger limit of files."
            ),
            "address_too_long" => new(
                "GET /api/v1/users?q=…",
                "The address has more than 8192 bytes.",
                "Send fewer or shorter parameters."
            ),
            "unsupported_media_type" => new(
                "POST /api/v1/users",
                "The body must be application/json.",
                "Set `Content-Type: application/json`, and send the body as JSON in UTF-8."
            ),
            "checksum_mismatch" => new(
                "PATCH /api/v1/files/tus/01960000-0000-7000-8000-000000000001",
                "The checksum does not match.",
                "Send the part again. If it fails again, compute the checksum of exactly the bytes of this part."
            ),
            "idempotency_key_reused" => new(
                "POST /api/v1/users",
                "The key was used for another request.",
                "Create one key for each operation, such as a UUID, and repeat it only with the same body."
            ),
            "rate_limit_exceeded" => new(
                "GET /api/v1/users",
                "The rate limit of the tenant is exceeded.",
                "Wait for `Retry-After` seconds. `policy` names the limit. Spread the requests of a program, or read several records with one list."
            ),
            "quota_exceeded" => new(
                "POST /api/v1/users",
                "The tenant has reached its quota of users.",
                "With 429, wait for `Retry-After`. With 409, delete what is not needed, or ask the operator for a higher tier."
            ),
            "headers_too_large" => new(
                "GET /api/v1/users",
                "The request has more than 64 headers.",
                "Send fewer headers. Large cookies of other applications on the same host are the usual reason."
            ),
            "client_closed_request" => new(
                "GET /api/v1/users",
                "The client closed the connection.",
                "Raise the timeout of the client. Repeat changes with the same `Idempotency-Key`."
            ),
            "internal_error" => new(
                "GET /api/v1/users",
                "An unexpected failure.",
                "Try again later. If it fails again, give the `trace_id` to the operator."
            ),
            "overloaded" => new(
                "POST /api/v1/auth/login",
                "Too many passwords are being checked.",
                "Wait for `Retry-After` seconds, and try again with growing pauses. Do not repeat at once."
            ),
            "took_too_long" => new(
                "GET /api/v1/audit-events",
                "The request exceeded its time limit.",
                "Ask for less: a shorter period, more filters, a smaller `limit`."
            ),
            "not_ready" => new(
                "GET /health/ready",
                "The database does not respond.",
                "Send the request to another instance. The operator finds the reason under `/health/ready`."
            ),
            "dependency_unavailable" => new(
                "GET /api/v1/users",
                "The database does not respond.",
                "Wait for `Retry-After` seconds, and repeat the request, changes with the same `Idempotency-Key`."
            ),
            _ => throw new ArgumentException($"{kind.Code} has no advice.", nameof(kind)),
        };
}
