using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications;

/// <summary>Replaces a tenant's settings for its messages. They apply to messages that are sent from then on.</summary>
public static class ReplaceNotificationSettings
{
    public static async Task<Results<Ok<NotificationSettingsDocument>, Invalid, Stale>> Handle(
        NotificationSettingsDocument body,
        TenantContext context,
        TenantDb db,
        MessageCache cache,
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
        if (!ETag.Matches(http, row?.Version ?? 0))
            return new Stale();
        if (row is null)
            db.Add(row = new NotificationSettings { TenantId = context.TenantId });
        (row.Locale, row.RedactBodies, row.DefaultRegion) = (
            Locale.Normalized(body.Locale!)!,
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
        cache.Invalidate(context.TenantId);
        http.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
        return TypedResults.Ok(NotificationSettingsDocument.Of(row));
    }
}
