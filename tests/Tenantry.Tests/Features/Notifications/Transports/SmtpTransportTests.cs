using Tenantry.Features.Notifications.Delivery;
using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Features.Notifications.Transports;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Notifications.Transports;

/// <summary>A mail server that is not what the settings say.</summary>
public sealed class SmtpTransportTests
{
    [Fact]
    public async Task TLS_from_the_first_byte_is_spoken_where_the_settings_say_so()
    {
        await using var sink = new SmtpSink(SmtpTls.Implicit);
        using var transport = Transport(sink.Url, sink.AuthorityFile);

        var outcome = await Send(transport);

        outcome.Kind.ShouldBe(OutcomeKind.Sent, outcome.Reason);
        sink.Mails.Single().IsEncrypted.ShouldBeTrue();
    }

    [Theory]
    [InlineData(SmtpTls.StartTls)]
    [InlineData(SmtpTls.Implicit)]
    public async Task A_server_with_an_untrusted_certificate_gets_neither_password_nor_mail(SmtpTls tls)
    {
        await using var sink = new SmtpSink(tls);
        using var transport = Transport(sink.Url, authorityFile: null);

        var outcome = await Send(transport);

        (outcome.Kind, outcome.Reason).ShouldBe(
            (OutcomeKind.Later, "The certificate of the mail server is not trusted, or the TLS handshake failed.")
        );
        sink.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_certificate_of_another_name_is_not_trusted()
    {
        await using var sink = new SmtpSink();
        using var transport = Transport(
            sink.Url.Replace("@localhost", "@127.0.0.1", StringComparison.Ordinal),
            sink.AuthorityFile
        );

        (await Send(transport)).Reason!.ShouldContain("not trusted");
        sink.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_nothing()
    {
        await using var sink = new SmtpSink(SmtpTls.None);
        using var transport = Transport(
            $"smtp://{SmtpSink.User}:{Uri.EscapeDataString(SmtpSink.Password)}@localhost:{sink.Port}",
            authorityFile: null
        );

        var outcome = await Send(transport);

        (outcome.Kind, outcome.Reason).ShouldBe(
            (OutcomeKind.Later, "The mail server offers no encryption, and messages are not sent without it.")
        );
        sink.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wrong_password_is_our_fault_and_not_the_messages()
    {
        await using var sink = new SmtpSink { RefusesPassword = true };
        using var transport = Transport(sink.Url, sink.AuthorityFile);

        var refused = await Send(transport);
        sink.RefusesPassword = false;
        var accepted = await Send(transport);

        (refused.Kind, refused.Reason).ShouldBe(
            (OutcomeKind.Later, "The mail server does not accept the credentials of this installation.")
        );
        accepted.Kind.ShouldBe(OutcomeKind.Sent, accepted.Reason);
    }

    [Fact]
    public async Task A_server_that_is_not_there_may_come_back()
    {
        var sink = new SmtpSink();
        var url = sink.Url;
        await sink.DisposeAsync();
        using var transport = Transport(url, authorityFile: null);

        (await Send(transport)).Kind.ShouldBe(OutcomeKind.Later);
    }

    private static SmtpTransport Transport(string url, string? authorityFile)
    {
        var variables = new Dictionary<string, string>
        {
            ["APP_BASE_URL"] = "http://localhost:8000",
            ["DATABASE_URL"] = "postgresql://u:p@h/d",
            ["JWT_SECRET"] = new string('s', 32),
            ["EMAIL_TRANSPORT"] = "smtp",
            ["SMTP_URL"] = url,
        };
        if (authorityFile is not null)
            variables["SMTP_CA_FILE"] = authorityFile;
        var settings = ServiceSettings.Read(variables);
        return new SmtpTransport(settings.Messages.Smtp!, new MailMessage(settings, new UnsubscribeLink(settings)));
    }

    private static Task<Outcome> Send(SmtpTransport transport) =>
        transport.Send(
            new Message(
                Guid.NewGuid(),
                Guid.NewGuid(),
                1,
                Channel.Email,
                "ada@example.com",
                "s",
                "b",
                null,
                Category.Transactional,
                false,
                DateTimeOffset.UtcNow,
                new TenantOfMessage("Acme", null, null, null, true, false),
                null,
                null
            ),
            TestContext.Current.CancellationToken
        );
}
