using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>
/// The queue of messages. A cross-tenant function selects the messages to send next. Their texts are read, and their
/// results written, as the tenant of each message. Only one worker has a message at a time, for the duration of its
/// lease.
/// </summary>
public sealed class MessageQueue(NpgsqlDataSource dataSource, SealedText sealing, ServiceSettings settings)
{
    /// <summary>
    /// The forms of a recipient in lower case. <c>lower</c> follows the collation of the database, which may know ASCII
    /// alone; ICU knows all letters, and makes the final sigma of a word as .NET does not.
    /// </summary>
    private const string LowerRecipients = """
        lower(n.recipient), lower(n.recipient COLLATE "und-x-icu"), replace(lower(n.recipient COLLATE "und-x-icu"), 'ς', 'σ')
        """;

    private const string Contents = $"""
        SELECT n.tenant_id, n.id, n.attempts, n.type, n.recipient, n.subject, n.body, n.html_body, n.category, n.is_secret, coalesce(n.send_at, n.created_at),
               t.name, t.sender_name, t.sender_address, CASE WHEN t.custom_domain_verified_at IS NOT NULL THEN t.custom_domain END, t.is_active, coalesce(s.redact_bodies, false),
               (SELECT x.reason FROM notification_suppressions x
                WHERE x.tenant_id = n.tenant_id AND x.type = n.type AND x.recipient IN ({LowerRecipients})
                  AND (x.reason IN ('bounce', 'complaint') OR (x.reason = 'manual' AND n.sent_by IS NOT NULL) OR (x.reason = 'unsubscribe' AND n.category = 'marketing'))
                LIMIT 1),
               d.id, d.token, d.endpoint_arn, d.retired_because, n.cause, n.sealed_text
        FROM notification_logs n JOIN tenants t ON t.id = n.tenant_id LEFT JOIN notification_settings s ON s.tenant_id = n.tenant_id
             LEFT JOIN devices d ON n.type = 'push' AND d.tenant_id = n.tenant_id AND d.id::text = n.recipient
        WHERE n.tenant_id = $1 AND n.id = ANY ($2) AND n.worker_id = $3 AND n.status = 'sending'
        """;

    // Feedback of the provider may have arrived before the result: its status is not overwritten.
    private const string WriteResult = """
        UPDATE notification_logs SET status = CASE WHEN status = 'sending' THEN $4 ELSE status END, is_ready = $5, due_at = now() + $6, error_message = $7,
               provider_id = coalesce($8, provider_id), transport = coalesce($9, transport), sent_at = CASE WHEN $4 = 'sent' THEN now() ELSE sent_at END,
               body = CASE WHEN $10 THEN NULL ELSE body END, html_body = CASE WHEN $10 THEN NULL ELSE html_body END,
               sealed_text = CASE WHEN $10 THEN NULL ELSE sealed_text END, attempts = $11
        WHERE tenant_id = $1 AND id = $2 AND worker_id = $3 AND attempts = $12
        """;

    private readonly Guid worker = Guid.CreateVersion7();

    /// <summary>The channels that have messages to send: those in the queue, and those that have become due.</summary>
    public async Task<IReadOnlyList<Channel>> DueChannels(CancellationToken cancel)
    {
        var channels = new List<Channel>();
        await using var command = dataSource.CreateCommand($"SELECT channel FROM {DatabaseFunctions.DueChannels}()");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            channels.Add(EnumText.Parse<Channel>(reader.GetString(0)));
        return channels;
    }

    /// <summary>Claims messages that are due, from each tenant in turn.</summary>
    /// <param name="channel">The channel of the messages.</param>
    /// <param name="most">The largest number of messages to claim.</param>
    /// <param name="lastServed">The tenant that was served last: the claim begins after it.</param>
    /// <param name="cancel">Stops waiting. Messages that were claimed become available when their lease ends.</param>
    public async Task<IReadOnlyList<Message>> Claim(
        Channel channel,
        int most,
        Guid lastServed,
        CancellationToken cancel
    )
    {
        var claimed = new List<(Guid Tenant, Guid Id)>();
        await using (
            var command = dataSource.CreateCommand(
                $"SELECT tenant_id, id FROM {DatabaseFunctions.ClaimMessages}($1, $2, $3, $4, $5, true)"
            )
        )
        {
            command.Parameters.Add(Parameter(EnumText.ToText(channel)));
            command.Parameters.Add(Parameter(worker));
            command.Parameters.Add(Parameter(most));
            command.Parameters.Add(Parameter(settings.Messages.Lease));
            command.Parameters.Add(Parameter(lastServed));
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                claimed.Add((reader.GetGuid(0), reader.GetGuid(1)));
        }
        return claimed.Count == 0 ? [] : await Read(claimed, cancel);
    }

    /// <summary>Writes the results of deliveries in one round trip, for any number of tenants.</summary>
    /// <exception cref="NpgsqlException">None of the results is written.</exception>
    public Task Write(IReadOnlyList<DeliveryResult> results, CancellationToken cancel) =>
        dataSource.Execute(StatementsOf(results), cancel);

    private IEnumerable<NpgsqlBatchCommand> StatementsOf(IReadOnlyList<DeliveryResult> results)
    {
        foreach (var tenant in results.GroupBy(result => result.Message.TenantId).OrderBy(tenant => tenant.Key))
        {
            yield return TenantStatement.For(tenant.Key);
            foreach (var result in tenant.OrderBy(result => result.Message.Id))
            {
                yield return WriteOf(result);
                if (result.Device is { } device)
                    yield return DeviceOf(result.Message, device);
            }
        }
    }

    private async Task<IReadOnlyList<Message>> Read(List<(Guid Tenant, Guid Id)> claimed, CancellationToken cancel)
    {
        var messages = new List<Message>(claimed.Count);
        await using var batch = dataSource.CreateBatch();
        foreach (var tenant in claimed.GroupBy(message => message.Tenant, message => message.Id))
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
                if (reader.FieldCount > 1) // the statement that sets the tenant returns one column
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
            EnumText.Parse<Channel>(reader.GetString(3)),
            reader.GetString(4),
            reader.GetStringOrNull(5),
            reader.GetStringOrNull(6),
            reader.GetStringOrNull(7),
            EnumText.Parse<Category>(reader.GetString(8)),
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
        // A sealed text that cannot be decrypted any more is missing: the message fails, and its user requests a new
        // one.
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

    private NpgsqlBatchCommand WriteOf(DeliveryResult result) =>
        new(WriteResult)
        {
            Parameters =
            {
                Parameter(result.Message.TenantId),
                Parameter(result.Message.Id),
                Parameter(worker),
                Parameter(EnumText.ToText(result.Status)),
                Parameter(result.WasNotAttempted),
                Parameter(result.RetryAfter),
                Parameter(result.Reason),
                Parameter(result.ProviderId),
                Parameter(result.Transport),
                Parameter(result.ErasesText),
                Parameter(result.Message.Attempt - (result.WasNotAttempted ? 1 : 0)),
                Parameter(result.Message.Attempt),
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
                Parameter(change.EndpointArn is { } arn ? ProviderText.Storable(arn) : null),
                Parameter(change.RetiredBecause is { } reason ? ProviderText.Storable(reason) : null),
            },
        };
}

/// <summary>A message that a worker has claimed.</summary>
/// <param name="TenantId">The tenant of the message.</param>
/// <param name="Id">The id of the message.</param>
/// <param name="Attempt">The number of this attempt, from 1.</param>
/// <param name="Channel">The channel of the message.</param>
/// <param name="Recipient">The e-mail address, the telephone number in E.164, or the id of the device.</param>
/// <param name="Subject">The subject or title, in one line.</param>
/// <param name="Text">The body as plain text.</param>
/// <param name="Html">The body as HTML.</param>
/// <param name="Category">The purpose of the message.</param>
/// <param name="IsSecret">Whether it contains a one-time link or code.</param>
/// <param name="Since">When the message was due first.</param>
/// <param name="Tenant">The sender.</param>
/// <param name="Suppressed">The reason of the suppression; null: the message may be sent.</param>
/// <param name="Device">The device of a push notification; null: it was removed.</param>
/// <param name="Cause">The <c>traceparent</c> of the request that created the message.</param>
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
    // The generated method would print the texts, which may contain a one-time link.
    public override string ToString() => Id.ToString();
}

/// <summary>The tenant that sends a message.</summary>
/// <param name="Name">The name of the tenant.</param>
/// <param name="SenderName">The sender's name in its e-mails.</param>
/// <param name="SenderAddress">The sender's address in its e-mails.</param>
/// <param name="Domain">The verified custom domain.</param>
/// <param name="IsActive">Whether the tenant is active. An inactive tenant sends nothing.</param>
/// <param name="RedactsBodies">Whether texts are erased after sending.</param>
public sealed record TenantOfMessage(
    string Name,
    string? SenderName,
    string? SenderAddress,
    string? Domain,
    bool IsActive,
    bool RedactsBodies
);

/// <summary>The device that a push notification is sent to.</summary>
/// <param name="Id">The id of the device.</param>
/// <param name="Token">The device token of APNs or FCM.</param>
/// <param name="EndpointArn">The ARN of its SNS endpoint; null: none was created yet.</param>
/// <param name="RetiredBecause">Why the device gets no more messages; null: it is active.</param>
public sealed record DeviceOfMessage(Guid Id, string Token, string? EndpointArn, string? RetiredBecause);

/// <summary>What a delivery changes in the row of its device. Null members are not changed.</summary>
/// <param name="EndpointArn">The ARN of its SNS endpoint.</param>
/// <param name="RetiredBecause">Why the device gets no more messages.</param>
public sealed record DeviceChange(string? EndpointArn = null, string? RetiredBecause = null);
