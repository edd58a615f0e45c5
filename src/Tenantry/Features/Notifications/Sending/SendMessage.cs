using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Features.Notifications.Devices;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>
/// Takes a message and puts it into the queue, worded and ready: what is wrong with it is said now, and what the caller previewed is what goes out. The row says who sent what to whom.
/// </summary>
public sealed class SendMessage(
    TenantContext context,
    TenantDb db,
    NpgsqlDataSource database,
    MessageCache known,
    DeliveryWorker delivery,
    ServiceSettings settings,
    TimeProvider clock,
    IHttpContextAccessor accessor
)
{
    private const int MostSegments = 10;

    /// <summary>Platforms take 4 KiB, of which some are ours.</summary>
    private const int MostPush = 3_000;

    private static readonly TimeSpan Farthest = TimeSpan.FromDays(366);

    /// <param name="Recipient">An address, a telephone number, or for push messages the id of a user or a device.</param>
    /// <param name="TemplateName">Instead of subject and body.</param>
    /// <param name="TemplateVars">What the template is filled with.</param>
    /// <param name="Subject">Of a mail; the title of a push message.</param>
    /// <param name="Body">As text.</param>
    /// <param name="HtmlBody">Of a mail, as HTML, beside the text or instead of it.</param>
    /// <param name="Priority">Among the messages of the tenant: `high` overtakes `normal`, which overtakes `bulk`.</param>
    /// <param name="Category">`marketing` carries a way out, and is not sent to whoever took it.</param>
    /// <param name="Locale">The language of the template; not given: `Accept-Language`, the recipient's own, the tenant's.</param>
    /// <param name="SendAt">Not before; a year from now at most.</param>
    public sealed record Request(
        [Needed, ShortText(320)] string? Recipient,
        [ShortText(100)] string? TemplateName,
        JsonElement? TemplateVars,
        [ShortText(255)] string? Subject,
        string? Body,
        string? HtmlBody,
        Priority? Priority,
        Category? Category,
        [LanguageTag] string? Locale,
        DateTimeOffset? SendAt
    ) : IExample<Request>
    {
        public static Request Example =>
            new(
                "ada@example.com",
                "order_sent",
                JsonElement.Parse("""{"order":"4711","arrives":"2026-02-02"}"""),
                null,
                null,
                null,
                Foundation.Messaging.Priority.Normal,
                Foundation.Messaging.Category.Transactional,
                "de-CH",
                null
            );
    }

    /// <param name="Id">Of the message; of the first, where it goes to several devices.</param>
    /// <param name="Status">`queued`.</param>
    /// <param name="Ids">Of all.</param>
    /// <param name="Segments">Of an SMS: as many are paid for.</param>
    public sealed record Response(Guid Id, NotificationStatus Status, IReadOnlyList<Guid> Ids, int? Segments)
        : IExample<Response>
    {
        public static Response Example =>
            new(NotificationDocument.Example.Id, NotificationStatus.Queued, [NotificationDocument.Example.Id], null);
    }

    public static Task<Results<Accepted<Response>, Invalid, Conflicting, QuotaUsedUp>> Email(
        Request body,
        SendMessage send,
        CancellationToken cancel
    ) => send.Take(Channel.Email, body, cancel);

    public static Task<Results<Accepted<Response>, Invalid, Conflicting, QuotaUsedUp>> Sms(
        Request body,
        SendMessage send,
        CancellationToken cancel
    ) => send.Take(Channel.Sms, body, cancel);

    public static Task<Results<Accepted<Response>, Invalid, Conflicting, QuotaUsedUp>> Push(
        Request body,
        SendMessage send,
        CancellationToken cancel
    ) => send.Take(Channel.Push, body, cancel);

    private async Task<Results<Accepted<Response>, Invalid, Conflicting, QuotaUsedUp>> Take(
        Channel channel,
        Request body,
        CancellationToken cancel
    )
    {
        if (IsOff(channel) is { } setting)
            return Problems.Conflicting($"This installation sends no such messages: {setting} is off.");
        var now = clock.GetUtcNow();
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        CheckForm(channel, body, now, errors);
        var own = await known.Settings(db, cancel);
        var found = body.TemplateName is { } name ? await known.Template(db, name, cancel) : null;
        var template = found?.Compiled;
        if (body.TemplateName is not null && Unfit(channel, found) is { } unusable)
            errors["template_name"] = [unusable];
        else
            template?.Check(body.TemplateVars, errors);
        var number = channel == Channel.Sms ? Number(body.Recipient!, own, errors) : null;
        var recipient = channel switch
        {
            Channel.Email => Recipients.Normalized(channel, body.Recipient!, null),
            Channel.Sms => number?.E164,
            _ => Guid.TryParse(body.Recipient, out var id) ? id.ToString() : null,
        };
        if (recipient is null && !errors.ContainsKey("recipient"))
            errors["recipient"] =
            [
                channel == Channel.Email ? "must be an e-mail address"
                : channel == Channel.Sms ? "must be a telephone number"
                : "must be the id of a user or of a device",
            ];
        if (errors.Count > 0)
            return new Invalid(errors);

        var (user, locale) =
            channel == Channel.Email && template is null ? default : await Known(channel, recipient!, cancel);
        MessageParts parts;
        try
        {
            parts =
                template?.Render(body.TemplateVars, Wanted(body.Locale, locale, own.Locale), now)
                ?? new MessageParts(body.Subject, body.Body, body.HtmlBody);
        }
        catch (TemplateLimitException e)
        {
            return Problems.Invalid("template_vars", "make the template too large: " + e.Message);
        }
        var segments = channel == Channel.Sms ? SmsText.Of(parts.Text ?? "").Segments : (int?)null;
        if (CheckParts(channel, parts, segments, template is null ? "body" : "template_vars") is { } unfit)
            return unfit;

        IReadOnlyList<string> recipients = [recipient!];
        if (channel == Channel.Push && settings.Messages.PushTopic is null)
        {
            (recipients, user) = await DevicesOf(Guid.Parse(recipient!), cancel);
            if (recipients.Count == 0)
                return Problems.Invalid("recipient", "is no user with a device, and no device, of this tenant");
        }
        var isLater = body.SendAt > now;
        var messages = recipients
            .Select(one => new Notification
            {
                TenantId = context.TenantId,
                UserId = user,
                SentBy = context.SignedIn.UserId,
                Type = channel,
                Recipient = one,
                Subject = parts.Subject,
                TemplateName = template?.Name,
                Body = parts.Text,
                HtmlBody = parts.Html,
                Priority = body.Priority ?? Priority.Normal,
                Category = body.Category ?? Category.Transactional,
                IsReady = !isLater,
                DueAt = isLater ? body.SendAt!.Value.ToUniversalTime() : now,
                SendAt = isLater ? body.SendAt!.Value.ToUniversalTime() : null,
                Country = number?.Region,
                Segments = segments,
                CreatedAt = now,
            })
            .ToList();
        if (await Queue(channel, messages, number, cancel) is QuotaUsedUp full)
            return full;
        if (!isLater)
            Wake(channel);
        return TypedResults.Accepted(
            $"{settings.ApiPath}/notifications/{messages[0].Id}",
            new Response(
                messages[0].Id,
                NotificationStatus.Queued,
                [.. messages.Select(message => message.Id)],
                segments
            )
        );
    }

    /// <summary>Messages and their count are one change.</summary>
    /// <returns>the refusal; null: they are in the queue</returns>
    private async Task<Refusal?> Queue(
        Channel channel,
        List<Notification> messages,
        TelephoneNumber? number,
        CancellationToken cancel
    )
    {
        var (tenant, due, now) = (context.Tenant, messages[0].DueAt, messages[0].CreatedAt);
        // Under an Idempotency-Key there is a transaction already: mail, count and the answer that is kept are one change.
        if (
            channel == Channel.Email
            && db.Database.CurrentTransaction is null
            && await AcceptedMail.Queue(
                context,
                database,
                messages[0],
                settings.QuotaOf(tenant.SubscriptionTier).MessagesPerMonth,
                cancel
            )
        )
            return null;
        if (channel == Channel.Email)
            messages[0].UserId ??= (await Known(channel, messages[0].Recipient, cancel)).Id;
        await using var transaction = await db.Begin(cancel);
        if (
            number is { } to
            && await MessageQuota.TakeSms(
                db,
                settings,
                await known.Settings(db, cancel),
                tenant,
                to.E164,
                to.Region,
                messages[0].Segments!.Value,
                due,
                now,
                cancel
            )
                is { } spent
        )
            return spent;
        db.AddRange(messages);
        await db.SaveChangesAsync(cancel);
        // Last, as others who count wait for it.
        if (
            channel != Channel.Sms
            && await MessageQuota.Take(db, settings, tenant, channel, messages.Count, due, now, cancel) is { } full
        )
            return full;
        await transaction.CommitAsync(cancel);
        return null;
    }

    /// <summary>Once the message is there for others to see.</summary>
    private void Wake(Channel channel)
    {
        if (db.Database.CurrentTransaction is null)
        {
            delivery.Wake(channel);
            return;
        }
        accessor.HttpContext!.Response.OnCompleted(() =>
        {
            delivery.Wake(channel);
            return Task.CompletedTask;
        });
    }

    private string? IsOff(Channel channel) =>
        channel switch
        {
            Channel.Sms when settings.Messages.Sms == SnsTransport.Off => "SMS_TRANSPORT",
            Channel.Push when settings.Messages.Push == SnsTransport.Off => "PUSH_TRANSPORT",
            _ => null,
        };

    private static void CheckForm(
        Channel channel,
        Request body,
        DateTimeOffset now,
        Dictionary<string, string[]> errors
    )
    {
        if (body.SendAt > now + Farthest)
            errors["send_at"] = ["must be within a year"];
        if (body.TemplateName is not null)
        {
            foreach (
                var (member, value) in new[]
                {
                    ("subject", body.Subject),
                    ("body", body.Body),
                    ("html_body", body.HtmlBody),
                }
            )
            {
                if (value is not null)
                    errors[member] = ["must be left out: the template has it"];
            }
            return;
        }
        if (body.TemplateVars is { ValueKind: not JsonValueKind.Null and not JsonValueKind.Undefined })
            errors["template_vars"] = ["need a template_name"];
        if (channel == Channel.Email && string.IsNullOrWhiteSpace(body.Subject))
            errors["subject"] = ["is needed, or a template_name"];
        if (channel == Channel.Sms && body.Subject is not null)
            errors["subject"] = ["must be left out: an SMS has none"];
        if (channel != Channel.Email && body.HtmlBody is not null)
            errors["html_body"] = ["must be left out: only a mail has one"];
        if (
            string.IsNullOrWhiteSpace(body.Body)
            && (channel != Channel.Email || string.IsNullOrWhiteSpace(body.HtmlBody))
        )
            errors["body"] = ["is needed, or a template_name"];
    }

    private static string? Unfit(Channel channel, CachedTemplate? found) =>
        found switch
        {
            null => "is no active template of this tenant",
            { Compiled: null } => $"is a template that cannot be used as it is: {found.Fault}",
            { Compiled.IsSecurity: true } => "is a template of a mail that the service sends by itself",
            _ when found.Type != channel => $"is a template for {EnumText.Of(found.Type)}",
            _ => null,
        };

    private static Invalid? CheckParts(Channel channel, MessageParts parts, int? segments, string field)
    {
        if (string.IsNullOrWhiteSpace(parts.Text) && string.IsNullOrWhiteSpace(parts.Html))
            return Problems.Invalid(field, "leave nothing to say");
        if (parts.Text?.Length > MessageParts.MostText)
            return Problems.Invalid(field, $"must have {MessageParts.MostText} characters at most");
        if (parts.Html?.Length > MessageParts.MostHtml)
            return Problems.Invalid(
                field == "body" ? "html_body" : field,
                $"must have {MessageParts.MostHtml} characters at most"
            );
        if (parts.Fault() is { } fault)
            return Problems.Invalid(field, fault);
        if (segments > MostSegments)
            return Problems.Invalid(field, $"makes {segments} segments; an SMS may have {MostSegments}");
        return channel == Channel.Push && System.Text.Encoding.UTF8.GetByteCount(parts.Text + parts.Subject) > MostPush
            ? Problems.Invalid(field, $"must have {MostPush} bytes at most, title included")
            : null;
    }

    private static TelephoneNumber? Number(string text, NotificationSettings own, Dictionary<string, string[]> errors)
    {
        if (!TelephoneNumbers.TryParse(text, own.DefaultRegion, out var number))
        {
            errors["recipient"] =
            [
                own.DefaultRegion is null
                    ? "must be a telephone number with its country code, like +41791234567"
                    : "must be a telephone number",
            ];
            return null;
        }
        if (!number.CanTakeSms)
            errors["recipient"] = ["must be the number of a telephone that takes SMS"];
        else if (!Allowed(own).Contains(number.Region, StringComparer.Ordinal))
            errors["recipient"] =
            [
                $"is in {number.Region}, where this tenant sends no SMS: see sms_countries and default_region in notifications/settings",
            ];
        return number;
    }

    private static string[] Allowed(NotificationSettings own) =>
        own.SmsCountries.Length > 0 ? own.SmsCountries
        : own.DefaultRegion is { } region ? [region]
        : [];

    /// <summary>The user whom the recipient is of, where there is one, and the language that they want.</summary>
    private async Task<(Guid? Id, string? Locale)> Known(Channel channel, string recipient, CancellationToken cancel)
    {
        var users = db.Set<User>().AsNoTracking();
        if (channel == Channel.Sms)
            return (null, null); // numbers are not unique
        var normalized = User.Normalize(recipient);
        var id = channel == Channel.Push ? Guid.Parse(recipient) : Guid.Empty;
        var found = await (
            channel == Channel.Email
                ? users.Where(user => user.EmailNormalized == normalized)
                : users.Where(user =>
                    user.Id == id || db.Set<Device>().Any(device => device.Id == id && device.UserId == user.Id)
                )
        )
            .Select(user => new { user.Id, user.Locale })
            .FirstOrDefaultAsync(cancel);
        return (found?.Id, found?.Locale);
    }

    private async Task<(IReadOnlyList<string> Devices, Guid? User)> DevicesOf(Guid id, CancellationToken cancel)
    {
        var devices = await db.Set<Device>()
            .AsNoTracking()
            .Where(device => (device.Id == id || device.UserId == id) && device.RetiredBecause == null)
            .OrderBy(device => device.Id)
            .Select(device => new { device.Id, device.UserId })
            .ToListAsync(cancel);
        return ([.. devices.Select(device => device.Id.ToString())], devices.FirstOrDefault()?.UserId);
    }

    private List<string> Wanted(string? asked, string? ofUser, string ofTenant)
    {
        List<string> wanted = asked is null
            ? [.. Locale.Accepted(accessor.HttpContext?.Request.Headers.AcceptLanguage.ToString())]
            : [asked];
        if (ofUser is not null)
            wanted.Add(ofUser);
        wanted.Add(ofTenant);
        return wanted;
    }
}
