using System.Diagnostics;
using System.Net;
using System.Text;
using Npgsql;
using Tenantry.Foundation.Access;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Outbox;

namespace Tenantry.Features.Notifications;

/// <summary>
/// What was mailed, as a page or as JSON, newest first. It shows the mail of all tenants, one-time tokens included, so it exists in
/// Development only.
/// </summary>
public static class DevMailbox
{
    public sealed record Item(string Recipient, string Channel, string? Subject, string Body, DateTimeOffset CreatedAt);

    public sealed record Mailbox(IReadOnlyList<Item> Items);

    private const int MostShown = 200;

    /// <summary>A message is there some milliseconds after the request that sent it. Whoever looks at once sees it all the same.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(10);

    public static void MapDevMailbox(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/dev/mailbox", Show).Public("a developer's own machine").ExcludeFromDescription();

    private static async Task<IResult> Show(string? recipient, HttpContext http, NpgsqlDataSource dataSource, SealedText sealing, CancellationToken cancel)
    {
        for (var since = Stopwatch.GetTimestamp(); await Waits(recipient, dataSource, cancel) && Stopwatch.GetElapsedTime(since) < Patience;)
            await Task.Delay(Again, cancel);
        var messages = await Read(recipient, dataSource, sealing, cancel);
        var wantsJson = recipient is not null || http.Request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase));
        return wantsJson ? TypedResults.Ok(new Mailbox(messages)) : WebPage.Show(http, "Mailbox", Html(messages));
    }

    private static async Task<bool> Waits(string? recipient, NpgsqlDataSource dataSource, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand($"SELECT {Doors.MailboxWaits}($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)recipient ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<List<Item>> Read(string? recipient, NpgsqlDataSource dataSource, SealedText sealing, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand($"SELECT tenant_id, id, recipient, type, subject, coalesce(body, html_body, ''), created_at, sealed_text FROM {Doors.ReadDevelopmentMailbox}($1, $2)");
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)recipient ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostShown });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var messages = new List<Item>();
        while (await reader.ReadAsync(cancel))
        {
            var parts = reader.IsDBNull(7) ? null : sealing.Open(reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<byte[]>(7));
            messages.Add(new Item(
                reader.GetString(2), reader.GetString(3), parts is null ? reader.GetStringOrNull(4) : parts.Subject, parts?.Text ?? parts?.Html ?? reader.GetString(5), reader.GetFieldValue<DateTimeOffset>(6)));
        }
        return messages;
    }

    private static string Html(List<Item> messages)
    {
        var page = new StringBuilder();
        if (messages.Count == 0)
            page.Append("<p>Nothing was sent yet.</p>");
        foreach (var message in messages)
        {
            page.Append("<article><h2>").Append(WebUtility.HtmlEncode(message.Subject ?? message.Channel)).Append("</h2><small>to ")
                .Append(WebUtility.HtmlEncode(message.Recipient)).Append(", ").Append(message.CreatedAt.ToString("u")).Append("</small><pre>");
            AppendWithLinks(page, message.Body);
            page.Append("</pre></article>");
        }
        return page.ToString();
    }

    private static void AppendWithLinks(StringBuilder page, string body)
    {
        foreach (var line in body.Split('\n'))
        {
            var text = WebUtility.HtmlEncode(line.Trim('\r'));
            page.Append(Uri.TryCreate(line.Trim(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? $"<a href=\"{text.Trim()}\">{text}</a>" : text).Append('\n');
        }
    }
}
