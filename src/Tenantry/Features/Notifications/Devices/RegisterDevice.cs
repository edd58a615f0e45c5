using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Notifications.Devices;

/// <summary>Registers a device of the caller for push notifications.</summary>
public static class RegisterDevice
{
    /// <summary>More than a person uses. A user at the limit removes an old device first.</summary>
    private const int MaxDevices = 50;

    /// <param name="Token">The device token that the application got from APNs or FCM.</param>
    /// <param name="Name">A name of the device that the user recognises.</param>
    public sealed record Request([RequiredMember, DeviceToken] string? Token, [ShortText(100)] string? Name)
        : IExample<Request>
    {
        public static Request Example => new("fGx9v2mQT0eY:APA91bH", "Ada's telephone");
    }

    /// <summary>
    /// A device whose token another user registers belongs to that user from then on: neither user gets messages of the
    /// other.
    /// </summary>
    public static async Task<Results<Created<DeviceDocument>, Invalid, Conflicting>> Handle(
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
            >= MaxDevices
        )
            return Problems.Conflicting(
                $"You have {MaxDevices} devices, which is the limit. Remove one before you register another."
            );
        // A retired device that registers again is active again, and its SNS endpoint is created again.
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
        return TypedResults.Created($"{settings.ApiPath}/notifications/devices/{row.Id}", DeviceDocument.Of(row));
    }
}

/// <summary>
/// The form of device tokens of APNs, FCM and similar platforms: no white space, and a bounded length.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class DeviceTokenAttribute()
    : ValidationAttribute("must be a device token: 8 to 2048 visible ASCII characters")
{
    public override bool IsValid(object? value) =>
        value is not string text
        || text.Length == 0
        || (text.Length is >= 8 and <= 2048 && text.All(character => character is > ' ' and <= '~'));
}
