using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Users;

/// <summary>The highest role and the effective permissions of a user.</summary>
public sealed record UserAccess(string Role, string[] Permissions)
{
    /// <summary>
    /// Reads both in one round trip. The function follows the chain of parent roles; access tokens are later checked
    /// against the same function.
    /// </summary>
    public static async Task<UserAccess> Of(TenantDb db, Guid user, CancellationToken cancel)
    {
        var found = await db
            .Database.SqlQueryRaw<Row>($"SELECT role, permissions FROM {DatabaseFunctions.AccessOfUser}({{0}})", user)
            .SingleAsync(cancel);
        return new UserAccess(found.Role, found.Permissions);
    }

    private sealed record Row(string Role, string[] Permissions);
}
