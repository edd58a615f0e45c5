using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Features.Notifications.Feedback;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>
/// Sends e-mail by any mail server, such as the SMTP endpoint of SES (RFC 5321). Connections are reused. TLS with a
/// verified certificate is required, unless the settings turn it off.
/// </summary>
public sealed class SmtpTransport : ITransport, IDisposable
{
    /// <summary>How long an idle connection is used without checking that the server still has it.</summary>
    private static readonly TimeSpan MaxUncheckedIdle = TimeSpan.FromSeconds(5);

    /// <summary>How long an idle connection is reused. Many servers close one that is idle for a minute.</summary>
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(45);

    private readonly ConcurrentStack<(SmtpClient Client, long Since)> idle = new();
    private readonly X509Certificate2Collection? authorities;
    private readonly SmtpSettings server;
    private readonly MailMessage mail;
    private readonly LiveSettings? live;
    private readonly bool isSes;

    /// <param name="server">The mail server.</param>
    /// <param name="mail">Builds the e-mails.</param>
    /// <param name="live">
    /// Provides the current password for each new connection; null: the password of <paramref name="server"/> is used.
    /// </param>
    public SmtpTransport(SmtpSettings server, MailMessage mail, LiveSettings? live = null)
    {
        (this.server, this.mail, this.live) = (server, mail, live);
        isSes = server.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase);
        if (server.AuthorityFile is { } file)
        {
            authorities = [];
            authorities.ImportFromPemFile(file);
        }
    }

    public Channel Channel => Channel.Email;

    public string Name => "smtp";

    public async Task<Outcome> Send(Message message, CancellationToken cancel)
    {
        var mime = mail.Of(message);
        if (isSes)
            mime.Headers.Add(
                "X-SES-MESSAGE-TAGS",
                $"{FeedbackTags.Tenant}={message.TenantId}, {FeedbackTags.Notification}={message.Id}"
            );
        SmtpClient? client = null;
        try
        {
            client = await Connected(cancel);
            var answer = await client.SendAsync(mime, cancel);
            Return(client);
            client = null;
            return Outcome.Sent(isSes ? answer.Split(' ').LastOrDefault() : mime.MessageId);
        }
        catch (SmtpCommandException e)
        {
            var text = $"The mail server answered {(int)e.StatusCode}: {e.Message}";
            // 530, 534 and 535 refuse the credentials of this installation, not the message.
            return (int)e.StatusCode is >= 500 and not (530 or 534 or 535)
                ? Outcome.Refused(text)
                : Outcome.Later(text);
        }
        catch (MailKit.Security.AuthenticationException)
        {
            return Outcome.Later("The mail server does not accept the credentials of this installation.");
        }
        catch (SslHandshakeException)
        {
            return Outcome.Later("The certificate of the mail server is not trusted, or the TLS handshake failed.");
        }
        catch (NotSupportedException)
        {
            return Outcome.Later("The mail server offers no encryption, and messages are not sent without it.");
        }
        catch (Exception e)
            when (e
                    is SmtpProtocolException
                        or IOException
                        or SocketException
                        or ServiceNotConnectedException
                        or ServiceNotAuthenticatedException
                        or System.Security.Authentication.AuthenticationException
            )
        {
            return Outcome.Later("The connection to the mail server was refused or lost.");
        }
        catch (Exception e) when (e is ParseException or FormatException or ArgumentException)
        {
            return Outcome.Refused("The message cannot be written as an e-mail: " + e.Message);
        }
        finally
        {
            client?.Dispose();
        }
    }

    public void Dispose()
    {
        while (idle.TryPop(out var one))
            one.Client.Dispose();
    }

    private async Task<SmtpClient> Connected(CancellationToken cancel)
    {
        while (idle.TryPop(out var one))
        {
            var idleFor = Stopwatch.GetElapsedTime(one.Since);
            if (
                idleFor < MaxIdle
                && one.Client.IsConnected
                && (idleFor < MaxUncheckedIdle || await Responds(one.Client, cancel))
            )
                return one.Client;
            one.Client.Dispose();
        }
        var client = new SmtpClient
        {
            CheckCertificateRevocation = false,
            ServerCertificateValidationCallback = authorities is null ? null : IsTrusted,
        };
        try
        {
            await client.ConnectAsync(
                server.Host,
                server.Port,
                server.IsUnencrypted ? SecureSocketOptions.None
                    : server.Tls ? SecureSocketOptions.SslOnConnect
                    : SecureSocketOptions.StartTls,
                cancel
            );
            if ((live?.Current.Messages.Smtp ?? server).Credentials is { } credentials)
                await client.AuthenticateAsync(credentials, cancel);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private void Return(SmtpClient client) => idle.Push((client, Stopwatch.GetTimestamp()));

    private static async Task<bool> Responds(SmtpClient client, CancellationToken cancel)
    {
        try
        {
            await client.NoOpAsync(cancel);
            return true;
        }
        catch (Exception e)
            when (e is SmtpProtocolException or SmtpCommandException or IOException or ServiceNotConnectedException)
        {
            return false;
        }
    }

    /// <summary>
    /// With a certificate authority of the settings: the chain must end there, and the name must match the server.
    /// </summary>
    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
            return false;
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities!);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (chain is not null)
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainElements.Select(element => element.Certificate).ToArray());
        using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return own.Build(leaf);
    }
}
