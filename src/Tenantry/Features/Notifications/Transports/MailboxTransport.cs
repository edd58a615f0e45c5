using Tenantry.Features.Notifications.Delivery;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>Sends nothing: developers read the messages where they lie, under <c>/dev/mailbox</c>.</summary>
public sealed class MailboxTransport(Channel channel, ServiceSettings settings) : ITransport
{
    public Channel Channel => channel;

    public string Name => "mailbox";

    // Outside Development nobody can look: a token would lie there for nothing.
    public bool Keeps => settings.IsDevelopment;

    public Task<Outcome> Send(Message message, CancellationToken cancel) => Task.FromResult(Outcome.Sent(null));
}
