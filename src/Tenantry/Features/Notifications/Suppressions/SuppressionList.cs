using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Suppressions;

/// <summary>The list of those who get nothing: filled by what the receiving side says, and by hand.</summary>
public static class SuppressionList
{
    /// <param name="Id">Of the entry.</param>
    /// <param name="Channel">By which they get nothing.</param>
    /// <param name="Recipient">In lower case.</param>
    /// <param name="Reason">Who unsubscribed gets nothing that markets; the others nothing at all.</param>
    /// <param name="Detail">What the receiving side said.</param>
    /// <param name="NotificationId">The message that brought it about.</param>
    /// <param name="CreatedAt">Since when.</param>
    public sealed record Document(
        Guid Id,
        Channel Channel,
        string Recipient,
        SuppressionReason Reason,
        string? Detail,
        Guid? NotificationId,
        DateTimeOffset CreatedAt
    ) : IExample<Document>
    {
        public static Document Example =>
            new(
                Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70820"),
                Channel.Email,
                "gone@example.com",
                SuppressionReason.Bounce,
                "smtp; 550 5.1.1 user unknown",
                NotificationDocument.Example.Id,
                NotificationDocument.Example.CreatedAt
            );

        internal static Document Of(Suppression row) =>
            new(row.Id, row.Type, row.Recipient, row.Reason, row.Detail, row.NotificationId, row.CreatedAt);
    }

    /// <param name="Channel">By which they are to get nothing; mail where it is not given.</param>
    /// <param name="Recipient">An address or a number.</param>
    public sealed record Request(Channel? Channel, [Needed, ShortText(320)] string? Recipient) : IExample<Request>
    {
        public static Request Example => new(Foundation.Messaging.Templates.Channel.Email, "gone@example.com");
    }

    public static async Task<Results<Ok<Page<Document>>, Invalid>> List(
        PageRequest page,
        [FromQuery] string? channel,
        [FromQuery] string? recipient,
        [FromQuery] string? reason,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var (byChannel, byReason) = (
            FilterText.Of<Channel>("channel", channel, errors),
            FilterText.Of<SuppressionReason>("reason", reason, errors)
        );
        if (errors.Count > 0)
            return new Invalid(errors);
        var wanted = recipient?.ToLowerInvariant();
        var rows = await db.Set<Suppression>()
            .AsNoTracking()
            .Where(row =>
                (page.After == null || row.Id < page.After)
                && (byChannel == null || row.Type == byChannel)
                && (byReason == null || row.Reason == byReason)
                && (wanted == null || row.Recipient == wanted)
            )
            .OrderByDescending(row => row.Id)
            .Take(page.Limit + 1)
            .ToListAsync(cancel);
        return TypedResults.Ok(page.Cut([.. rows.Select(Document.Of)], row => row.Id, http));
    }

    public static async Task<Results<Created<Document>, Invalid, Conflicting>> Add(
        Request body,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var channel = body.Channel ?? Channel.Email;
        if (channel == Channel.Push)
            return Problems.Invalid("channel", "must be email or sms: of a device its user takes care");
        if (Recipients.Normalized(channel, body.Recipient!, region: null) is not { } recipient)
            return Problems.Invalid(
                "recipient",
                channel == Channel.Email
                    ? "must be an e-mail address"
                    : "must be a telephone number in E.164, like +41791234567"
            );
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
        return TypedResults.Created($"{settings.ApiPath}/notifications/suppressions/{row.Id}", Document.Of(row));
    }

    public static async Task<Results<NoContent, Missing>> Remove(
        Guid id,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        if (await db.Set<Suppression>().SingleOrDefaultAsync(row => row.Id == id, cancel) is not { } row)
            return Problems.Missing("There is no such entry.");
        db.Remove(row);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        return TypedResults.NoContent();
    }
}
