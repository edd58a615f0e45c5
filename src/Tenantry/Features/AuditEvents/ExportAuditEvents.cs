using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.AuditEvents;

/// <summary>Streams audit events as JSON Lines, newest first.</summary>
public static class ExportAuditEvents
{
    private const int BatchSize = 500;

    private static readonly byte[] EndOfLine = [(byte)'\n'];

    public static async Task<Results<PushStreamHttpResult, Invalid, Denied, Missing>> Handle(
        [AsParameters] AuditEventFilter filter,
        AuditLog log,
        IOptions<JsonOptions> json,
        HttpContext http,
        CancellationToken cancel
    )
    {
        switch (await log.Open(filter.TenantId, action: null, cancel))
        {
            case Missing missing:
                return missing;
            case Denied denied:
                return denied;
        }
        // The event is added before the export begins: a client that closes the connection has read a part of the log.
        await log.AddExport(cancel);
        return TypedResults.Stream(
            body => Write(body, filter, log, json.Value.SerializerOptions, http.RequestAborted),
            AuditLog.JsonLines,
            "audit-events.jsonl"
        );
    }

    private static async Task Write(
        Stream body,
        AuditEventFilter filter,
        AuditLog log,
        JsonSerializerOptions json,
        CancellationToken cancel
    )
    {
        // Each batch is a statement of its own. A single statement would run for as long as a slow client reads, and
        // block schema changes of the table.
        List<AuditLog.Entry> entries;
        Guid? after = null;
        do
        {
            entries = await log.Find(filter, after).Take(BatchSize).ToListAsync(cancel);
            foreach (var entry in entries)
            {
                await JsonSerializer.SerializeAsync(body, entry.ToDocument(), json, cancel);
                await body.WriteAsync(EndOfLine, cancel);
                after = entry.Event.Id;
            }
        } while (entries.Count == BatchSize);
    }
}
