using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications;

/// <summary>How a tenant wants its messages, under <c>/notifications/settings</c>.</summary>
public static class TenantSettings
{
    /// <param name="Locale">The language where nobody asks for another, as a tag.</param>
    /// <param name="RedactBodies">Whether the text of a message goes once it is sent.</param>
    /// <param name="DefaultRegion">Where a number without a country code is at home (ISO 3166).</param>
    /// <param name="SmsCountries">Where SMS may go. Empty: to the default region alone.</param>
    /// <param name="SmsPerNumberPerDay">In segments, by the calendar in UTC.</param>
    /// <param name="SmsPerCountryPerDay">The same.</param>
    /// <param name="SmsPerDay">The same.</param>
    public sealed record Document(
        [Needed, LanguageTag] string? Locale,
        bool RedactBodies,
        [Country] string? DefaultRegion,
        [CountryList] IReadOnlyList<string>? SmsCountries,
        [Range(0, 1_000, ErrorMessage = "must be 0 to 1000")] int SmsPerNumberPerDay,
        [Range(0, 1_000_000, ErrorMessage = "must be 0 to 1000000")] int SmsPerCountryPerDay,
        [Range(0, 1_000_000, ErrorMessage = "must be 0 to 1000000")] int SmsPerDay
    ) : IExample<Document>
    {
        public static Document Example => new("de-CH", false, "CH", ["CH", "LI", "DE", "AT"], 20, 1_000, 2_000);

        internal static Document Of(NotificationSettings row) =>
            new(
                row.Locale,
                row.RedactBodies,
                row.DefaultRegion,
                row.SmsCountries,
                row.SmsPerNumberPerDay,
                row.SmsPerCountryPerDay,
                row.SmsPerDay
            );
    }

    public static async Task<Results<Ok<Document>, NotModified>> Read(
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var row =
            await db.Set<NotificationSettings>().AsNoTracking().SingleOrDefaultAsync(cancel)
            ?? new NotificationSettings();
        return ETag.IsKnown(http, row.Version) ? new NotModified() : TypedResults.Ok(Document.Of(row));
    }

    public static async Task<Results<Ok<Document>, Invalid, Stale>> Replace(
        Document body,
        TenantContext context,
        TenantDb db,
        MessageCache known,
        AuditTrail audit,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        var row = await db.Set<NotificationSettings>()
            .FromSql($"SELECT *, xmin FROM notification_settings FOR UPDATE")
            .SingleOrDefaultAsync(cancel);
        if (!ETag.Holds(http, row?.Version ?? 0))
            return new Stale();
        if (row is null)
            db.Add(row = new NotificationSettings { TenantId = context.TenantId });
        (row.Locale, row.RedactBodies, row.DefaultRegion) = (
            Foundation.Messaging.Templates.Locale.Normalized(body.Locale!)!,
            body.RedactBodies,
            body.DefaultRegion?.ToUpperInvariant()
        );
        row.SmsCountries =
        [
            .. (body.SmsCountries ?? [])
                .Select(country => country.ToUpperInvariant())
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        (row.SmsPerNumberPerDay, row.SmsPerCountryPerDay, row.SmsPerDay, row.UpdatedAt) = (
            body.SmsPerNumberPerDay,
            body.SmsPerCountryPerDay,
            body.SmsPerDay,
            clock.GetUtcNow()
        );
        audit.Add(db, context.TenantId);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        known.Changed(context.TenantId);
        http.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
        return TypedResults.Ok(Document.Of(row));
    }
}

/// <summary>A country that telephone numbers have.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class CountryAttribute() : ValidationAttribute("must be a country by its two letters, like CH")
{
    public override bool IsValid(object? value) => value is not string text || TelephoneNumbers.IsRegion(text);
}

/// <summary>Countries.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class CountryListAttribute() : ValidationAttribute("must be countries by their two letters, like CH")
{
    public override bool IsValid(object? value) =>
        value is not IReadOnlyList<string> countries
        || (countries.Count <= 250 && countries.All(TelephoneNumbers.IsRegion));
}
