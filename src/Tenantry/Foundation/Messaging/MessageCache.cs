using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Cache;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Foundation.Messaging;

/// <summary>
/// How a tenant words its messages and wants them sent, from the cache. A text is parsed once for as long as it stays
/// the same.
/// </summary>
public sealed class MessageCache(VersionedCache cache, IDbContextFactory<TenantDb> contexts)
{
    private readonly ConditionalWeakTable<TemplateRow, CachedTemplate> parsed = [];

    /// <summary>Those that count for the tenant of <paramref name="db"/>.</summary>
    public async ValueTask<NotificationSettings> Settings(TenantDb db, CancellationToken cancel) =>
        await Of(
            db,
            "settings",
            static async (db, _, cancel) =>
                await db.Set<NotificationSettings>().AsNoTracking().SingleOrDefaultAsync(cancel)
                ?? new NotificationSettings(),
            cancel
        );

    /// <returns>null: the tenant of <paramref name="db"/> has no such template, or it is switched off</returns>
    public async ValueTask<CachedTemplate?> Template(TenantDb db, string name, CancellationToken cancel)
    {
        var row = await Of(
            db,
            "template:" + name,
            static async (db, key, cancel) =>
            {
                var name = key["template:".Length..];
                return await db.Set<Template>()
                    .AsNoTracking()
                    .Where(template => template.Name == name && template.IsActive)
                    .Select(template => new TemplateRow(
                        template.Name,
                        template.Type,
                        template.Locale,
                        template.Subject,
                        template.Body,
                        template.HtmlBody,
                        template.Translations,
                        template.Variables
                    ))
                    .SingleOrDefaultAsync(cancel);
            },
            cancel
        );
        return row is null ? null : parsed.GetValue(row, static row => CachedTemplate.Of(row));
    }

    /// <summary>After a change was committed.</summary>
    public void Invalidate(Guid tenant) => cache.Invalidate(VersionedCache.MessagesScope(tenant));

    private ValueTask<T> Of<T>(
        TenantDb db,
        string key,
        Func<TenantDb, string, CancellationToken, Task<T>> load,
        CancellationToken cancel
    )
    {
        var tenant = db.Tenant ?? throw new InvalidOperationException("Messages belong to a tenant.");
        // In a transaction that holds a connection already, nobody waits for a second one: if all did, none would come.
        return db.Database.CurrentTransaction is not null
            ? new ValueTask<T>(load(db, key, cancel))
            : cache.Get(
                VersionedCache.MessagesScope(tenant),
                key,
                (contexts, tenant, key, load),
                static async (ask, cancel) =>
                {
                    // A context of its own: of many who wait for this, the one who asked may go away first.
                    await using var own = (await ask.contexts.CreateDbContextAsync(cancel)).For(ask.tenant);
                    return await ask.load(own, ask.key, cancel);
                },
                cancel
            );
    }
}

/// <summary>
/// A template as it lies in the database: rows outlive the version that wrote them, and this one may not take what
/// another did.
/// </summary>
/// <param name="Name">of it</param>
/// <param name="Type">by what its messages go</param>
/// <param name="Compiled">null: it cannot be used</param>
/// <param name="Fault">why not</param>
public sealed record CachedTemplate(string Name, Channel Type, CompiledTemplate? Compiled, string? Fault)
{
    public static CachedTemplate Of(TemplateRow row)
    {
        try
        {
            var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
            var compiled = CompiledTemplate.TryCompile(row, errors);
            return new CachedTemplate(
                row.Name,
                row.Type,
                compiled,
                compiled is null ? CompiledTemplate.Describe(errors) : null
            );
        }
        catch (Exception)
        {
            // Whatever is wrong with a row, it is this template's fault and nobody else's.
            return new CachedTemplate(row.Name, row.Type, null, "is not a readable template");
        }
    }
}
