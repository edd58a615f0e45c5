using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Notifications.Devices;

/// <summary>The devices on which a user gets push messages. Each user minds their own.</summary>
public static class OwnDevices
{
    /// <summary>More than anybody carries: old ones have to go first.</summary>
    private const int Most = 50;

    /// <param name="Id">Of the device: what <c>POST push</c> takes as recipient, as it takes that of the user.</param>
    /// <param name="Name">As the user reads it.</param>
    /// <param name="RetiredBecause">Why it gets nothing any more; null: it gets its messages.</param>
    /// <param name="CreatedAt">When it was registered first.</param>
    /// <param name="UpdatedAt">When it was registered last.</param>
    public sealed record Document(
        Guid Id,
        string? Name,
        string? RetiredBecause,
        DateTimeOffset CreatedAt,
        DateTimeOffset UpdatedAt
    ) : IExample<Document>
    {
        public static Document Example =>
            new(
                Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70821"),
                "Ada's telephone",
                null,
                NotificationDocument.Example.CreatedAt,
                NotificationDocument.Example.CreatedAt
            );

        // The token stays out of it: whoever reads it could be sent messages in the device's place.
        internal static Document Of(Device row) =>
            new(row.Id, row.Name, row.RetiredBecause, row.CreatedAt, row.UpdatedAt);
    }

    /// <param name="Token">As the platform (APNs, FCM) gave it to the application.</param>
    /// <param name="Name">As the user reads it.</param>
    public sealed record Request([Needed, DeviceToken] string? Token, [ShortText(100)] string? Name) : IExample<Request>
    {
        public static Request Example => new("fGx9v2mQT0eY:APA91bH", "Ada's telephone");
    }

    /// <summary>A device that changes hands changes its user: the one before gets no more of the new one's messages, nor the other way round.</summary>
    public static async Task<Results<Created<Document>, Invalid, Conflicting>> Register(
        Request body,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var (user, now) = (context.SignedIn.UserId, clock.GetUtcNow());
        await using var transaction = await db.Begin(cancel);
        if (
            await db.Set<Device>().CountAsync(device => device.UserId == user && device.Token != body.Token, cancel)
            >= Most
        )
            return Problems.Conflicting($"You have {Most} devices already: take some away first.");
        // A retired device that is registered anew is good again; SNS is asked for it once more.
        var ids = await db
            .Database.SqlQuery<Guid>(
                $"""
                INSERT INTO devices (tenant_id, id, user_id, token, name, created_at, updated_at) VALUES ({context.TenantId}, {Guid.CreateVersion7()}, {user}, {body.Token}, {body.Name}, {now}, {now})
                ON CONFLICT (tenant_id, token) DO UPDATE SET user_id = excluded.user_id, name = excluded.name, updated_at = excluded.updated_at, retired_because = NULL,
                    endpoint_arn = CASE WHEN devices.retired_because IS NULL THEN devices.endpoint_arn END
                RETURNING id
                """
            )
            .ToListAsync(cancel);
        var row = await db.Set<Device>().AsNoTracking().SingleAsync(device => device.Id == ids[0], cancel);
        audit.Add(db, row.Id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Created($"{settings.ApiPath}/notifications/devices/{row.Id}", Document.Of(row));
    }

    public static async Task<Ok<Page<Document>>> List(
        PageRequest page,
        TenantContext context,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var rows = await db.Set<Device>()
            .AsNoTracking()
            .Where(device => device.UserId == context.SignedIn.UserId && (page.After == null || device.Id < page.After))
            .OrderByDescending(device => device.Id)
            .Take(page.Limit + 1)
            .ToListAsync(cancel);
        return TypedResults.Ok(page.Cut([.. rows.Select(Document.Of)], row => row.Id, http));
    }

    public static async Task<Results<NoContent, Missing>> Remove(
        Guid id,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        if (
            await db.Set<Device>()
                .SingleOrDefaultAsync(device => device.Id == id && device.UserId == context.SignedIn.UserId, cancel)
            is not { } row
        )
            return Problems.Missing("There is no such device of yours.");
        db.Remove(row);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        return TypedResults.NoContent();
    }
}

/// <summary>What APNs, FCM and the like hand out: no white space, bounded.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class DeviceTokenAttribute()
    : System.ComponentModel.DataAnnotations.ValidationAttribute(
        "must be the token of a device: 8 to 2048 visible ASCII characters"
    )
{
    public override bool IsValid(object? value) =>
        value is not string text
        || text.Length == 0
        || (text.Length is >= 8 and <= 2048 && text.All(character => character is > ' ' and <= '~'));
}
