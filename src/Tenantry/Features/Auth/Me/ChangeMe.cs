using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Auth.Me;

/// <summary>
/// Changes the caller's own profile. The e-mail address is not part of it: it identifies the account at sign-in.
/// </summary>
public static class ChangeMe
{
    /// <summary>
    /// A merge patch (RFC 7396): an absent member stays unchanged, and <c>null</c> removes the value.
    /// </summary>
    public sealed class Request : IExample<Request>
    {
        /// <summary>The user's first name. It cannot be removed.</summary>
        [ShortText(100), NotBlank]
        public string? FirstName
        {
            get;
            set
            {
                field = value;
                HasFirstName = true;
            }
        }

        /// <summary>The user's last name.</summary>
        [ShortText(100), NotBlank]
        public string? LastName
        {
            get;
            set
            {
                field = value;
                HasLastName = true;
            }
        }

        /// <summary>The user's telephone number in E.164 format.</summary>
        [PhoneNumber]
        public string? Phone
        {
            get;
            set
            {
                field = value;
                HasPhone = true;
            }
        }

        /// <summary>The language of messages to the user, as a tag (<c>de-CH</c>).</summary>
        [LanguageTag]
        public string? Locale
        {
            get;
            set
            {
                field = value;
                HasLocale = true;
            }
        }

        internal bool HasFirstName { get; private set; }
        internal bool HasLastName { get; private set; }
        internal bool HasPhone { get; private set; }
        internal bool HasLocale { get; private set; }

        public static Request Example =>
            new()
            {
                FirstName = "Ada",
                LastName = "King",
                Phone = null,
                Locale = "de-CH",
            };
    }

    public static async Task<Results<Ok<MeDocument>, Invalid, Stale>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (body is { HasFirstName: true, FirstName: null })
            return Problems.Invalid("first_name", "is needed");
        var user = await db.Set<User>().Where(u => u.Id == context.SignedIn.UserId).OfCaller(cancel);
        if (!ETag.Matches(http, MeDocument.TagOf(user.Version, context)))
            return new Stale();

        if (body.HasFirstName)
            user.FirstName = body.FirstName;
        if (body.HasLastName)
            user.LastName = body.LastName;
        if (body.HasPhone)
            user.Phone = body.Phone;
        if (body.HasLocale)
            user.Locale = body.Locale is { } locale ? Locale.Normalized(locale) : null;
        user.UpdatedAt = clock.GetUtcNow();
        audit.Add(db, user.Id);
        await db.SaveChangesAsync(cancel);
        http.Response.GetTypedHeaders().ETag = MeDocument.TagOf(user.Version, context);
        return TypedResults.Ok(MeDocument.Of(UserDocument.Of(user, []), context));
    }
}
