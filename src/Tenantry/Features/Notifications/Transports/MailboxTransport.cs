using Tenantry.Features.Notifications.Delivery;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>Sends nothing. In Development, the messages are shown under <c>/dev/mailbox</c>.</summary>
public sealed class MailboxTransport(Channel channel, ServiceSettings settings) : ITransport
{
    public Channel Channel => channel;

    public string Name => "mailbox";

    // Outside Development there is no mailbox, and no reason to store a one-time token.
    public bool KeepsText => settings.IsDevelopment;

    public Task<Outcome> Send(Message message, CancellationToken cancel) => Task.FromResult(Outcome.Sent(null));
}
