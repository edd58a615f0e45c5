using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Users;

/// <summary>A person's account in one tenant. The same address in two tenants is two independent users.</summary>
public sealed class User : ITenantOwned
{
    public const string UniqueEmail = "ux_users_email";

    /// <summary>The largest metadata in a request, in its stored form.</summary>
    public const int MaxMetadataBytes = 16 * 1024;

    internal static readonly JsonElement NoMetadata = JsonElement.Parse("{}");

    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The address as the user wrote it.</summary>
    [Audited]
    public required string Email
    {
        get;
        set => field = EmailAddress.Stored(value);
    }

    /// <summary>
    /// The address as it is compared. It is stored, because under row-level security <c>lower(email)</c> cannot use an
    /// index.
    /// </summary>
    public required string EmailNormalized { get; set; }

    /// <summary>A PHC string or a bcrypt hash. Null: the user has not accepted the invitation yet.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Null for a name without a visible character.</summary>
    [Audited]
    public string? FirstName
    {
        get;
        set => field = StoredName(value);
    }

    /// <summary>Null for a name without a visible character.</summary>
    [Audited]
    public string? LastName
    {
        get;
        set => field = StoredName(value);
    }

    [Audited]
    public string? Phone { get; set; }

    /// <summary>
    /// The language of messages to the user, as a tag (<c>de-CH</c>). Null: the language of the tenant.
    /// </summary>
    [Audited]
    public string? Locale { get; set; }

    /// <summary>Free data about the user, for the application.</summary>
    [CallersJson(CallersJsonAttribute.Metadata)]
    public JsonElement Metadata { get; set; } = NoMetadata;

    /// <summary>
    /// Address and names in lower case, as the collation of the database knows it. The release before searches it.
    /// </summary>
    public string Search { get; private set; } = "";

    /// <summary>
    /// The search key of address and names, which a trigger stores. The filter <c>q</c> searches it. Null: the row is
    /// older than the column, and <see cref="SearchKeys"/> has not reached it.
    /// </summary>
    public string? SearchKey { get; private set; }

    [Audited]
    public bool EmailVerified { get; set; }

    [Audited]
    public bool IsActive { get; set; } = true;
    public DateTimeOffset? LastLoginAt { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public uint Version { get; init; }

    /// <summary>
    /// Whether the person registered the account, and no administrator has invited it or set its address since.
    /// </summary>
    public bool IsSelfRegistered { get; set; }

    /// <summary>
    /// Whether the account is only claimed: the tenant demands a verified address, and this one is not proved. Any
    /// person may have registered it, so it carries no rights. Attack: a stranger registers the address of a user whom
    /// the operator imported, or whose address an administrator set. Such an account is no claim.
    /// </summary>
    public bool IsClaimIn(ResolvedTenant tenant) =>
        IsSelfRegistered && tenant.VerificationRequired && !EmailVerified && !IsInvited && IsActive;

    /// <summary>Whether the user has not accepted the invitation yet.</summary>
    public bool IsInvited => PasswordHash is null;

    /// <summary>
    /// The first name for mails of the service, also with a tenant's own template; null: the name could be shown as a
    /// link. An attacker who registers a stranger's address chooses the name, and so does a thief of a session, of whom
    /// a mail warns the owner. The rule is therefore the same for proved addresses.
    /// </summary>
    public string? NameInMail => FirstName is { } name && IsPlain(name) ? name : null;

    /// <summary>The recipient of mails to the user.</summary>
    public MailRecipient Mailbox => new(Email, Id, Locale);

    /// <summary>The names in a mail to the user.</summary>
    public Dictionary<string, string?> MailNames(string tenantName) =>
        new(StringComparer.Ordinal) { ["tenant_name"] = tenantName, ["first_name"] = NameInMail };

    public void ChangeEmail(string email, bool isVerified, DateTimeOffset now) =>
        (Email, EmailNormalized, EmailVerified, UpdatedAt) = (email, EmailAddress.Key(email), isVerified, now);

    internal static string? StoredName(string? name) =>
        name is null || InvisibleText.IsBlank(name) ? null : StorableText.Normalized(name.Trim());

    /// <summary>
    /// Whether a name consists of letters and separators. A period may only end a part. Modifier letters are refused,
    /// because some look like a period (U+A4F8); the apostrophe of Ukrainian and Hawaiian names is one that is allowed.
    /// </summary>
    private static bool IsPlain(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            var isPart =
                char.GetUnicodeCategory(name, i)
                is UnicodeCategory.UppercaseLetter
                    or UnicodeCategory.LowercaseLetter
                    or UnicodeCategory.TitlecaseLetter
                    or UnicodeCategory.OtherLetter
                    or UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.SpacingCombiningMark;
            if (
                !isPart
                && name[i] is not (' ' or '-' or '\'' or '’' or 'ʼ' or 'ʻ' or 'ー' or '々')
                && !(name[i] == '.' && (i + 1 == name.Length || name[i + 1] == ' '))
            )
                return false;
            if (char.IsHighSurrogate(name[i]))
                i++;
        }
        return true;
    }

    /// <returns>
    /// The validation message where the password contains data of the user or tenant; null: it does not.
    /// </returns>
    public static string? PasswordFault(User user, ResolvedTenant tenant, string password) =>
        ContextWords.Fault(password, user.Email, user.FirstName, user.LastName, tenant.Slug, tenant.Name);

    private sealed class Mapping : IEntityTypeConfiguration<User>
    {
        public void Configure(EntityTypeBuilder<User> user)
        {
            user.ToTable("users");
            user.HasIndex(u => new { u.TenantId, u.EmailNormalized })
                .IsUniqueWithConflict(UniqueEmail, "email", "There is a user with this address.");
            // Ids are computed or chosen outside only by an import. No two users of the installation may share one.
            user.HasIndex(u => u.Id).IsUnique().HasDatabaseName("ux_users_id").IsCreatedConcurrently();
            user.Property(u => u.Metadata).HasDefaultValueSql("'{}'");
            user.Property(u => u.Search)
                .HasComputedColumnSql(
                    "lower(email || ' ' || coalesce(first_name, '') || ' ' || coalesce(last_name, ''))",
                    stored: true
                );
            user.HasIndex(u => new { u.TenantId, u.Id })
                .HasFilter("search_key IS NULL")
                .HasDatabaseName("ix_users_without_search_key")
                .IsCreatedConcurrently();
            user.Property(u => u.IsSelfRegistered).HasDefaultValue(false);
            user.Ignore(u => u.IsInvited).Ignore(u => u.Mailbox).Ignore(u => u.NameInMail);
            user.Property(u => u.Version).IsRowVersion();
        }
    }
}

/// <summary>The assignment of a role to a user.</summary>
public sealed class UserRole : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid UserId { get; init; }

    [Audited]
    public Guid RoleId { get; init; }
    public required DateTimeOffset AssignedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<UserRole>
    {
        public void Configure(EntityTypeBuilder<UserRole> assigned)
        {
            assigned.ToTable("user_roles").GrantToServingRole("SELECT, INSERT, DELETE");
            assigned.HasKey(a => new
            {
                a.TenantId,
                a.UserId,
                a.RoleId,
            });
            assigned
                .HasOne<User>()
                .WithMany()
                .HasForeignKey(a => new { a.TenantId, a.UserId })
                .OnDelete(DeleteBehavior.Cascade);
            assigned
                .HasOne<Role>()
                .WithMany()
                .HasForeignKey(a => new { a.TenantId, a.RoleId })
                .OnDelete(DeleteBehavior.Restrict);
        }
    }
}
