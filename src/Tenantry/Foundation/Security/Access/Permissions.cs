namespace Tenantry.Foundation.Security.Access;

/// <summary>A permission: its name, <c>resource:action</c>, and what it allows.</summary>
public sealed record PermissionDefinition(string Name, string Description)
{
    /// <summary>The part before the last colon: <c>platform:tenants</c> of <c>platform:tenants:read</c>.</summary>
    public string Resource => Name[..Name.LastIndexOf(':')];

    public string Action => Name[(Name.LastIndexOf(':') + 1)..];
}

/// <summary>
/// The catalogue of all permissions. The table, the system roles and the documentation are derived from it.
/// </summary>
public static class Permissions
{
    public const string TenantsRead = "tenants:read";
    public const string TenantsManage = "tenants:manage";
    public const string UsersRead = "users:read";
    public const string UsersCreate = "users:create";
    public const string UsersUpdate = "users:update";
    public const string UsersDelete = "users:delete";
    public const string RolesRead = "roles:read";
    public const string RolesManage = "roles:manage";
    public const string FilesRead = "files:read";
    public const string FilesCreate = "files:create";
    public const string FilesUpdate = "files:update";
    public const string FilesDelete = "files:delete";
    public const string FilesManage = "files:manage";
    public const string NotificationsRead = "notifications:read";
    public const string NotificationsSend = "notifications:send";
    public const string TemplatesManage = "templates:manage";
    public const string TemplatesSecurity = "templates:security";
    public const string ReportsView = "reports:view";
    public const string AuditRead = "audit:read";
    public const string PlatformTenantsCreate = "platform:tenants:create";
    public const string PlatformTenantsRead = "platform:tenants:read";
    public const string PlatformTenantsManage = "platform:tenants:manage";
    public const string PlatformTenantsDelete = "platform:tenants:delete";
    public const string PlatformAuditRead = "platform:audit:read";

    public static readonly IReadOnlyList<PermissionDefinition> All =
    [
        new(TenantsRead, "View the tenant and its usage"),
        new(TenantsManage, "Update the tenant and its settings"),
        new(UsersRead, "View users"),
        new(UsersCreate, "Invite users"),
        new(UsersUpdate, "Update users, assign their roles, and activate or deactivate them"),
        new(UsersDelete, "Delete users"),
        new(RolesRead, "View roles and permissions"),
        new(RolesManage, "Create, update and delete roles"),
        new(FilesRead, "View and download files"),
        new(FilesCreate, "Upload files"),
        new(FilesUpdate, "Update own files"),
        new(FilesDelete, "Delete own files"),
        new(FilesManage, "Update and delete files of all users"),
        new(NotificationsRead, "View messages"),
        new(NotificationsSend, "Send e-mail, SMS and push messages"),
        new(TemplatesManage, "Create, update and delete templates"),
        new(TemplatesSecurity, "Update the templates of system e-mails"),
        new(ReportsView, "View reports"),
        new(AuditRead, "View the audit log of the tenant"),
        new(PlatformTenantsCreate, "Create tenants"),
        new(PlatformTenantsRead, "View all tenants"),
        new(PlatformTenantsManage, "Update any tenant, change its tier, and activate or deactivate it"),
        new(PlatformTenantsDelete, "Delete and restore tenants"),
        new(PlatformAuditRead, "View the audit log of the platform"),
    ];
}
