using Tenantry.Features.Notifications.Devices;
using Tenantry.Features.Notifications.Feedback;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Features.Notifications.Templates;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Notifications;

/// <summary>Messages to people, under <c>/api/v1/notifications</c>.</summary>
public static class NotificationsEndpoints
{
    private const string OwnRow = "the row of the message says who sent what to whom, and stays as long as the history";

    public static void MapNotifications(this IEndpointRouteBuilder api)
    {
        var notifications = api.MapGroup("/notifications").WithTags("Notifications");
        notifications
            .MapPost("/email", SendMessage.Email)
            .Requires(Permissions.NotificationsSend)
            .NotAudited(OwnRow)
            .Idempotent()
            .WithSummary("Send a mail")
            .WithDescription(
                "Subject and text (or HTML, or both), or a template and what it is filled with. Answers as soon as it is in the queue; `GET` of the `Location` tells what became of it."
            );
        notifications
            .MapPost("/sms", SendMessage.Sms)
            .Requires(Permissions.NotificationsSend)
            .NotAudited(OwnRow)
            .Idempotent()
            .WithSummary("Send an SMS")
            .WithDescription(
                "To a number in a country where the tenant sends any (`notifications/settings`). `segments` tells how many are paid for."
            );
        notifications
            .MapPost("/push", SendMessage.Push)
            .Requires(Permissions.NotificationsSend)
            .NotAudited(OwnRow)
            .Idempotent()
            .WithSummary("Send a push message")
            .WithDescription("To a device, or to all devices of a user: a message each.");
        notifications
            .MapGet("/history", NotificationHistory.List)
            .Requires(Permissions.NotificationsRead)
            .MayBeStale()
            .WithSummary("List messages")
            .WithDescription(
                "Newest first, without their texts. `channel`, `status`, `recipient`, `template_name`, `category` and `user_id` match exactly; `from` and `to` bound when they were asked for."
            );
        notifications
            .MapGet("/{id:guid}", NotificationHistory.Read)
            .Requires(Permissions.NotificationsRead)
            .WithSummary("Read a message")
            .WithDescription("With its text, unless the tenant hides texts or it holds a one-time token.");
        notifications
            .MapPost("/{id:guid}/retry", NotificationHistory.Retry)
            .Requires(Permissions.NotificationsSend)
            .Audited("notification.retried")
            .Idempotent()
            .WithSummary("Try a message again")
            .WithDescription(
                "One that failed, bounced, was suppressed or cancelled, with all its attempts anew. An SMS counts once more."
            );
        notifications
            .MapPost("/{id:guid}/cancel", NotificationHistory.Cancel)
            .Requires(Permissions.NotificationsSend)
            .Audited("notification.cancelled")
            .WithSummary("Cancel a message")
            .WithDescription(
                "As long as it waits in the queue. Messages that the service sends by itself cannot be cancelled."
            );

        notifications
            .MapGet("/settings", TenantSettings.Read)
            .Requires(Permissions.TenantsRead)
            .WithSummary("Read the settings of messages")
            .WithDescription("Language, what is kept, and where SMS may go and how many.");
        notifications
            .MapPut("/settings", TenantSettings.Replace)
            .Requires(Permissions.TenantsManage)
            .Audited("notification.settings_changed")
            .WithSummary("Change the settings of messages")
            .WithDescription("All of them: what a message sent from now on is held against.");

        var templates = notifications.MapGroup("/templates");
        templates
            .MapGet("/", TemplateRequests.List)
            .Requires(Permissions.NotificationsRead)
            .WithSummary("List templates")
            .WithDescription("Newest first. `name`, `type` and `is_active` match exactly.");
        templates
            .MapPost("/", TemplateRequests.Make)
            .Requires(Permissions.TemplatesManage)
            .Audited("template.created")
            .Idempotent()
            .InTurns(gates => gates.Previews)
            .WithSummary("Make a template")
            .WithDescription(
                "In Liquid. One with the name of a system template (`templates/system`) replaces it for this tenant, which needs `templates:security` too. A fault is told with line and column."
            );
        templates
            .MapGet("/system", TemplateRequests.ListSystem)
            .Requires(Permissions.NotificationsRead)
            .WithSummary("List system templates")
            .WithDescription(
                "The mails that the service sends by itself, as they are where the tenant does not replace them."
            );
        templates
            .MapGet("/{id:guid}", TemplateRequests.Read)
            .Requires(Permissions.NotificationsRead)
            .WithSummary("Read a template")
            .WithDescription("As it is worded now.");
        templates
            .MapPut("/{id:guid}", TemplateRequests.Replace)
            .Requires(Permissions.TemplatesManage)
            .Audited("template.changed")
            .InTurns(gates => gates.Previews)
            .WithSummary("Change a template")
            .WithDescription(
                "The whole of it, but for name and type; what is not given is taken away. The wording before is kept."
            );
        templates
            .MapDelete("/{id:guid}", TemplateRequests.Delete)
            .Requires(Permissions.TemplatesManage)
            .Audited("template.deleted")
            .WithSummary("Delete a template")
            .WithDescription("With all its versions. Messages that are in the queue go out as they were worded.");
        templates
            .MapPost("/{id:guid}/preview", TemplateRequests.Preview)
            .Requires(Permissions.TemplatesManage)
            .NotAudited("changes nothing")
            .Costs(2)
            .InTurns(gates => gates.Previews)
            .WithSummary("Fill a template")
            .WithDescription("As a message would be; nothing is sent. For an SMS with its segments.");
        templates
            .MapGet("/{id:guid}/versions", TemplateRequests.Versions)
            .Requires(Permissions.NotificationsRead)
            .WithSummary("List the versions of a template")
            .WithDescription("Newest first, the present one among them.");
        templates
            .MapPost("/{id:guid}/versions/{revision:int}/restore", TemplateRequests.Restore)
            .Requires(Permissions.TemplatesManage)
            .Audited("template.restored")
            .InTurns(gates => gates.Previews)
            .WithSummary("Bring a version back")
            .WithDescription("As a new version.");

        var suppressions = notifications.MapGroup("/suppressions");
        suppressions
            .MapGet("/", SuppressionList.List)
            .Requires(Permissions.NotificationsRead)
            .WithSummary("List who gets nothing")
            .WithDescription("Newest first. `channel`, `recipient` and `reason` match exactly.");
        suppressions
            .MapPost("/", SuppressionList.Add)
            .Requires(Permissions.NotificationsSend)
            .Audited("suppression.added")
            .Idempotent()
            .WithSummary("Add a suppression")
            .WithDescription(
                "The recipient gets no more messages from the tenant. Mails that the service sends by itself, such as a password reset, go out all the same."
            );
        suppressions
            .MapDelete("/{id:guid}", SuppressionList.Remove)
            .Requires(Permissions.NotificationsSend)
            .Audited("suppression.removed")
            .WithSummary("Send to somebody again")
            .WithDescription("The next bounce or complaint brings the entry back.");

        var devices = notifications.MapGroup("/devices");
        devices
            .MapGet("/", OwnDevices.List)
            .SignedIn()
            .WithSummary("List one's devices")
            .WithDescription("Newest first, those that get nothing any more among them.");
        devices
            .MapPost("/", OwnDevices.Register)
            .SignedIn()
            .Audited("device.registered")
            .Idempotent()
            .WithSummary("Register a device")
            .WithDescription(
                "By the token that APNs or FCM gave the application. The same token again is the same device, for whoever registers it last."
            );
        devices
            .MapDelete("/{id:guid}", OwnDevices.Remove)
            .SignedIn()
            .Audited("device.removed")
            .WithSummary("Remove a device")
            .WithDescription("It gets no more messages.");

        notifications
            .MapPost("/feedback/sns", ProviderFeedback.Take)
            .Anonymous("SNS signs what it sends")
            .Audited("notification.feedback")
            .WithSummary("Take feedback of SES")
            .WithDescription(
                "Deliveries, bounces and complaints, as SNS posts them. Only topics of `SNS_FEEDBACK_TOPIC_ARNS` are believed, with SNS's signature."
            );
        api.MapGet(Unsubscribing.Path, Unsubscribing.Ask)
            .Anonymous("the sealed link is the credential")
            .WithTags("Notifications")
            .Produces<string>(200, "text/html")
            .WithSummary("Ask whether to unsubscribe")
            .WithDescription("The page behind the link of a message that markets.");
        api.MapPost(Unsubscribing.Path, Unsubscribing.Take)
            .Anonymous("the sealed link is the credential")
            .Audited("notification.unsubscribed")
            .WithTags("Notifications")
            .WithSummary("Unsubscribe")
            .WithDescription("One click (RFC 8058): the recipient gets no more messages that market.");
    }
}
