using System.Text;
using System.Text.Json;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>
/// A message before it is queued. All its faults are found now, and its texts are final: the recipient gets what a
/// preview showed.
/// </summary>
public sealed class MessageDraft
{
    private const int MaxSegments = 10;

    /// <summary>The platforms accept 4 KiB, and the service needs a part of them.</summary>
    private const int MaxPushBytes = 3_000;

    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(366);

    private MessageDraft(
        Channel channel,
        SendMessageRequest request,
        NotificationSettings settings,
        DateTimeOffset now
    ) => (Channel, Request, Settings, Now) = (channel, request, settings, now);

    public Channel Channel { get; }
    public SendMessageRequest Request { get; }

    /// <summary>The tenant's settings for its messages.</summary>
    public NotificationSettings Settings { get; }
    public DateTimeOffset Now { get; }

    /// <summary>Null: the request contains the texts itself, or its template cannot be used.</summary>
    public CompiledTemplate? Template { get; private set; }

    /// <summary>What is wrong with the request, by member.</summary>
    public Dictionary<string, string[]> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>The final texts, once they are rendered.</summary>
    public MessageParts Parts { get; private set; } = new(null, null, null);

    /// <summary>The segments of a rendered SMS.</summary>
    public int? Segments { get; private set; }

    public bool IsLater => Request.SendAt > Now;

    /// <summary>When the message is due: now, or at <c>send_at</c>.</summary>
    public DateTimeOffset DueAt => IsLater ? Request.SendAt!.Value.ToUniversalTime() : Now;

    /// <summary>Checks a request and reads its template. The operation adds what is wrong with the recipient.</summary>
    public static async Task<MessageDraft> Of(
        Channel channel,
        SendMessageRequest request,
        TenantDb db,
        MessageCache cache,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var draft = new MessageDraft(channel, request, await cache.Settings(db, cancel), now);
        AddFaults(channel, request, now, draft.Errors);
        if (request.TemplateName is { } name)
            draft.Use(await cache.Template(db, name, cancel));
        return draft;
    }

    /// <summary>
    /// Writes the final texts: those of the request, or those of the template with the request's values.
    /// </summary>
    /// <param name="ofUser">The language that the recipient prefers; null: it is unknown.</param>
    /// <param name="http">The request, for its <c>Accept-Language</c>.</param>
    /// <returns>What is wrong with the texts; null: they can be sent.</returns>
    public Invalid? Render(string? ofUser, HttpRequest http)
    {
        try
        {
            Parts =
                Template?.Render(Request.TemplateVars, Locales(ofUser, http), Now)
                ?? new MessageParts(Request.Subject, Request.Body, Request.HtmlBody);
        }
        catch (TemplateLimitException e)
        {
            return Problems.Invalid("template_vars", "make the template too large: " + e.Message);
        }
        Segments = Channel == Channel.Sms ? SmsText.Of(Parts.Text ?? "").Segments : null;
        return CheckParts(Template is null ? "body" : "template_vars");
    }

    /// <summary>Adds the faults of the request that are found without the database.</summary>
    internal static void AddFaults(
        Channel channel,
        SendMessageRequest request,
        DateTimeOffset now,
        Dictionary<string, string[]> errors
    )
    {
        if (request.SendAt > now + MaxDelay)
            errors["send_at"] = ["must be within a year"];
        // A name of the wrong type is a name too: its texts would be missing for no reason.
        if (request.TemplateName is not null || errors.ContainsKey("template_name"))
        {
            RefuseText("subject", request.Subject);
            RefuseText("body", request.Body);
            RefuseText("html_body", request.HtmlBody);
            return;
        }
        if (request.TemplateVars is { ValueKind: not JsonValueKind.Null and not JsonValueKind.Undefined })
            errors["template_vars"] = ["need a template_name"];
        if (channel == Channel.Email && string.IsNullOrWhiteSpace(request.Subject))
            errors["subject"] = ["is needed, or a template_name"];
        if (channel == Channel.Sms && request.Subject is not null)
            errors["subject"] = ["must be left out: an SMS has no subject"];
        if (channel != Channel.Email && request.HtmlBody is not null)
            errors["html_body"] = ["must be left out: only an e-mail has an HTML body"];
        var isHtml =
            channel == Channel.Email
            && (!string.IsNullOrWhiteSpace(request.HtmlBody) || errors.ContainsKey("html_body"));
        if (string.IsNullOrWhiteSpace(request.Body) && !isHtml)
            errors["body"] = ["is needed, or a template_name"];

        void RefuseText(string member, string? value)
        {
            if (value is not null)
                errors[member] = ["must be left out: the template contains it"];
        }
    }

    private void Use(CachedTemplate? found)
    {
        Template = found?.Compiled;
        if (Unusable(found) is { } reason)
            Errors["template_name"] = [reason];
        else
            Template!.Check(Request.TemplateVars, Errors);
    }

    private string? Unusable(CachedTemplate? found) =>
        found switch
        {
            null => "must be the name of an active template of this tenant",
            { Compiled: null } => $"is a template with a fault: {found.Fault}",
            { Compiled.IsSecurity: true } => "must not be a security mail: only the service sends those",
            _ when found.Type != Channel => $"is a template for {EnumText.ToText(found.Type)}",
            _ => null,
        };

    private Invalid? CheckParts(string field)
    {
        if (string.IsNullOrWhiteSpace(Parts.Text) && string.IsNullOrWhiteSpace(Parts.Html))
            return Problems.Invalid(field, "must not result in a message without text");
        if (Parts.Text?.Length > MessageParts.MaxText)
            return Problems.Invalid(field, $"must have {MessageParts.MaxText} characters at most");
        if (Parts.Html?.Length > MessageParts.MaxHtml)
            return Problems.Invalid(
                field == "body" ? "html_body" : field,
                $"must have {MessageParts.MaxHtml} characters at most"
            );
        if (Parts.Fault() is { } fault)
            return Problems.Invalid(field, fault);
        if (Segments > MaxSegments)
            return Problems.Invalid(field, $"makes {Segments} segments; an SMS may have {MaxSegments}");
        return Channel == Channel.Push && Encoding.UTF8.GetByteCount(Parts.Text + Parts.Subject) > MaxPushBytes
            ? Problems.Invalid(field, $"must have {MaxPushBytes} bytes at most, title included")
            : null;
    }

    private List<string> Locales(string? ofUser, HttpRequest http)
    {
        List<string> locales = Request.Locale is { } locale
            ? [locale]
            : [.. Locale.Accepted(http.Headers.AcceptLanguage.ToString())];
        if (ofUser is not null)
            locales.Add(ofUser);
        locales.Add(Settings.Locale);
        return locales;
    }
}
