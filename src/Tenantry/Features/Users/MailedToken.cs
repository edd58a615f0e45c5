using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Users;

/// <summary>What a mailed token can be used for.</summary>
public enum MailedTokenPurpose
{
    Invitation,
    EmailVerification,
    PasswordReset,

    /// <summary>Proves the address that a user changes to.</summary>
    EmailChange,

    /// <summary>Returns to the address before a change.</summary>
    EmailChangeUndo,
}

/// <summary>A mailed token that was used.</summary>
/// <param name="UserId">The user of the token.</param>
/// <param name="Email">The address that the token is about; null: the present one.</param>
/// <param name="Claim">
/// What the registration chose that the token was mailed for; null: the token is of another kind.
/// </param>
public sealed record UsedToken(Guid UserId, string? Email, RegistrationClaim? Claim);

/// <summary>What a person chose who registered, before the address was proved.</summary>
public sealed record RegistrationClaim(string PasswordHash, string? FirstName, string? LastName);

/// <summary>
/// The hash of a token that was mailed to a user, for one purpose. The newest two are valid: a stranger who requests
/// another mail cannot invalidate the link that the user is about to open. Using one invalidates both. A change of the
/// password, and the end of all sessions, invalidate those that change a credential: the mail may be in the hands of
/// the person who is to be kept out.
/// </summary>
public sealed class MailedToken : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid UserId { get; init; }
    public required MailedTokenPurpose Purpose { get; init; }
    public required byte[] TokenHash { get; init; }

    /// <summary>The address that the token is about. Null: the user's present one.</summary>
    public string? Email { get; init; }

    /// <summary>
    /// The password of the registration that the token was mailed for. An attacker may register a stranger's address
    /// before or after its owner: each link makes valid what its own registration chose.
    /// </summary>
    public string? PasswordHash { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The page behind the link that verifies an address.</summary>
    public const string VerifyEmailPath = "/verify-email";

    private const int MaxValid = 2;

    private static readonly string[] AllPurposes = [.. Enum.GetValues<MailedTokenPurpose>().Select(EnumText.ToText)];

    /// <summary>The links that a person with a session of the user can have asked for.</summary>
    private static readonly string[] SessionPurposes =
    [
        EnumText.ToText(MailedTokenPurpose.PasswordReset),
        EnumText.ToText(MailedTokenPurpose.EmailChange),
    ];

    private static readonly string[] CredentialPurposes =
    [
        .. AllPurposes.Where(purpose => purpose != EnumText.ToText(MailedTokenPurpose.EmailChangeUndo)),
    ];

    public static TimeSpan LifetimeOf(MailedTokenPurpose purpose) =>
        purpose switch
        {
            MailedTokenPurpose.Invitation or MailedTokenPurpose.EmailChangeUndo => TimeSpan.FromDays(7),
            MailedTokenPurpose.PasswordReset => TimeSpan.FromMinutes(60),
            _ => TimeSpan.FromHours(24),
        };

    /// <summary>Adds a token for the user to the transaction.</summary>
    /// <returns>The secret, for the mail.</returns>
    public static string Add(
        TenantDb db,
        Guid tenant,
        Guid user,
        MailedTokenPurpose purpose,
        DateTimeOffset now,
        string? email = null,
        RegistrationClaim? claim = null
    )
    {
        var token = OpaqueToken.Create(OpaqueToken.MailPrefix, tenant);
        db.Add(
            new MailedToken
            {
                TenantId = tenant,
                UserId = user,
                Purpose = purpose,
                TokenHash = token.Hash,
                CreatedAt = now,
                ExpiresAt = now + LifetimeOf(purpose),
                Email = email,
                PasswordHash = claim?.PasswordHash,
                FirstName = claim?.FirstName,
                LastName = claim?.LastName,
            }
        );
        return token.Text;
    }

    /// <summary>Invalidates all tokens of the user for a purpose.</summary>
    /// <returns>Whether the user still exists.</returns>
    public static Task<bool> Withdraw(TenantDb db, Guid user, MailedTokenPurpose purpose, CancellationToken cancel) =>
        KeepNewest(0, db, user, [EnumText.ToText(purpose)], cancel);

    /// <summary>
    /// Invalidates the links that the person of a revoked session can have asked for. Attack: a thief asks for a change
    /// of the address, and uses the link after the owner has ended the thief's session.
    /// </summary>
    public static Task WithdrawOfSessions(TenantDb db, Guid user, CancellationToken cancel) =>
        KeepNewest(0, db, user, SessionPurposes, cancel);

    /// <summary>
    /// Invalidates all tokens of the user that set a credential or an address. The link that undoes a change of the
    /// address stays: its mail was sent to the owner of that address.
    /// </summary>
    public static Task WithdrawCredentials(TenantDb db, Guid user, CancellationToken cancel) =>
        KeepNewest(0, db, user, CredentialPurposes, cancel);

    /// <summary>Invalidates all tokens of the user, whatever their purpose.</summary>
    public static Task WithdrawAll(TenantDb db, Guid user, CancellationToken cancel) =>
        KeepNewest(0, db, user, AllPurposes, cancel);

    /// <summary>
    /// Invalidates all tokens of the user for a purpose except the newest, before another one is added.
    /// </summary>
    /// <returns>Whether the user still exists.</returns>
    public static Task<bool> MakeRoom(TenantDb db, Guid user, MailedTokenPurpose purpose, CancellationToken cancel) =>
        KeepNewest(MaxValid - 1, db, user, [EnumText.ToText(purpose)], cancel);

    // The user is locked first, as in Consume.
    private static async Task<bool> KeepNewest(
        int count,
        TenantDb db,
        Guid user,
        string[] purposes,
        CancellationToken cancel
    )
    {
        var tenant = db.Tenant;
        var owners = await db
            .Database.SqlQuery<Guid>(
                $"""
                WITH owner AS (SELECT u.tenant_id, u.id FROM users u WHERE u.tenant_id = {tenant} AND u.id = {user} FOR NO KEY UPDATE),
                     kept AS (SELECT t.id FROM mailed_tokens t WHERE t.tenant_id = {tenant} AND t.user_id = {user} AND t.purpose = ANY({purposes}) ORDER BY t.id DESC LIMIT {count}),
                     gone AS (DELETE FROM mailed_tokens t USING owner
                              WHERE t.tenant_id = owner.tenant_id AND t.user_id = owner.id AND t.purpose = ANY({purposes}) AND t.id NOT IN (SELECT id FROM kept))
                SELECT id FROM owner
                """
            )
            .ToListAsync(cancel);
        return owners.Count == 1;
    }

    /// <summary>
    /// Uses the token, and invalidates all others of its purpose, in one statement: of two concurrent requests, one
    /// gets the user.
    /// </summary>
    /// <returns>The token; null where it is not valid, or the user is deactivated.</returns>
    public static async Task<UsedToken?> Consume(
        TenantDb db,
        OpaqueToken token,
        MailedTokenPurpose purpose,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var purposeText = EnumText.ToText(purpose);
        // The user is locked first: the deletion of a user locks both in that order, so there is no deadlock, and a
        // deleted user has no token.
        var used = await db
            .Database.SqlQuery<UsedRow>(
                $"""
                WITH owner AS (
                    SELECT u.tenant_id, u.id FROM mailed_tokens t JOIN users u ON u.tenant_id = t.tenant_id AND u.id = t.user_id
                    WHERE t.token_hash = {token.Hash} AND t.purpose = {purposeText} AND t.expires_at > {now} AND u.is_active FOR NO KEY UPDATE OF u)
                , used AS (
                    DELETE FROM mailed_tokens t USING owner WHERE t.tenant_id = owner.tenant_id AND t.user_id = owner.id AND t.purpose = {purposeText}
                    RETURNING t.user_id, t.token_hash, t.email, t.password_hash, t.first_name, t.last_name)
                SELECT user_id, email, password_hash, first_name, last_name FROM used WHERE token_hash = {token.Hash}
                """
            )
            .ToListAsync(cancel);
        return used is [var row]
            ? new UsedToken(
                row.UserId,
                row.Email,
                row.PasswordHash is null ? null : new RegistrationClaim(row.PasswordHash, row.FirstName, row.LastName)
            )
            : null;
    }

    private sealed record UsedRow(
        Guid UserId,
        string? Email,
        string? PasswordHash,
        string? FirstName,
        string? LastName
    );

    private sealed class Mapping : IEntityTypeConfiguration<MailedToken>
    {
        public void Configure(EntityTypeBuilder<MailedToken> token)
        {
            token.ToTable("mailed_tokens");
            token
                .Property(t => t.Purpose)
                .HasConversion(purpose => EnumText.ToText(purpose), text => EnumText.Parse<MailedTokenPurpose>(text));
            token.HasIndex(t => new { t.TenantId, t.TokenHash }).IsUnique().HasDatabaseName("ux_mailed_tokens_hash");
            token
                .HasIndex(t => new
                {
                    t.TenantId,
                    t.UserId,
                    t.Purpose,
                })
                .HasDatabaseName("ix_mailed_tokens_user")
                .IsCreatedConcurrently();
            token
                .HasOne<User>()
                .WithMany()
                .HasForeignKey(t => new { t.TenantId, t.UserId })
                .OnDelete(DeleteBehavior.Cascade);
        }
    }
}
