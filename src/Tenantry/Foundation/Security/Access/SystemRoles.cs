namespace Tenantry.Foundation.Security.Access;

/// <summary>
/// A role that each tenant has from the start, and the permissions that it adds to those of its parent.
/// </summary>
public sealed record SystemRole(string Name, string Description, string? Holds, IReadOnlyList<string> Adds);

/// <summary>
/// Admin includes Manager, which includes User, which includes Viewer. Tenants cannot change or delete them.
/// </summary>
public static class SystemRoles
{
    public const string Viewer = "Viewer";
    public const string User = "User";
    public const string Manager = "Manager";
    public const string Admin = "Admin";
    public const string PlatformAdministrator = "Platform administrator";

    /// <summary>In the order of creation: each role after its parent.</summary>
    public static readonly IReadOnlyList<SystemRole> OfEveryTenant =
    [
        new(
            Viewer,
            "Can view the data of the tenant",
            null,
            [
                Permissions.TenantsRead,
                Permissions.UsersRead,
                Permissions.RolesRead,
                Permissions.FilesRead,
                Permissions.NotificationsRead,
            ]
        ),
        new(
            User,
            "Can work with their own files",
            Viewer,
            [Permissions.FilesCreate, Permissions.FilesUpdate, Permissions.FilesDelete]
        ),
        new(
            Manager,
            "Can manage users, messages and files",
            User,
            [
                Permissions.UsersCreate,
                Permissions.UsersUpdate,
                Permissions.NotificationsSend,
                Permissions.TemplatesManage,
                Permissions.ReportsView,
                Permissions.FilesManage,
            ]
        ),
        new(
            Admin,
            "Can manage the whole tenant",
            Manager,
            [
                Permissions.UsersDelete,
                Permissions.RolesManage,
                Permissions.TenantsManage,
                Permissions.TemplatesSecurity,
                Permissions.AuditRead,
            ]
        ),
    ];

    /// <summary>The parent of no role; its own parent is Admin. It exists in the tenant <c>platform</c> only.</summary>
    public static readonly SystemRole OfThePlatform = new(
        PlatformAdministrator,
        "Can manage the platform and all tenants",
        Admin,
        [
            Permissions.PlatformTenantsCreate,
            Permissions.PlatformTenantsRead,
            Permissions.PlatformTenantsManage,
            Permissions.PlatformTenantsDelete,
            Permissions.PlatformAuditRead,
        ]
    );
}
