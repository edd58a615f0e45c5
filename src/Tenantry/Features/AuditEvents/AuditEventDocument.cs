using System.Text.Json;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.AuditEvents;

/// <summary>An audit event: a change, or a refused change.</summary>
/// <param name="Id">The event's id. Ids increase with time.</param>
/// <param name="OccurredAt">When the event occurred, by the clock of the instance.</param>
/// <param name="Action">What was done, for example <c>user.changed</c>.</param>
/// <param name="Outcome"><c>success</c>, or the code of the refusal.</param>
/// <param name="Actor">The user who did it; null if no user was signed in.</param>
/// <param name="OnBehalfOf">
/// The id of the user who allowed it, if it is not the actor: for example the creator of a share link.
/// </param>
/// <param name="TargetId">The id of what was changed.</param>
/// <param name="Changes">The value of each changed field, <c>before</c> and <c>after</c>.</param>
/// <param name="Details">Further details, which depend on the action.</param>
/// <param name="Address">The client's IP address; null if the service itself or its operator did it.</param>
/// <param name="UserAgent">The client's User-Agent header.</param>
/// <param name="TraceId">The trace id of the request, as in its response and in the log of the service.</param>
public sealed record AuditEventDocument(
    Guid Id,
    DateTimeOffset OccurredAt,
    string Action,
    string Outcome,
    ActorOfEvent? Actor,
    Guid? OnBehalfOf,
    Guid? TargetId,
    [JsonShape] JsonElement? Changes,
    [JsonShape] JsonElement? Details,
    string? Address,
    string? UserAgent,
    string? TraceId
) : IExample<AuditEventDocument>
{
    public static AuditEventDocument Of(AuditEvent one, string? email) =>
        new(
            one.Id,
            one.OccurredAt,
            one.Action,
            one.Outcome,
            one.ActorId is { } actor ? new ActorOfEvent(actor, one.ActorTenantId ?? one.TenantId, email) : null,
            one.OnBehalfOf,
            one.TargetId,
            one.Changes,
            one.Details,
            one.Address?.ToString(),
            one.UserAgent,
            one.TraceId
        );

    public static AuditEventDocument Example =>
        new(
            Guid.Parse("019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42"),
            new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero),
            "user.changed",
            AuditTrail.Success,
            new ActorOfEvent(
                Guid.Parse("019a8f3e-5b00-7e21-a1b2-c3d4e5f60718"),
                Guid.Parse("019a8f3e-4a00-7c11-8a9b-0c1d2e3f4a5b"),
                "ada@example.com"
            ),
            null,
            Guid.Parse("019a8f3e-5c00-7a21-b1b2-c3d4e5f60719"),
            JsonElement.Parse("""{"first_name":{"before":"Grace","after":"Amazing Grace"}}"""),
            null,
            "203.0.113.7",
            "curl/8.5.0",
            "4bf92f3577b34da6a3ce929d0e0e4736"
        );
}

/// <param name="Id">The user's id.</param>
/// <param name="TenantId">The user's tenant. For platform administrators it is another tenant than the log's.</param>
/// <param name="Email">The user's present e-mail address; null if the tenant has no such user any more.</param>
public sealed record ActorOfEvent(Guid Id, Guid TenantId, string? Email);

/// <summary>A signed end of an audit chain.</summary>
/// <param name="Id">The head's id. Ids increase with time.</param>
/// <param name="Position">The number of events up to this head.</param>
/// <param name="Hash">The hash of the chain up to this head, in base64.</param>
/// <param name="SignedAt">When the head was signed.</param>
/// <param name="KeyId">The key id (<c>kid</c>) of the signing key.</param>
/// <param name="Jws">
/// The head as a compact JWS with the claims <c>iss</c>, <c>tenant_id</c>, <c>position</c>, <c>hash</c>, <c>prev</c>
/// and <c>iat</c>.
/// </param>
public sealed record AuditHeadDocument(
    Guid Id,
    long Position,
    byte[] Hash,
    DateTimeOffset SignedAt,
    string KeyId,
    string Jws
)
{
    public static AuditHeadDocument Of(AuditHead head) =>
        new(head.Id, head.Position, head.Hash, head.SignedAt, head.KeyId, head.Jws);
}
