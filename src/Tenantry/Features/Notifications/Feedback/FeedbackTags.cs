namespace Tenantry.Features.Notifications.Feedback;

/// <summary>What a message carries so that the provider's feedback finds its row.</summary>
public static class FeedbackTags
{
    public const string Tenant = "tenantry_tenant";
    public const string Notification = "tenantry_notification";
}
