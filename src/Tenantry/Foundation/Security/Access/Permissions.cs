namespace Tenantry.Foundation.Security.Access;

/// <summary>A permission: <c>resource:action</c>, and what it lets somebody do.</summary>
public sealed record PermissionDefinition(string Name, string Description)
{
    /// <summary>What stands before the last colon: <c>platform:tenants</c> of <c>platform:tenants:read</c>.</summary>
    public string Resource => Name[..Name.LastIndexOf(':')];

    public string Action => Name[(Name.LastIndexOf(':') + 1)..];
}

/// <summary>The catalogue: every permission there is. The table, the roles and the documentation come from it.</summary>
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
        new(TenantsRead, "See the own tenant and its usage"),
        new(TenantsManage, "Change the own tenant and its settings"),
        new(UsersRead, "See the users of the tenant"),
        new(UsersCreate, "Invite users"),
        new(UsersUpdate, "Change users, their roles and whether they are active"),
        new(UsersDelete, "Delete users"),
        new(RolesRead, "See roles and permissions"),
        new(RolesManage, "Make, change and delete roles"),
        new(FilesRead, "See and download files"),
        new(FilesCreate, "Upload files"),
        new(FilesUpdate, "Change own files"),
        new(FilesDelete, "Delete own files"),
        new(FilesManage, "Change and delete everybody's files"),
        new(NotificationsRead, "See what was sent"),
        new(NotificationsSend, "Send e-mail, SMS and push"),
        new(TemplatesManage, "Make and change templates"),
        new(TemplatesSecurity, "Change templates of mails that the service sends by itself"),
        new(ReportsView, "See reports"),
        new(AuditRead, "Read the tenant's audit log"),
        new(PlatformTenantsCreate, "Make tenants"),
        new(PlatformTenantsRead, "See all tenants"),
        new(PlatformTenantsManage, "Change any tenant, its tier and whether it is active"),
        new(PlatformTenantsDelete, "Delete and restore tenants"),
        new(PlatformAuditRead, "Read the platform's audit log"),
    ];
}
