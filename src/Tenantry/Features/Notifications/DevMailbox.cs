using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Security.Access;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Features.Notifications;

/// <summary>
/// The messages that were sent, as a page or as JSON, newest first. It shows the messages of all tenants, with their
/// one-time links, so it exists in Development only. <see cref="DevMailboxMessage"/> shows one message.
/// </summary>
public static class DevMailbox
{
    public sealed record Item(string Recipient, string Channel, string? Subject, string Body, DateTimeOffset CreatedAt);

    public sealed record Mailbox(IReadOnlyList<Item> Items);

    internal const string Path = "/dev/mailbox";

    private const int MaxItems = 200;

    /// <summary>
    /// The worker sends a message some milliseconds after the request that queued it. The mailbox waits for it, so that
    /// a developer who looks at once sees it.
    /// </summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private sealed record Listed(Guid Tenant, Guid Id, Item Item);

    public static void MapDevMailbox(this IEndpointRouteBuilder routes)
    {
        var mailbox = routes.MapGroup(Path).Public("a developer's own machine").ExcludeFromDescription();
        mailbox.MapGet("", Show);
        mailbox.MapGet("/{tenant:guid}/{id:guid}", DevMailboxMessage.Show);
        mailbox.MapGet("/{tenant:guid}/{id:guid}/html", DevMailboxMessage.ShowHtml);
    }

    private static async Task<IResult> Show(
        string? recipient,
        string? q,
        HttpContext http,
        NpgsqlDataSource dataSource,
        SealedText sealing,
        CancellationToken cancel
    )
    {
        var since = Stopwatch.GetTimestamp();
        recipient = recipient is null ? null : EmailAddress.ForDelivery(recipient);
        while (await IsSending(recipient, dataSource, cancel) && Stopwatch.GetElapsedTime(since) < MaxWait)
            await Task.Delay(PollInterval, cancel);
        var messages = await Read(recipient, dataSource, sealing, cancel);
        if (q is { Length: > 0 })
            messages.RemoveAll(one => !IsFound(one.Item, q));
        var wantsJson =
            recipient is not null
            || http.Request.GetTypedHeaders()
                .Accept.Any(type => type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase));
        return wantsJson
            ? TypedResults.Ok(new Mailbox([.. messages.Select(one => one.Item)]))
            : WebPage.Show(http, "Mailbox", Html(messages, q));
    }

    private static bool IsFound(Item item, string q) =>
        item.Recipient.Contains(q, StringComparison.OrdinalIgnoreCase)
        || item.Subject?.Contains(q, StringComparison.OrdinalIgnoreCase) == true
        || item.Body.Contains(q, StringComparison.OrdinalIgnoreCase);

    private static async Task<bool> IsSending(
        string? recipient,
        NpgsqlDataSource dataSource,
        CancellationToken cancel
    ) =>
        (
            await dataSource.QueryAsPlatform(
                new($"SELECT {DatabaseFunctions.MailboxWaits}($1)") { Parameters = { Parameter(recipient) } },
                static row => row.GetBoolean(0),
                cancel
            )
        )[0];

    private static Task<List<Listed>> Read(
        string? recipient,
        NpgsqlDataSource dataSource,
        SealedText sealing,
        CancellationToken cancel
    ) =>
        dataSource.QueryAsPlatform(
            new(
                $"SELECT tenant_id, id, recipient, type, subject, coalesce(body, html_body, ''), created_at, sealed_text FROM {DatabaseFunctions.ReadDevelopmentMailbox}($1, $2)"
            )
            {
                Parameters = { Parameter(recipient), Parameter(MaxItems) },
            },
            row =>
            {
                var parts = row.IsDBNull(7)
                    ? null
                    : sealing.Open(row.GetGuid(0), row.GetGuid(1), row.GetFieldValue<byte[]>(7));
                return new Listed(
                    row.GetGuid(0),
                    row.GetGuid(1),
                    new Item(
                        row.GetString(2),
                        row.GetString(3),
                        parts is null ? row.GetStringOrNull(4) : parts.Subject,
                        parts?.Text ?? parts?.Html ?? row.GetString(5),
                        row.GetFieldValue<DateTimeOffset>(6)
                    )
                );
            },
            cancel
        );

    private static string Html(List<Listed> messages, string? q)
    {
        var page = new StringBuilder(
            $"""<form role="search"><label for="q">Search recipient, subject and text</label><input type="search" id="q" name="q" value="{WebUtility.HtmlEncode(q)}"><p><button>Search</button></p></form>"""
        );
        if (messages.Count == 0)
            page.Append(
                q is { Length: > 0 } ? "<p>No message contains this.</p>" : "<p>No messages were sent yet.</p>"
            );
        foreach (var (tenant, id, message) in messages)
        {
            page.Append(CultureInfo.InvariantCulture, $"<article><h2><a href=\"{Path}/{tenant}/{id}\">")
                .Append(WebUtility.HtmlEncode(message.Subject ?? message.Channel))
                .Append("</a></h2><small>to ")
                .Append(WebUtility.HtmlEncode(message.Recipient))
                .Append(", ")
                .Append(message.CreatedAt.ToString("u"))
                .Append("</small><pre>");
            AppendWithLinks(page, message.Body);
            page.Append("</pre></article>");
        }
        return page.ToString();
    }

    internal static void AppendWithLinks(StringBuilder page, string body)
    {
        foreach (var line in body.Split('\n'))
        {
            var text = WebUtility.HtmlEncode(line.Trim('\r'));
            page.Append(
                    Uri.TryCreate(line.Trim(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                        ? $"<a href=\"{text.Trim()}\">{text}</a>"
                        : text
                )
                .Append('\n');
        }
    }
}
