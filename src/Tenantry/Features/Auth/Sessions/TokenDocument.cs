using System.Text.Json.Serialization;
using Tenantry.Features.Users;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>The tokens of a session, as a sign-in and each refresh return them.</summary>
/// <param name="AccessToken">The access token, sent with each request: <c>Authorization: Bearer ...</c>.</param>
/// <param name="TokenType">Always <c>Bearer</c>.</param>
/// <param name="ExpiresIn">Seconds until the access token expires.</param>
/// <param name="RefreshToken">
/// The refresh token. Exchange it once, at <c>POST auth/refresh</c>, for a new pair. Store it where scripts cannot read
/// it. Absent in cookie mode.
/// </param>
/// <param name="RefreshExpiresIn">Seconds until the refresh token expires.</param>
/// <param name="User">The signed-in user.</param>
/// <param name="DeviceToken">
/// Returned by a sign-in on a new device. Store it, and send it at the next sign-in on this device. A cookie in cookie
/// mode.
/// </param>
/// <param name="CsrfToken">Cookie mode only. Send it as <c>X-CSRF-Token</c> with refresh and logout.</param>
public sealed record TokenDocument(
    string AccessToken,
    string TokenType,
    int ExpiresIn,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken,
    int RefreshExpiresIn,
    SignedInUserDocument User,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DeviceToken = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CsrfToken = null
) : IExample<TokenDocument>
{
    public static TokenDocument Example =>
        new(
            "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IjAxOWE4ZjNl...",
            "Bearer",
            900,
            "tnr_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ",
            2592000,
            SignedInUserDocument.Example,
            "tnd_Qm90aCB0aGUgbG9jayBhbmQgdGhlIGtleSBhcmUgb3Vycy4"
        );
}

/// <summary>The user of a session, with the permissions of the session.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="TenantId">The id of the user's tenant.</param>
/// <param name="Email">The user's e-mail address.</param>
/// <param name="FirstName">The user's first name.</param>
/// <param name="LastName">The user's last name.</param>
/// <param name="EmailVerified">Whether the user has verified the e-mail address.</param>
/// <param name="Role">The name of the user's highest role.</param>
/// <param name="Permissions">The user's effective permissions, sorted by name.</param>
public sealed record SignedInUserDocument(
    Guid Id,
    Guid TenantId,
    string Email,
    string? FirstName,
    string? LastName,
    bool EmailVerified,
    string Role,
    string[] Permissions
) : IExample<SignedInUserDocument>
{
    public static SignedInUserDocument Example =>
        new(
            UserDocument.Example.Id,
            Guid.Parse("019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10"),
            "ada@example.com",
            "Ada",
            "Lovelace",
            true,
            "Viewer",
            ["files:read", "notifications:read", "roles:read", "tenants:read", "users:read"]
        );
}
