namespace Tenantry.Features.Notifications.Feedback;

/// <summary>The tags of a message by which the provider's feedback is matched with its row.</summary>
public static class FeedbackTags
{
    public const string Tenant = "tenantry_tenant";
    public const string Notification = "tenantry_notification";
}
