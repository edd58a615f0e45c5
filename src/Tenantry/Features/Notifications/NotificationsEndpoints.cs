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

/// <summary>
/// Sends messages and manages their templates, devices and suppressions: <c>/api/v1/notifications</c>.
/// </summary>
public static class NotificationsEndpoints
{
    private const string OwnRow = "the row of the message records who sent what to whom, for as long as the history";

    public static void MapNotifications(this IEndpointRouteBuilder api)
    {
        var notifications = api.MapGroup("/notifications").WithTags("Notifications");
        MapSending(notifications);
        MapMessages(notifications);
        MapSettings(notifications);
        MapTemplates(notifications.MapGroup("/templates"));
        MapSuppressions(notifications.MapGroup("/suppressions"));
        MapDevices(notifications.MapGroup("/devices"));
        MapFeedback(notifications);
        MapUnsubscribing(api);
    }

    private static void MapSending(RouteGroupBuilder notifications)
    {
        notifications
            .MapPost("/email", SendEmail.Handle)
            .ChecksBody<SendMessageRequest>(SendEmail.AddFaults)
            .Requires(Permissions.NotificationsSend)
            .NotAudited(OwnRow)
            .Idempotent()
            .WithSummary("Send an e-mail")
            .WithDescription(
                "Queues an e-mail. Send `subject` with `body`, `html_body` or both, or send `template_name` with `template_vars`. The response does not wait for the delivery: `GET` of the `Location` returns its state."
            );
        notifications
            .MapPost("/sms", SendSms.Handle)
            .ChecksBody<SendMessageRequest>(SendSms.AddFaults)
            .Requires(Permissions.NotificationsSend)
            .NotAudited(OwnRow)
            .Idempotent()
            .WithSummary("Send an SMS")
            .WithDescription(
                "Queues an SMS. The country of the telephone number must be one to which the tenant sends SMS (`notifications/settings`). `segments` is the number of segments that are charged."
            );
        notifications
            .MapPost("/push", SendPush.Handle)
            .ChecksBody<SendMessageRequest>(SendPush.AddFaults)
            .Requires(Permissions.NotificationsSend)
            .NotAudited(OwnRow)
            .Idempotent()
            .WithSummary("Send a push notification")
            .WithDescription("Queues a push notification to a device, or one message to each device of a user.");
    }

    private static void MapMessages(RouteGroupBuilder notifications)
    {
        notifications
            .MapGet("/history", ListNotifications.Handle)
            .Requires(Permissions.NotificationsRead)
            .AllowStaleReads()
            .WithSummary("List messages")
            .WithDescription(
                "Returns messages without their texts, newest first. The filters `channel`, `status`, `recipient`, `template_name`, `category` and `user_id` match exactly. `from` and `to` filter by the time of creation."
            );
        notifications
            .MapGet("/{id:guid}", GetNotification.Handle)
            .Requires(Permissions.NotificationsRead)
            .WithSummary("Get a message")
            .WithDescription(
                "Returns a message with its texts. The texts are null where the tenant hides them (`redact_bodies`) and where they contain a one-time link or code."
            );
        notifications
            .MapPost("/{id:guid}/retry", RetryNotification.Handle)
            .Requires(Permissions.NotificationsSend)
            .Audited("notification.retried")
            .Idempotent()
            .WithSummary("Retry a message")
            .WithDescription(
                "Queues a message again that failed, bounced, was suppressed or was cancelled. It gets as many attempts as a new message. An SMS counts against the limits again."
            );
        notifications
            .MapPost("/{id:guid}/cancel", CancelNotification.Handle)
            .Requires(Permissions.NotificationsSend)
            .Audited("notification.cancelled")
            .WithSummary("Cancel a message")
            .WithDescription(
                "Cancels a message that is still queued. Messages that the service sends by itself cannot be cancelled."
            );
    }

    private static void MapSettings(RouteGroupBuilder notifications)
    {
        notifications
            .MapGet("/settings", GetNotificationSettings.Handle)
            .Requires(Permissions.TenantsRead)
            .WithSummary("Get the notification settings")
            .WithDescription(
                "Returns the tenant's settings for its messages: the language, whether texts are erased after sending, and the countries and limits for SMS."
            );
        notifications
            .MapPut("/settings", ReplaceNotificationSettings.Handle)
            .Requires(Permissions.TenantsManage)
            .Audited("notification.settings_changed")
            .WithSummary("Replace the notification settings")
            .WithDescription(
                "Replaces all of the tenant's settings for its messages. They apply to messages that are sent from then on."
            );
    }

    private static void MapTemplates(RouteGroupBuilder templates)
    {
        templates
            .MapGet("/", ListTemplates.Handle)
            .Requires(Permissions.NotificationsRead)
            .WithSummary("List templates")
            .WithDescription(
                "Returns the tenant's templates, newest first. The filters `name`, `type` and `is_active` match exactly."
            );
        templates
            .MapPost("/", CreateTemplate.Handle)
            .ChecksBody<TemplateRequest>((body, _, errors) => CreateTemplate.AddFaults(body, errors))
            .Requires(Permissions.TemplatesManage)
            .Audited("template.created")
            .Idempotent()
            .ThroughGate(gates => gates.Previews)
            .WithSummary("Create a template")
            .WithDescription(
                "Creates a template in Liquid. A template with the name of a system template (`templates/system`) replaces that one for the tenant, and requires the permission `templates:security` too. Faults in the texts are reported with line and column."
            );
        templates
            .MapGet("/system", ListSystemTemplates.Handle)
            .Requires(Permissions.NotificationsRead)
            .WithSummary("List system templates")
            .WithDescription(
                "Returns the e-mails that the service sends by itself, with their default texts. A tenant can replace them."
            );
        templates
            .MapGet("/{id:guid}", GetTemplate.Handle)
            .Requires(Permissions.NotificationsRead)
            .WithSummary("Get a template")
            .WithDescription("Returns a template with its current content.");
        templates
            .MapPut("/{id:guid}", ReplaceTemplate.Handle)
            .Requires(Permissions.TemplatesManage)
            .Audited("template.changed")
            .ThroughGate(gates => gates.Previews)
            .WithSummary("Replace a template")
            .WithDescription(
                "Replaces the whole content of a template. Members that are not sent are removed. `name` and `type` cannot be changed. The previous content stays available as a version."
            );
        templates
            .MapDelete("/{id:guid}", DeleteTemplate.Handle)
            .Requires(Permissions.TemplatesManage)
            .Audited("template.deleted")
            .WithSummary("Delete a template")
            .WithDescription(
                "Deletes a template with all its versions. Messages that are already queued are sent unchanged."
            );
        templates
            .MapPost("/{id:guid}/preview", PreviewTemplate.Handle)
            .Requires(Permissions.TemplatesManage)
            .NotAudited("changes nothing")
            .Costs(2)
            .ThroughGate(gates => gates.Previews)
            .WithSummary("Preview a template")
            .WithDescription(
                "Renders a template with values, as a message would be, and sends nothing. The preview of an SMS includes its encoding and its number of segments."
            );
        templates
            .MapGet("/{id:guid}/versions", ListTemplateVersions.Handle)
            .Requires(Permissions.NotificationsRead)
            .WithSummary("List template versions")
            .WithDescription("Returns the versions of a template, newest first. The current version is included.");
        templates
            .MapPost("/{id:guid}/versions/{revision:int}/restore", RestoreTemplateVersion.Handle)
            .Requires(Permissions.TemplatesManage)
            .Audited("template.restored")
            .ThroughGate(gates => gates.Previews)
            .WithSummary("Restore a template version")
            .WithDescription("Makes the content of an earlier version current again, as a new version.");
    }

    private static void MapSuppressions(RouteGroupBuilder suppressions)
    {
        suppressions
            .MapGet("/", ListSuppressions.Handle)
            .Requires(Permissions.NotificationsRead)
            .WithSummary("List suppressions")
            .WithDescription(
                "Returns the recipients that get no more messages of the tenant, newest first. The filters `channel`, `recipient` and `reason` match exactly."
            );
        suppressions
            .MapPost("/", AddSuppression.Handle)
            .ChecksBody<AddSuppression.Request>((body, _, errors) => AddSuppression.AddFaults(body, errors))
            .Requires(Permissions.NotificationsSend)
            .Audited("suppression.added")
            .Idempotent()
            .WithSummary("Add a suppression")
            .WithDescription(
                "The recipient gets no more messages that the tenant sends. E-mails that the service sends by itself, such as a password reset, are still sent."
            );
        suppressions
            .MapDelete("/{id:guid}", RemoveSuppression.Handle)
            .Requires(Permissions.NotificationsSend)
            .Audited("suppression.removed")
            .WithSummary("Remove a suppression")
            .WithDescription(
                "Messages to the recipient are sent again. The next permanent bounce or complaint adds the suppression again."
            );
    }

    private static void MapDevices(RouteGroupBuilder devices)
    {
        devices
            .MapGet("/", ListDevices.Handle)
            .SignedIn()
            .WithSummary("List devices")
            .WithDescription("Returns the caller's own devices, newest first. Retired devices are included.");
        devices
            .MapPost("/", RegisterDevice.Handle)
            .SignedIn()
            .Audited("device.registered")
            .Idempotent()
            .WithSummary("Register a device")
            .WithDescription(
                "Registers a device of the caller for push notifications, by the device token of APNs or FCM. A token that is registered again names the same device, which then belongs to the caller."
            );
        devices
            .MapDelete("/{id:guid}", RemoveDevice.Handle)
            .SignedIn()
            .Audited("device.removed")
            .WithSummary("Remove a device")
            .WithDescription("Removes one of the caller's own devices. It gets no more push notifications.");
    }

    private static void MapFeedback(RouteGroupBuilder notifications) =>
        notifications
            .MapPost("/feedback/sns", ReceiveSnsFeedback.Handle)
            .Anonymous("SNS signs its messages")
            .Audited("notification.feedback")
            .WithSummary("Receive SES feedback")
            .WithDescription(
                "Receives the deliveries, bounces, complaints and rejects that SES publishes to an SNS topic. Only messages of the topics in `SNS_FEEDBACK_TOPIC_ARNS` with a valid signature of SNS are accepted."
            );

    private static void MapUnsubscribing(IEndpointRouteBuilder api)
    {
        api.MapGet(UnsubscribeLink.Path, ShowUnsubscribePage.Handle)
            .WithMetadata(UnsubscribeLink.People)
            .AllowsDecoratedAddress()
            .Anonymous("the encrypted token of the link is the credential")
            .WithTags("Notifications")
            .Produces<string>(200, "text/html")
            .WithSummary("Show the unsubscribe page")
            .WithDescription(
                "Returns the page behind the unsubscribe link of a marketing message. Opening it changes nothing: its button unsubscribes. A browser gets refusals as pages."
            );
        api.MapPost(UnsubscribeLink.Path, Unsubscribe.Handle)
            .WithMetadata(UnsubscribeLink.People)
            .Produces<string>(200, "text/html")
            .AllowsDecoratedAddress()
            .Anonymous("the encrypted token of the link is the credential")
            .Audited("notification.unsubscribed")
            .WithTags("Notifications")
            .WithSummary("Unsubscribe")
            .WithDescription(
                "Unsubscribes the recipient of the link from marketing messages of the tenant, with one click (RFC 8058). A browser gets a page that confirms it, and refusals as pages."
            );
    }
}
