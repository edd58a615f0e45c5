using System.Text.Json;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.AuditEvents;

/// <summary>An event of the log, as the API shows it.</summary>
/// <param name="Id">In the order of time.</param>
/// <param name="OccurredAt">By the clock of the instance.</param>
/// <param name="Action">What was done.</param>
/// <param name="Outcome"><c>success</c>, or the code of the refusal.</param>
/// <param name="Actor">Who did it; null where nobody was signed in.</param>
/// <param name="OnBehalfOf">Who let it be done, where it is another: the maker of a link that a stranger follows.</param>
/// <param name="TargetId">To what it was done.</param>
/// <param name="Changes">For each field that changed, <c>before</c> and <c>after</c>.</param>
/// <param name="Details">What else there is to say.</param>
/// <param name="Address">From where; null: from within, by the service itself or its operator.</param>
/// <param name="UserAgent">As the client calls itself.</param>
/// <param name="TraceId">Of the request, as in its answer and in the log of the service.</param>
public sealed record AuditEventDocument(
    Guid Id,
    DateTimeOffset OccurredAt,
    string Action,
    string Outcome,
    ActorOfEvent? Actor,
    Guid? OnBehalfOf,
    Guid? TargetId,
    JsonElement? Changes,
    JsonElement? Details,
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

/// <param name="Id">Of the user.</param>
/// <param name="TenantId">Another than the log's for the platform's administrators.</param>
/// <param name="Email">As it is today; null where there is no such user of the tenant any more.</param>
public sealed record ActorOfEvent(Guid Id, Guid TenantId, string? Email);

/// <summary>The end of a log at some hour, signed.</summary>
/// <param name="Id">In the order of time.</param>
/// <param name="Position">How many events the log had had.</param>
/// <param name="Hash">Of the chain up to there, base64.</param>
/// <param name="SignedAt">When.</param>
/// <param name="KeyId">The <c>kid</c> of the key that signed.</param>
/// <param name="Jws">The whole of it: a JWS in compact form whose claims are <c>iss</c>, <c>tenant_id</c>, <c>position</c>, <c>hash</c>, <c>prev</c> and <c>iat</c>.</param>
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
