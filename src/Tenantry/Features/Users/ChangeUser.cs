using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Users;

/// <summary>Replaces the profile of a user.</summary>
public static class ChangeUser
{
    /// <summary>
    /// The complete profile: the value of an absent member is removed. An absent address and absent metadata stay.
    /// </summary>
    /// <param name="Email">
    /// The user's new e-mail address, which the user must verify. Absent: the address stays.
    /// </param>
    /// <param name="FirstName">The user's first name.</param>
    /// <param name="LastName">The user's last name.</param>
    /// <param name="Phone">The user's telephone number in E.164 format.</param>
    /// <param name="Locale">The language of messages to the user, as a tag (<c>de-CH</c>).</param>
    /// <param name="Metadata">A JSON object for your own use. If omitted, it does not change.</param>
    public sealed record Request(
        [Email, NotBlank] string? Email,
        [ShortText(100), NotBlank] string? FirstName,
        [ShortText(100), NotBlank] string? LastName,
        [PhoneNumber] string? Phone,
        [LanguageTag] string? Locale,
        [FreeObject(User.MaxMetadataBytes)] JsonElement? Metadata
    ) : IExample<Request>
    {
        public static Request Example =>
            new(null, "Ada", "King", "+41791234567", "de-CH", JsonElement.Parse("""{"department":"Engines"}"""));
    }

    public static Task<Results<Ok<UserDocument>, Missing, Denied, Conflicting, Stale, TooMany>> Handle(
        [Description("The user's id.")] Guid id,
        Request body,
        UserChange change,
        AddressReplacement replacement,
        CancellationToken cancel
    ) =>
        change.Make(
            id,
            async user =>
            {
                if (
                    body.Email is { } email
                    && EmailAddress.Stored(email) != user.Email
                    && await replacement.Make(user, email, change, cancel) is { } refusal
                )
                    return refusal;
                (user.FirstName, user.LastName, user.Phone, user.Locale) = (
                    body.FirstName,
                    body.LastName,
                    body.Phone,
                    body.Locale is { } locale ? Locale.Normalized(locale) : null
                );
                if (body.Metadata is { ValueKind: JsonValueKind.Object } metadata)
                    user.Metadata = metadata;
                return null;
            },
            cancel
        );
}
