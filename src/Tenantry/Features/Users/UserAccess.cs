using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Users;

/// <summary>What a user may do: the highest role, and the permissions of all roles with those that they hold.</summary>
public sealed record UserAccess(string Role, string[] Permissions)
{
    /// <summary>One round trip. The function follows the chain of parents; it is also what a token is held against later.</summary>
    public static async Task<UserAccess> Of(TenantDb db, Guid user, CancellationToken cancel)
    {
        var found = await db
            .Database.SqlQueryRaw<Row>($"SELECT role, permissions FROM {DatabaseFunctions.AccessOfUser}({{0}})", user)
            .SingleAsync(cancel);
        return new UserAccess(found.Role, found.Permissions);
    }

    private sealed record Row(string Role, string[] Permissions);
}
