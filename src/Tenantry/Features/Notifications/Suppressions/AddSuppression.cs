using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Suppressions;

/// <summary>Adds a suppression by hand: the tenant sends no more messages to the recipient.</summary>
public static class AddSuppression
{
    /// <param name="Channel">The channel to suppress: `email` or `sms`. The default is `email`.</param>
    /// <param name="Recipient">The e-mail address, or the telephone number in E.164.</param>
    public sealed record Request(Channel? Channel, [RequiredMember, ShortText(320)] string? Recipient)
        : IExample<Request>
    {
        public static Request Example => new(Foundation.Messaging.Templates.Channel.Email, "gone@example.com");
    }

    public static async Task<Results<Created<SuppressionDocument>, Invalid, Conflicting>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        AddFaults(body, errors);
        if (errors.Count > 0)
            return new Invalid(errors);
        var channel = body.Channel ?? Channel.Email;
        var recipient = Recipients.Normalized(channel, body.Recipient!, region: null)!;
        var row = new Suppression
        {
            TenantId = context.TenantId,
            Type = channel,
            Recipient = recipient.ToLowerInvariant(),
            Reason = SuppressionReason.Manual,
            CreatedAt = clock.GetUtcNow(),
        };
        db.Add(row);
        audit.Add(db, row.Id);
        await db.SaveChangesAsync(cancel);
        return TypedResults.Created(
            $"{settings.ApiPath}/notifications/suppressions/{row.Id}",
            SuppressionDocument.Of(row)
        );
    }

    /// <summary>Adds the faults of several members.</summary>
    internal static void AddFaults(Request body, Dictionary<string, string[]> errors)
    {
        var channel = body.Channel ?? Channel.Email;
        if (channel == Channel.Push)
            errors["channel"] = ["must be email or sms: push notifications end when a device is removed"];
        // Which recipients are valid depends on the channel.
        else if (
            body.Recipient is { } text
            && !errors.ContainsKey("channel")
            && Recipients.Normalized(channel, text, region: null) is null
        )
            errors["recipient"] =
            [
                channel == Channel.Email
                    ? "must be an e-mail address"
                    : "must be a telephone number in E.164, like +41791234567",
            ];
    }
}
