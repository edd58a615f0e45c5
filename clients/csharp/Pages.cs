namespace Tenantry.Client.Models;

// What the generator leaves apart, so that one loop runs through every list.

public partial class PageOfAuditEventDocument : IPage<AuditEventDocument>;

public partial class PageOfAuditHeadDocument : IPage<AuditHeadDocument>;

public partial class PageOfDeviceDocument : IPage<DeviceDocument>;

public partial class PageOfFileDocument : IPage<FileDocument>;

public partial class PageOfFileLinkDocument : IPage<FileLinkDocument>;

public partial class PageOfNotificationDocument : IPage<NotificationDocument>;

public partial class PageOfSessionDocument : IPage<SessionDocument>;

public partial class PageOfRoleDocument : IPage<RoleDocument>;

public partial class PageOfPermissionDocument : IPage<PermissionDocument>;

public partial class PageOfSuppressionDocument : IPage<SuppressionDocument>;

public partial class PageOfTemplateDocument : IPage<TemplateDocument>;

public partial class PageOfSystemTemplateDocument : IPage<SystemTemplateDocument>;

public partial class PageOfTemplateVersionDocument : IPage<TemplateVersionDocument>;

public partial class PageOfTenantDocument : IPage<TenantDocument>;

public partial class PageOfUserDocument : IPage<UserDocument>;
