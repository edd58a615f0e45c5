using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Auth.Me;

/// <summary>What users may change of themselves. The address is not among it: it is what they are known by.</summary>
public static class ChangeMe
{
    /// <summary>A member that is not given stays as it is; one that is <c>null</c> is taken away (RFC 7396).</summary>
    public sealed class Request : IExample<Request>
    {
        [ShortText(100), NotBlank]
        public string? FirstName
        {
            get;
            set
            {
                field = value;
                GivesFirstName = true;
            }
        }

        [ShortText(100), NotBlank]
        public string? LastName
        {
            get;
            set
            {
                field = value;
                GivesLastName = true;
            }
        }

        [PhoneNumber]
        public string? Phone
        {
            get;
            set
            {
                field = value;
                GivesPhone = true;
            }
        }

        /// <summary>The language to be written in.</summary>
        [LanguageTag]
        public string? Locale
        {
            get;
            set
            {
                field = value;
                GivesLocale = true;
            }
        }

        internal bool GivesFirstName { get; private set; }
        internal bool GivesLastName { get; private set; }
        internal bool GivesPhone { get; private set; }
        internal bool GivesLocale { get; private set; }

        public static Request Example =>
            new()
            {
                FirstName = "Ada",
                LastName = "King",
                Phone = null,
                Locale = "de-CH",
            };
    }

    public static async Task<Results<Ok<GetMe.Response>, Invalid, Stale>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (body is { GivesFirstName: true, FirstName: null })
            return Problems.Invalid("first_name", "is needed");
        var user = await db.Set<User>().Where(u => u.Id == context.SignedIn.UserId).OfCaller(cancel);
        if (!ETag.Holds(http, GetMe.TagOf(user.Version, context)))
            return new Stale();

        if (body.GivesFirstName)
            user.FirstName = body.FirstName;
        if (body.GivesLastName)
            user.LastName = body.LastName;
        if (body.GivesPhone)
            user.Phone = body.Phone;
        if (body.GivesLocale)
            user.Locale = body.Locale is { } locale ? Locale.Normalized(locale) : null;
        user.UpdatedAt = clock.GetUtcNow();
        audit.Add(db, user.Id);
        await db.SaveChangesAsync(cancel);
        http.Response.GetTypedHeaders().ETag = GetMe.TagOf(user.Version, context);
        return TypedResults.Ok(GetMe.Show(UserDocument.Of(user, []), context));
    }
}
