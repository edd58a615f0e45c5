using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Cache;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Foundation.Messaging;

/// <summary>
/// The message settings and templates of a tenant, cached. A template is parsed once until it changes.
/// </summary>
public sealed class MessageCache(VersionedCache cache, IDbContextFactory<TenantDb> contexts)
{
    private readonly ConditionalWeakTable<TemplateRow, CachedTemplate> parsed = [];

    /// <summary>The settings of the tenant of <paramref name="db"/>.</summary>
    public async ValueTask<NotificationSettings> Settings(TenantDb db, CancellationToken cancel) =>
        await Of(
            db,
            "settings",
            static async (db, _, cancel) =>
                await db.Set<NotificationSettings>().AsNoTracking().SingleOrDefaultAsync(cancel)
                ?? new NotificationSettings(),
            cancel
        );

    /// <returns>null: the tenant of <paramref name="db"/> has no such template, or it is inactive</returns>
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
        // A transaction has a connection already. If every one waited for a second connection, the pool would deadlock.
        return db.Database.CurrentTransaction is not null
            ? new ValueTask<T>(load(db, key, cancel))
            : cache.Get(
                VersionedCache.MessagesScope(tenant),
                key,
                (contexts, tenant, key, load),
                static async (ask, cancel) =>
                {
                    // A separate context: of the requests that wait for this entry, the first one may be aborted.
                    await using var own = (await ask.contexts.CreateDbContextAsync(cancel)).For(ask.tenant);
                    return await ask.load(own, ask.key, cancel);
                },
                cancel
            );
    }
}

/// <summary>
/// A template as it is stored. A row can be older than this version of the service, which may not accept it.
/// </summary>
/// <param name="Name">the name of the template</param>
/// <param name="Type">the channel of its messages</param>
/// <param name="Compiled">null: it cannot be used</param>
/// <param name="Fault">the reason why it cannot be used</param>
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
            // A damaged row makes this template unusable, and no other.
            return new CachedTemplate(row.Name, row.Type, null, "is not a readable template");
        }
    }
}
