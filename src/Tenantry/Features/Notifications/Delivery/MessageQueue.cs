using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using static Tenantry.Foundation.Data.Database.QueryAsTenant;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>
/// The queue as a worker sees it. A door says whose messages come next; what they say is read, and what became of them written, as the tenant of each. Of two
/// workers one gets a message, and for as long as its lease lasts.
/// </summary>
public sealed class MessageQueue(NpgsqlDataSource dataSource, SealedText sealing, ServiceSettings settings)
{
    private const string Contents = """
        SELECT n.tenant_id, n.id, n.attempts, n.type, n.recipient, n.subject, n.body, n.html_body, n.category, n.is_secret, coalesce(n.send_at, n.created_at),
               t.name, t.sender_name, t.sender_address, CASE WHEN t.custom_domain_verified_at IS NOT NULL THEN t.custom_domain END, t.is_active, coalesce(s.redact_bodies, false),
               (SELECT x.reason FROM notification_suppressions x
                WHERE x.tenant_id = n.tenant_id AND x.type = n.type AND x.recipient = lower(n.recipient)
                  AND (x.reason IN ('bounce', 'complaint') OR (x.reason = 'manual' AND n.sent_by IS NOT NULL) OR (x.reason = 'unsubscribe' AND n.category = 'marketing'))
                LIMIT 1),
               d.id, d.token, d.endpoint_arn, d.retired_because, n.cause, n.sealed_text
        FROM notification_logs n JOIN tenants t ON t.id = n.tenant_id LEFT JOIN notification_settings s ON s.tenant_id = n.tenant_id
             LEFT JOIN devices d ON n.type = 'push' AND d.tenant_id = n.tenant_id AND d.id::text = n.recipient
        WHERE n.tenant_id = $1 AND n.id = ANY ($2) AND n.worker_id = $3 AND n.status = 'sending'
        """;

    // Feedback may have been faster than we: it is not written over.
    private const string Ended = """
        UPDATE notification_logs SET status = CASE WHEN status = 'sending' THEN $4 ELSE status END, is_ready = $5, due_at = now() + $6, error_message = $7,
               provider_id = coalesce($8, provider_id), transport = coalesce($9, transport), sent_at = CASE WHEN $4 = 'sent' THEN now() ELSE sent_at END,
               body = CASE WHEN $10 THEN NULL ELSE body END, html_body = CASE WHEN $10 THEN NULL ELSE html_body END,
               sealed_text = CASE WHEN $10 THEN NULL ELSE sealed_text END, attempts = $11
        WHERE tenant_id = $1 AND id = $2 AND worker_id = $3 AND attempts = $12
        """;

    private readonly Guid worker = Guid.CreateVersion7();

    /// <param name="channel">whose workers ask</param>
    /// <param name="most">messages at a time</param>
    /// <param name="served">the tenant that came last</param>
    /// <param name="cancel">gives nothing back that was claimed: its lease ends</param>
    public async Task<IReadOnlyList<Message>> Claim(Channel channel, int most, Guid served, CancellationToken cancel)
    {
        var claimed = new List<(Guid Tenant, Guid Id)>();
        await using (
            var command = dataSource.CreateCommand(
                $"SELECT tenant_id, id FROM {DatabaseFunctions.ClaimMessages}($1, $2, $3, $4, $5, true)"
            )
        )
        {
            command.Parameters.Add(Parameter(EnumText.Of(channel)));
            command.Parameters.Add(Parameter(worker));
            command.Parameters.Add(Parameter(most));
            command.Parameters.Add(Parameter(settings.Messages.Lease));
            command.Parameters.Add(Parameter(served));
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                claimed.Add((reader.GetGuid(0), reader.GetGuid(1)));
        }
        return claimed.Count == 0 ? [] : await Read(claimed, cancel);
    }

    /// <summary>In one round trip, however many tenants they are of.</summary>
    /// <exception cref="NpgsqlException">nothing of it is written</exception>
    public Task Write(IReadOnlyList<Ending> endings, CancellationToken cancel) =>
        dataSource.Execute(StatementsOf(endings), cancel);

    private IEnumerable<NpgsqlBatchCommand> StatementsOf(IReadOnlyList<Ending> endings)
    {
        foreach (var tenant in endings.GroupBy(ending => ending.Message.TenantId).OrderBy(tenant => tenant.Key))
        {
            yield return TenantStatement.For(tenant.Key);
            foreach (var ending in tenant.OrderBy(ending => ending.Message.Id))
            {
                yield return EndingOf(ending);
                if (ending.Device is { } device)
                    yield return DeviceOf(ending.Message, device);
            }
        }
    }

    private async Task<IReadOnlyList<Message>> Read(List<(Guid Tenant, Guid Id)> claimed, CancellationToken cancel)
    {
        var messages = new List<Message>(claimed.Count);
        await using var batch = dataSource.CreateBatch();
        foreach (var tenant in claimed.GroupBy(one => one.Tenant, one => one.Id))
        {
            batch.BatchCommands.Add(TenantStatement.For(tenant.Key));
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand(Contents)
                {
                    Parameters = { Parameter(tenant.Key), Parameter(tenant.ToArray()), Parameter(worker) },
                }
            );
        }
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        do
        {
            while (await reader.ReadAsync(cancel))
            {
                if (reader.FieldCount > 1) // the tenant's own statement answers too
                    messages.Add(Of(reader));
            }
        } while (await reader.NextResultAsync(cancel));
        return messages;
    }

    private Message Of(NpgsqlDataReader reader)
    {
        var message = new Message(
            reader.GetGuid(0),
            reader.GetGuid(1),
            reader.GetInt32(2),
            EnumText.To<Channel>(reader.GetString(3)),
            reader.GetString(4),
            reader.GetStringOrNull(5),
            reader.GetStringOrNull(6),
            reader.GetStringOrNull(7),
            EnumText.To<Category>(reader.GetString(8)),
            reader.GetBoolean(9),
            reader.GetFieldValue<DateTimeOffset>(10),
            new TenantOfMessage(
                reader.GetString(11),
                reader.GetStringOrNull(12),
                reader.GetStringOrNull(13),
                reader.GetStringOrNull(14),
                reader.GetBoolean(15),
                reader.GetBoolean(16)
            ),
            reader.GetStringOrNull(17),
            reader.IsDBNull(18)
                ? null
                : new DeviceOfMessage(
                    reader.GetGuid(18),
                    reader.GetString(19),
                    reader.GetStringOrNull(20),
                    reader.GetStringOrNull(21)
                ),
            reader.GetStringOrNull(22)
        );
        // What does not open any more has no text: it fails, and its sender asks anew.
        return
            !reader.IsDBNull(23)
            && sealing.Open(message.TenantId, message.Id, reader.GetFieldValue<byte[]>(23)) is { } parts
            ? message with
            {
                Subject = parts.Subject,
                Text = parts.Text,
                Html = parts.Html,
            }
            : message;
    }

    private NpgsqlBatchCommand EndingOf(Ending ending) =>
        new(Ended)
        {
            Parameters =
            {
                Parameter(ending.Message.TenantId),
                Parameter(ending.Message.Id),
                Parameter(worker),
                Parameter(EnumText.Of(ending.Status)),
                Parameter(ending.IsUntouched),
                Parameter(ending.Again),
                Parameter(ending.Reason),
                Parameter(ending.ProviderId),
                Parameter(ending.Transport),
                Parameter(ending.Forgets),
                Parameter(ending.Message.Attempt - (ending.IsUntouched ? 1 : 0)),
                Parameter(ending.Message.Attempt),
            },
        };

    private static NpgsqlBatchCommand DeviceOf(Message message, DeviceChange change) =>
        new(
            "UPDATE devices SET endpoint_arn = coalesce($3, endpoint_arn), retired_because = coalesce($4, retired_because) WHERE tenant_id = $1 AND id = $2"
        )
        {
            Parameters =
            {
                Parameter(message.TenantId),
                Parameter(message.Device!.Id),
                Parameter(change.EndpointArn is { } arn ? DeliveryWorker.Shown(arn) : null),
                Parameter(change.RetiredBecause is { } reason ? DeliveryWorker.Shown(reason) : null),
            },
        };
}

/// <summary>A message that a worker holds.</summary>
/// <param name="TenantId">whose</param>
/// <param name="Id">which</param>
/// <param name="Attempt">the how many-th</param>
/// <param name="Channel">by which it goes</param>
/// <param name="Recipient">as it was given</param>
/// <param name="Subject">in one line</param>
/// <param name="Text">as text</param>
/// <param name="Html">as HTML</param>
/// <param name="Category">what it is for</param>
/// <param name="IsSecret">it holds a token</param>
/// <param name="Since">since when it was to be sent</param>
/// <param name="Tenant">what its sender is called</param>
/// <param name="Suppressed">why it must not be sent; null: it may</param>
/// <param name="Device">of a push message; null there: it is gone</param>
/// <param name="Cause">the <c>traceparent</c> of the request that it comes from</param>
public sealed record Message(
    Guid TenantId,
    Guid Id,
    int Attempt,
    Channel Channel,
    string Recipient,
    string? Subject,
    string? Text,
    string? Html,
    Category Category,
    bool IsSecret,
    DateTimeOffset Since,
    TenantOfMessage Tenant,
    string? Suppressed,
    DeviceOfMessage? Device,
    string? Cause = null
)
{
    // A record would print its texts.
    public override string ToString() => Id.ToString();
}

/// <param name="Name">of the tenant</param>
/// <param name="SenderName">of its mails</param>
/// <param name="SenderAddress">of its mails</param>
/// <param name="Domain">which it has proved to be its own</param>
/// <param name="IsActive">whether it sends anything at all</param>
/// <param name="RedactsBodies">whether texts go once they are sent</param>
public sealed record TenantOfMessage(
    string Name,
    string? SenderName,
    string? SenderAddress,
    string? Domain,
    bool IsActive,
    bool RedactsBodies
);

/// <param name="Id">of the device</param>
/// <param name="Token">as the platform gave it</param>
/// <param name="EndpointArn">as SNS knows it; null: not yet</param>
/// <param name="RetiredBecause">why it gets nothing any more</param>
public sealed record DeviceOfMessage(Guid Id, string Token, string? EndpointArn, string? RetiredBecause);

/// <param name="EndpointArn">as SNS knows it from now on</param>
/// <param name="RetiredBecause">why it gets nothing from now on</param>
public sealed record DeviceChange(string? EndpointArn = null, string? RetiredBecause = null);

/// <summary>What became of an attempt, for the table.</summary>
/// <param name="Message">which</param>
/// <param name="Status">from now on</param>
/// <param name="Reason">where it is not good news</param>
/// <param name="Again">queued: after which time</param>
/// <param name="ProviderId">what the provider calls it</param>
/// <param name="Transport">by which it went</param>
/// <param name="Forgets">its text goes</param>
/// <param name="IsUntouched">it was not even tried: it is as if it had not been claimed</param>
/// <param name="Device">what was learned of the device</param>
public sealed record Ending(
    Message Message,
    NotificationStatus Status,
    string? Reason = null,
    TimeSpan Again = default,
    string? ProviderId = null,
    string? Transport = null,
    bool Forgets = false,
    bool IsUntouched = false,
    DeviceChange? Device = null
);
