using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>Stores each change of a template as a new version, for callers who may change it.</summary>
public sealed class TemplateRevisions(
    TenantContext context,
    TenantDb db,
    MessageCache cache,
    AuditTrail audit,
    TimeProvider clock
)
{
    /// <summary>
    /// System templates need the permission <c>templates:security</c> too. Their e-mails contain links that prove who
    /// follows them, or warn of a stolen session or a changed password, also to Admins. An attacker who changes such a
    /// text could hide the alarm, or ask for a password in the name of the service.
    /// </summary>
    /// <returns>The refusal; null: the caller may change a template with this name.</returns>
    public Denied? MissingPermission(string name) =>
        SystemTemplates.Find(name) is not null && !context.SignedIn.Has(Permissions.TemplatesSecurity)
            ? Problems.Denied(
                Problems.PermissionDenied,
                $"Requires {Permissions.TemplatesSecurity}: this template is the text of an e-mail that the service sends by itself."
            )
            : null;

    /// <summary>Reads a template and locks its row until the transaction ends.</summary>
    public Task<Template?> Lock(Guid id, CancellationToken cancel) =>
        db.Set<Template>()
            .FromSql($"SELECT *, xmin FROM notification_templates WHERE id = {id} FOR UPDATE")
            .SingleOrDefaultAsync(cancel);

    /// <summary>Saves a changed template under the next revision number. Its known problem is cleared.</summary>
    public Task SaveNext(Template row, CancellationToken cancel)
    {
        (row.Revision, row.UpdatedAt, row.Problem, row.ProblemAt) = (row.Revision + 1, clock.GetUtcNow(), null, null);
        return Save(row, cancel);
    }

    /// <summary>Saves a template, a copy of it as a version, and the audit event.</summary>
    public async Task Save(Template row, CancellationToken cancel)
    {
        db.Add(TemplateVersion.Of(row, context.SignedIn.UserId));
        audit.Add(db, row.Id);
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>After the commit: invalidates the cached template, and sends the new entity tag.</summary>
    public void Announce(Template row, HttpContext http)
    {
        cache.Invalidate(row.TenantId);
        http.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
    }
}
