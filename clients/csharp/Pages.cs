namespace Tenantry.Client.Models;

// What the generator leaves apart, so that one loop runs through every list.

public partial class PageOfAuditEventDocument : IPage<AuditEventDocument>;

public partial class PageOfAuditHeadDocument : IPage<AuditHeadDocument>;

public partial class PageOfOwnDevicesDocument : IPage<OwnDevicesDocument>;

public partial class PageOfFileDocument : IPage<FileDocument>;

public partial class PageOfFileLinksDocument : IPage<FileLinksDocument>;

public partial class PageOfNotificationDocument : IPage<NotificationDocument>;

public partial class PageOfOwnSessionsDocument : IPage<OwnSessionsDocument>;

public partial class PageOfRoleDocument : IPage<RoleDocument>;

public partial class PageOfRolesPermissionDocument : IPage<RolesPermissionDocument>;

public partial class PageOfSuppressionListDocument : IPage<SuppressionListDocument>;

public partial class PageOfTemplateRequestsDocument : IPage<TemplateRequestsDocument>;

public partial class PageOfTemplateRequestsSystemDocument : IPage<TemplateRequestsSystemDocument>;

public partial class PageOfTemplateRequestsVersionDocument : IPage<TemplateRequestsVersionDocument>;

public partial class PageOfTenantDocument : IPage<TenantDocument>;

public partial class PageOfUserDocument : IPage<UserDocument>;
