using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Traffic.Idempotency;

/// <summary>
/// On an endpoint with a large body: what can be refused before a byte of it is read. A handler asks it by itself;
/// with a retry key the body is read before the handler runs, so it is asked here, too, unless the key is that of a
/// request which has been answered.
/// </summary>
/// <param name="Refuse">null: the body may come, bounded by what it left in the request's
/// <c>IHttpMaxRequestBodySizeFeature</c></param>
public sealed record BeforeBody(Func<HttpContext, CancellationToken, Task<Refusal?>> Refuse);
