using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace Tenantry.Tests.Harness;

public enum SmtpTls
{
    None,
    StartTls,
    Implicit,
}

/// <summary>A mail that the sink took.</summary>
public sealed record ReceivedMail(
    string From,
    IReadOnlyList<string> Recipients,
    byte[] Raw,
    bool IsEncrypted,
    string? User,
    int Connection
)
{
    public string Body => Mime.TextBody ?? throw new InvalidOperationException("The mail has no text.");

    public MimeMessage Mime => MimeMessage.Load(new MemoryStream(Raw));

    public string Text => Encoding.UTF8.GetString(Raw);
}

/// <summary>
/// A real SMTP server (RFC 5321) of a test's own, over TLS where it is wanted, that can be told to misbehave.
/// </summary>
public sealed class SmtpSink : IAsyncDisposable
{
    /// <summary>As a reply: the connection ends with nothing said. The mail was not taken.</summary>
    public const string DropBefore = "drop before";

    /// <summary>As a reply: the mail is taken, and the connection ends with nothing said: accepted unheard.</summary>
    public const string DropAfter = "drop after";

    /// <summary>As a reply: nothing more is said until the client goes.</summary>
    public const string Hang = "hang";

    public const string User = "mailer";
    public const string Password = "p@ss/word";

    private static readonly Lazy<(X509Certificate2 Authority, X509Certificate2 Server)> Certificates = new(
        MakeCertificates
    );

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<ReceivedMail> mails = new();
    private readonly ConcurrentDictionary<string, int> byId = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Task> sessions = [];
    private readonly SmtpTls tls;
    private readonly Task accepting;
    private int connections;

    public SmtpSink(SmtpTls tls = SmtpTls.StartTls)
    {
        this.tls = tls;
        listener.Start();
        AuthorityFile = Path.Combine(Path.GetTempPath(), $"smtp-{Guid.NewGuid():N}.pem");
        File.WriteAllText(AuthorityFile, Certificates.Value.Authority.ExportCertificatePem());
        accepting = Accept();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string AuthorityFile { get; }

    public string Url =>
        tls switch
        {
            SmtpTls.None => $"smtp://127.0.0.1:{Port}?tls=off",
            SmtpTls.StartTls => $"smtp://{User}:{Uri.EscapeDataString(Password)}@localhost:{Port}",
            _ => $"smtps://{User}:{Uri.EscapeDataString(Password)}@localhost:{Port}",
        };

    public IReadOnlyCollection<ReceivedMail> Mails => mails;

    /// <summary>How often each Message-ID came.</summary>
    public IReadOnlyDictionary<string, int> ById => byId;

    public int Connections => connections;

    /// <summary>What is said to a recipient; null: yes.</summary>
    public Func<string, string?> OnRecipient { get; set; } = _ => null;

    /// <summary>What is said to a mail; null: yes.</summary>
    public Func<ReceivedMail, string?> OnMail { get; set; } = _ => null;

    /// <summary>How long it thinks about each mail.</summary>
    public TimeSpan Pause { get; set; }

    /// <summary>Whether the password is another by now.</summary>
    public bool RefusesPassword { get; set; }

    public void Apply(Dictionary<string, string> variables)
    {
        variables["EMAIL_TRANSPORT"] = "smtp";
        variables["SMTP_URL"] = Url;
        variables["SMTP_CA_FILE"] = AuthorityFile;
        variables["NOTIFICATION_RETRY_SECONDS"] = "1";
        variables["NOTIFICATION_TIMEOUT_SECONDS"] = "2";
    }

    public Task<ReceivedMail> Mail(Func<ReceivedMail, bool> which) =>
        Eventually.Find(() => Task.FromResult(mails.FirstOrDefault(which)), "such a mail arrives");

    public Task<ReceivedMail> MailTo(string recipient) => Mail(mail => mail.Recipients.Contains(recipient));

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(sessions);
        listener.Dispose();
        stopping.Dispose();
        File.Delete(AuthorityFile);
    }

    private async Task Accept()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stopping.Token);
                sessions.Add(Serve(client, Interlocked.Increment(ref connections)));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task Serve(TcpClient client, int number)
    {
        using var _ = client;
        client.NoDelay = true;
        try
        {
            await using var session = new Session(client.GetStream(), number, stopping.Token);
            if (tls == SmtpTls.Implicit)
                await session.Encrypt(Certificates.Value.Server);
            await session.Run(this);
        }
        catch (Exception e)
            when (e
                    is IOException
                        or OperationCanceledException
                        or SocketException
                        or ObjectDisposedException
                        or System.Security.Authentication.AuthenticationException
            )
        {
            // The client went, or the test ends.
        }
    }

    private void Take(ReceivedMail mail)
    {
        mails.Enqueue(mail);
        var text = mail.Text;
        var at = text.IndexOf("Message-Id: <", StringComparison.OrdinalIgnoreCase);
        if (at >= 0)
            byId.AddOrUpdate(text[(at + 13)..text.IndexOf('>', at)], 1, (_, count) => count + 1);
    }

    private static (X509Certificate2 Authority, X509Certificate2 Server) MakeCertificates()
    {
        var now = DateTimeOffset.UtcNow;
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of the tests", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var own = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        own.CertificateExtensions.Add(names.Build());
        using var signed = own.Create(authority, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return (
            authority,
            X509CertificateLoader.LoadPkcs12(signed.CopyWithPrivateKey(key).Export(X509ContentType.Pkcs12), null)
        );
    }

    private sealed class Session(Stream wire, int number, CancellationToken stop) : IAsyncDisposable
    {
        private readonly byte[] buffer = new byte[32 * 1024];
        private readonly List<string> recipients = [];
        private Stream stream = wire;
        private int filled;
        private int read;
        private bool isEncrypted;
        private string? user;
        private string from = "";

        public async Task Encrypt(X509Certificate2 certificate)
        {
            var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate },
                stop
            );
            (stream, isEncrypted, filled, read) = (secure, true, 0, 0); // what came before the handshake counts for nothing
        }

        public async Task Run(SmtpSink sink)
        {
            await Say("220 sink ESMTP");
            while (await Line() is { } line)
            {
                var verb = line.Split(' ', ':')[0].ToUpperInvariant();
                switch (verb)
                {
                    case "EHLO":
                        var offers = new List<string>
                        {
                            "sink",
                            "PIPELINING",
                            "8BITMIME",
                            "SMTPUTF8",
                            "ENHANCEDSTATUSCODES",
                        };
                        if (sink.tls == SmtpTls.StartTls && !isEncrypted)
                            offers.Add("STARTTLS");
                        if (isEncrypted)
                            offers.Add("AUTH PLAIN LOGIN");
                        await Say(
                            string.Join(
                                "\r\n",
                                offers.Select((offer, i) => $"250{(i == offers.Count - 1 ? ' ' : '-')}{offer}")
                            )
                        );
                        break;
                    case "STARTTLS":
                        await Say("220 go on");
                        await Encrypt(Certificates.Value.Server);
                        break;
                    case "AUTH":
                        await SignIn(sink, line);
                        break;
                    case "MAIL" when sink.tls != SmtpTls.None && user is null:
                        await Say("530 5.7.0 Authentication required");
                        break;
                    case "MAIL":
                        recipients.Clear();
                        from = Address(line);
                        await Say("250 2.1.0 fine");
                        break;
                    case "RCPT":
                        var reply = sink.OnRecipient(Address(line));
                        if (reply is null)
                            recipients.Add(Address(line));
                        await Say(reply ?? "250 2.1.5 fine");
                        break;
                    case "DATA":
                        await Say("354 go on");
                        if (!await TakeMail(sink))
                            return;
                        break;
                    case "RSET" or "NOOP":
                        await Say("250 2.0.0 fine");
                        break;
                    case "QUIT":
                        await Say("221 2.0.0 good-bye");
                        return;
                    default:
                        await Say("502 5.5.1 not known here");
                        break;
                }
            }
        }

        public async ValueTask DisposeAsync() => await stream.DisposeAsync();

        private async Task SignIn(SmtpSink sink, string line)
        {
            var parts = line.Split(' ');
            string name,
                password;
            if (parts[1] == "PLAIN")
            {
                if (parts.Length < 3)
                    await Say("334 ");
                var said = Encoding
                    .UTF8.GetString(Convert.FromBase64String(parts.Length > 2 ? parts[2] : await Line() ?? ""))
                    .Split('\0');
                (name, password) = (said[1], said[2]);
            }
            else
            {
                await Say("334 VXNlcm5hbWU6");
                name = Encoding.UTF8.GetString(Convert.FromBase64String(await Line() ?? ""));
                await Say("334 UGFzc3dvcmQ6");
                password = Encoding.UTF8.GetString(Convert.FromBase64String(await Line() ?? ""));
            }
            user = name == SmtpSink.User && password == SmtpSink.Password && !sink.RefusesPassword ? name : null;
            await Say(user is null ? "535 5.7.8 wrong" : "235 2.7.0 welcome");
        }

        /// <returns>whether the session goes on</returns>
        private async Task<bool> TakeMail(SmtpSink sink)
        {
            using var raw = new MemoryStream();
            while (await Line() is { } line && line != ".")
                raw.Write(Encoding.UTF8.GetBytes((line.StartsWith('.') ? line[1..] : line) + "\r\n"));
            var mail = new ReceivedMail(from, [.. recipients], raw.ToArray(), isEncrypted, user, number);
            if (sink.Pause > TimeSpan.Zero)
                await Task.Delay(sink.Pause, stop);
            switch (sink.OnMail(mail))
            {
                case DropBefore:
                    return false;
                case DropAfter:
                    sink.Take(mail);
                    return false;
                case Hang:
                    await Task.Delay(Timeout.Infinite, stop);
                    return false;
                case { } refusal:
                    await Say(refusal);
                    return true;
                default:
                    sink.Take(mail);
                    await Say("250 2.0.0 taken");
                    return true;
            }
        }

        private static string Address(string line) =>
            line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];

        private async Task Say(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"), stop);

        private async Task<string?> Line()
        {
            var line = new MemoryStream();
            while (true)
            {
                if (read == filled)
                {
                    (filled, read) = (await stream.ReadAsync(buffer, stop), 0);
                    if (filled == 0)
                        return null;
                }
                var end = Array.IndexOf(buffer, (byte)'\n', read, filled - read);
                line.Write(buffer, read, (end < 0 ? filled : end) - read);
                read = end < 0 ? filled : end + 1;
                if (end >= 0)
                    return Encoding.UTF8.GetString(line.ToArray()).TrimEnd('\r');
            }
        }
    }
}
