using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Database;

namespace Tenantry.Features.Users;

/// <summary>What a user may do: the highest role, and the permissions of all roles with those that they hold.</summary>
public sealed record UserAccess(string Role, string[] Permissions)
{
    /// <summary>One round trip. The chain of parents is short; 32 is far past any that can be made, and ends a circle.</summary>
    public static async Task<UserAccess> Of(TenantDb db, Guid user, CancellationToken cancel)
    {
        var found = await db.Database.SqlQuery<Row>($"""
            WITH RECURSIVE chain AS (
                SELECT r.name AS assigned, r.id, r.parent_id, 1 AS depth
                FROM user_roles a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
                WHERE a.user_id = {user}
                UNION ALL
                SELECT c.assigned, p.id, p.parent_id, c.depth + 1
                FROM chain c JOIN roles p ON p.id = c.parent_id
                WHERE c.depth < 32
            )
            SELECT (SELECT assigned FROM chain GROUP BY assigned ORDER BY max(depth) DESC, assigned LIMIT 1) AS role,
                   ARRAY(SELECT DISTINCT p.name
                         FROM chain c JOIN role_permissions g ON g.role_id = c.id JOIN permissions p ON p.id = g.permission_id
                         ORDER BY p.name) AS permissions
            """).SingleAsync(cancel);
        return new UserAccess(found.Role ?? "", found.Permissions);
    }

    private sealed record Row(string? Role, string[] Permissions);
}
