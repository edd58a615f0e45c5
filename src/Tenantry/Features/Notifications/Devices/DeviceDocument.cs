using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Notifications.Devices;

/// <summary>A device of a user, as the API shows it.</summary>
/// <param name="Id">The id of the device. `POST push` accepts it as recipient.</param>
/// <param name="Name">The name of the device that the user sees.</param>
/// <param name="RetiredBecause">Why the device gets no more push notifications. Null: the device is active.</param>
/// <param name="CreatedAt">When the device was first registered.</param>
/// <param name="UpdatedAt">When the device was last registered.</param>
public sealed record DeviceDocument(
    Guid Id,
    string? Name,
    string? RetiredBecause,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
) : IExample<DeviceDocument>
{
    public static DeviceDocument Example =>
        new(
            Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70821"),
            "Ada's telephone",
            null,
            NotificationDocument.Example.CreatedAt,
            NotificationDocument.Example.CreatedAt
        );

    // Without the token: a reader of it could have the messages of the device sent to another one.
    internal static DeviceDocument Of(Device row) =>
        new(row.Id, row.Name, row.RetiredBecause, row.CreatedAt, row.UpdatedAt);
}
