using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Tenancy;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>A session of the caller.</summary>
/// <param name="Id">The session's id. Use it to revoke the session.</param>
/// <param name="Address">The IP address of the sign-in.</param>
/// <param name="UserAgent">The user agent of the sign-in.</param>
/// <param name="CreatedAt">The time of the sign-in.</param>
/// <param name="LastUsedAt">The time of the sign-in or of the last refresh.</param>
/// <param name="ExpiresAt">The time when the session expires, however much it is used.</param>
/// <param name="IsCurrent">Whether it is the session of this request.</param>
public sealed record SessionDocument(
    Guid Id,
    string? Address,
    string? UserAgent,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt,
    DateTimeOffset ExpiresAt,
    bool IsCurrent
)
{
    public static SessionDocument Of(Session session, Caller caller) =>
        new(
            session.Id,
            session.Address?.ToString(),
            session.UserAgent,
            session.CreatedAt,
            session.LastUsedAt,
            session.ExpiresAt,
            session.Id == caller.SessionId
        );
}
