using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Cache;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Templates;

namespace Tenantry.Foundation.Outbox;

/// <summary>How a tenant words its messages and wants them sent, from the cache. A text is parsed once for as long as it stays the same.</summary>
public sealed class KnownMessages(VersionedCache cache, IDbContextFactory<TenantDb> contexts)
{
    private readonly ConditionalWeakTable<TemplateRow, CompiledTemplate> parsed = [];

    /// <summary>Those that count for the tenant of <paramref name="db"/>.</summary>
    public async ValueTask<NotificationSettings> Settings(TenantDb db, CancellationToken cancel) => await Of(db, "settings", static async (db, _, cancel) =>
        await db.Set<NotificationSettings>().AsNoTracking().SingleOrDefaultAsync(cancel) ?? new NotificationSettings(), cancel);

    /// <returns>null: the tenant of <paramref name="db"/> has no such template, or it is switched off</returns>
    public async ValueTask<CompiledTemplate?> Template(TenantDb db, string name, CancellationToken cancel)
    {
        var row = await Of(db, "template:" + name, static async (db, key, cancel) =>
        {
            var name = key["template:".Length..];
            return await db.Set<Template>().AsNoTracking().Where(template => template.Name == name && template.IsActive)
                .Select(template => new TemplateRow(template.Name, template.Type, template.Locale, template.Subject, template.Body, template.HtmlBody, template.Translations, template.Variables)).SingleOrDefaultAsync(cancel);
        }, cancel);
        return row is null ? null : parsed.GetValue(row, static row => CompiledTemplate.OfStored(row));
    }

    /// <summary>After a change was committed.</summary>
    public void Changed(Guid tenant) => cache.Changed(VersionedCache.MessagesOf(tenant));

    private ValueTask<T> Of<T>(TenantDb db, string key, Func<TenantDb, string, CancellationToken, Task<T>> load, CancellationToken cancel)
    {
        var tenant = db.Tenant ?? throw new InvalidOperationException("Messages belong to a tenant.");
        // In a transaction that holds a connection already, nobody waits for a second one: if all did, none would come.
        return db.Database.CurrentTransaction is not null ? new ValueTask<T>(load(db, key, cancel))
            : cache.Get(VersionedCache.MessagesOf(tenant), key, (contexts, tenant, key, load), static async (ask, cancel) =>
            {
                // A context of its own: of many who wait for this, the one who asked may go away first.
                await using var own = (await ask.contexts.CreateDbContextAsync(cancel)).For(ask.tenant);
                return await ask.load(own, ask.key, cancel);
            }, cancel);
    }
}
