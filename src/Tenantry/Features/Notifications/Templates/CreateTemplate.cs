using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>
/// Creates a template. Its texts are parsed first: the author of a template learns of a fault, and not the sender of a
/// message.
/// </summary>
public static class CreateTemplate
{
    public static async Task<Results<Created<TemplateDocument>, Invalid, Denied, Conflicting>> Handle(
        TemplateRequest body,
        TenantDb db,
        MessageCache cache,
        TemplateRevisions revisions,
        ServiceSettings settings,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var now = clock.GetUtcNow();
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        AddFaults(body, errors);
        if (errors.Count > 0)
            return new Invalid(errors);
        if (revisions.MissingPermission(body.Name!) is { } denied)
            return denied;
        var row = new Template
        {
            TenantId = db.Tenant!.Value,
            Name = body.Name!,
            Type = body.Type!.Value,
            Locale = "en",
            CreatedAt = now,
            UpdatedAt = now,
        };
        var tenant = body.Locale is null ? await cache.Settings(db, cancel) : null;
        if (TemplateContent.Apply(body, row, tenant?.Locale, now) is { } invalid)
            return invalid;
        db.Add(row);
        await revisions.Save(row, cancel);
        revisions.Announce(row, http);
        return TypedResults.Created($"{settings.ApiPath}/notifications/templates/{row.Id}", TemplateDocument.Of(row));
    }

    /// <summary>Adds the faults that are found without the database, except those of the Liquid in the texts.</summary>
    internal static void AddFaults(TemplateRequest body, Dictionary<string, string[]> errors)
    {
        if (body.Name is null || !IsName(body.Name))
            errors["name"] =
            [
                "must begin with a lower-case letter and contain up to 100 lower-case letters, digits, '_', '-' and '.'",
            ];
        if (body.Type is { } type)
            TemplateContent.AddFaults(body, body.Name, type, errors);
        else
            errors["type"] = [$"must be one of {EnumText.Allowed<Channel>()}"];
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 100
        && char.IsAsciiLetterLower(text[0])
        && text.All(character =>
            char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '_' or '-' or '.'
        );
}
