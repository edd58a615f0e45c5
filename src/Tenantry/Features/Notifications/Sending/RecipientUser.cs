using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>The user to whom a recipient belongs.</summary>
/// <param name="Id">The id of the user.</param>
/// <param name="Locale">The language that the user prefers.</param>
internal sealed record RecipientUser(Guid Id, string? Locale)
{
    public static Task<RecipientUser?> WithEmail(TenantDb db, string address, CancellationToken cancel)
    {
        var normalized = EmailAddress.Key(address);
        return db.Set<User>()
            .AsNoTracking()
            .Where(user => user.EmailNormalized == normalized)
            .Select(user => new RecipientUser(user.Id, user.Locale))
            .FirstOrDefaultAsync(cancel);
    }
}
