using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Traffic.Idempotency;

/// <summary>
/// For an endpoint with a large body: a check that can refuse a request before its body is read. The handler calls it
/// itself. With an idempotency key the body is read before the handler runs, so the check is also called here, unless
/// the
/// request with this key has already been answered.
/// </summary>
/// <param name="Refuse">returns null if the body may be sent, up to the size that it set in the request's
/// <c>IHttpMaxRequestBodySizeFeature</c></param>
public sealed record BodyPrecheck(Func<HttpContext, CancellationToken, Task<Refusal?>> Refuse);
