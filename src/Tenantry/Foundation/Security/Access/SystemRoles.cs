namespace Tenantry.Foundation.Security.Access;

/// <summary>A role that each tenant is born with, and what it adds to the one below.</summary>
public sealed record SystemRole(string Name, string Description, string? Holds, IReadOnlyList<string> Adds);

/// <summary>Admin holds Manager, which holds User, which holds Viewer. They cannot be changed or deleted.</summary>
public static class SystemRoles
{
    public const string Viewer = "Viewer";
    public const string User = "User";
    public const string Manager = "Manager";
    public const string Admin = "Admin";
    public const string PlatformAdministrator = "Platform administrator";

    /// <summary>From the lowest up, so that each finds the one that it holds.</summary>
    public static readonly IReadOnlyList<SystemRole> OfEveryTenant =
    [
        new(
            Viewer,
            "Sees",
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
            "Works with own files",
            Viewer,
            [Permissions.FilesCreate, Permissions.FilesUpdate, Permissions.FilesDelete]
        ),
        new(
            Manager,
            "Looks after users, messages and files",
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
            "Runs the tenant",
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

    /// <summary>Stands above Admin in the tenant <c>platform</c>, and nowhere else.</summary>
    public static readonly SystemRole OfThePlatform = new(
        PlatformAdministrator,
        "Runs the platform",
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
