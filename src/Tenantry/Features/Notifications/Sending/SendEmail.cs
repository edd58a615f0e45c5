using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>Queues an e-mail to one address.</summary>
public static class SendEmail
{
    private const string NoAddress = "must be an e-mail address";

    public static async Task<Results<Accepted<SendMessageResponse>, Invalid, Conflicting, QuotaUsedUp>> Handle(
        SendMessageRequest body,
        TenantDb db,
        MessageCache cache,
        MessageSubmission submission,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var draft = await MessageDraft.Of(Channel.Email, body, db, cache, clock.GetUtcNow(), cancel);
        var recipient = Recipients.Normalized(Channel.Email, body.Recipient!, null);
        if (recipient is null)
            draft.Errors["recipient"] = [NoAddress];
        if (draft.Errors.Count > 0)
            return new Invalid(draft.Errors);

        // Without a template no language is needed: the statement that queues the e-mail looks its user up.
        var user = draft.Template is null ? null : await RecipientUser.WithEmail(db, recipient!, cancel);
        if (draft.Render(user?.Locale, http.Request) is { } invalid)
            return invalid;
        var mail = submission.Message(draft, recipient!, user?.Id);
        if (await submission.QueueEmail(mail, cancel) is { } full)
            return full;
        return submission.Accept(draft, [mail], http.Response);
    }

    /// <summary>Adds the faults that are found without the database.</summary>
    internal static void AddFaults(SendMessageRequest body, HttpContext http, Dictionary<string, string[]> errors)
    {
        if (body.Recipient is { } text && Recipients.Normalized(Channel.Email, text, region: null) is null)
            errors["recipient"] = [NoAddress];
        MessageDraft.AddFaults(
            Channel.Email,
            body,
            http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(),
            errors
        );
    }
}
