using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Tests.Foundation.Hosting.Settings;

public sealed class ServiceSettingsTests
{
    [Fact]
    public void All_faulty_settings_are_reported_in_one_message()
    {
        var refusal = Should.Throw<SettingsException>(() =>
            ServiceSettings.Read(
                new Dictionary<string, string>
                {
                    ["APP_ENV"] = "Staging",
                    ["APP_BASE_URL"] = "localhost",
                    ["LOG_LEVEL"] = "Loud",
                    ["API_HOST"] = "everywhere",
                    ["API_PORT"] = "70000",
                    ["API_VERSION"] = "v/1",
                    ["DATABASE_URL"] = "mysql://root:hunter2@host/db",
                    ["MIGRATION_DATABASE_URL"] = "postgresql://host",
                    ["JWT_SECRET"] = "hunter2",
                    ["JWT_EXPIRATION_MINUTES"] = "61",
                    ["REFRESH_TOKEN_EXPIRATION_DAYS"] = "0",
                    ["REFRESH_TOKEN_LEEWAY_SECONDS"] = "-1",
                    ["EMAIL_TRANSPORT"] = "pigeon",
                    ["CORS_ALLOWED_ORIGINS"] = "https://a.example/path",
                    ["TRUSTED_PROXIES"] = "10.0.0.0/40",
                    ["PLATFORM_ADMIN_EMAIL"] = "root",
                }
            )
        );

        foreach (
            var name in new[]
            {
                "APP_ENV",
                "APP_BASE_URL",
                "LOG_LEVEL",
                "API_HOST",
                "API_PORT",
                "API_VERSION",
                "DATABASE_URL",
                "MIGRATION_DATABASE_URL",
                "JWT_SECRET",
                "JWT_EXPIRATION_MINUTES",
                "REFRESH_TOKEN_EXPIRATION_DAYS",
                "REFRESH_TOKEN_LEEWAY_SECONDS",
                "EMAIL_TRANSPORT",
                "CORS_ALLOWED_ORIGINS",
                "TRUSTED_PROXIES",
                "PLATFORM_ADMIN_PASSWORD",
                "PLATFORM_ADMIN_EMAIL",
            }
        )
            refusal.Faults.ShouldContain(fault => fault.StartsWith(name + " ", StringComparison.Ordinal), name);
        refusal.Message.ShouldNotContain("hunter2");
    }

    [Fact]
    public void Production_demands_the_address_that_users_call()
    {
        var variables = new Dictionary<string, string>
        {
            ["DATABASE_URL"] = "postgresql://u:p@localhost/d",
            ["JWT_SECRET"] = "a secret for tests, long enough for it",
            ["FILES_PATH"] = "/tmp",
        };

        Should
            .Throw<SettingsException>(() => ServiceSettings.Read(variables))
            .Faults.ShouldHaveSingleItem()
            .ShouldStartWith("APP_BASE_URL is required outside Development");
        variables["APP_ENV"] = "Development";
        ServiceSettings.Read(variables).AppBaseUrl.ShouldBe(new Uri("http://localhost:8000"));
    }

    [Theory]
    [InlineData("https://api.acme.com", null, false)] // no-reply@localhost
    [InlineData("https://api.acme.com", "no-reply@acme", false)]
    [InlineData("https://api.acme.com", "no-reply@mail.acme.LOCAL", false)]
    [InlineData("https://api.acme.com", "no-reply@acme.test", false)]
    [InlineData("https://api.acme.com", "no-reply@acme.com", true)]
    [InlineData("http://localhost:8000", null, true)] // for this machine alone
    [InlineData("http://acme.localhost:8000", null, true)]
    public void Production_sends_mail_from_a_domain_that_receives_mail(string url, string? sender, bool isAccepted)
    {
        var variables = new Dictionary<string, string>
        {
            ["APP_BASE_URL"] = url,
            ["HTTPS_REQUIRED"] = "false",
            ["DATABASE_URL"] = "postgresql://u:p@localhost/d",
            ["JWT_SECRET"] = "a secret for tests, long enough for it",
            ["FILES_PATH"] = "/tmp",
            ["EMAIL_TRANSPORT"] = "smtp",
            ["SMTP_URL"] = "smtp://mail.acme.com",
            ["FROM_EMAIL"] = sender ?? "",
        };

        if (isAccepted)
            ServiceSettings.Read(variables).FromEmail.ShouldBe(sender ?? "no-reply@localhost");
        else
            Should
                .Throw<SettingsException>(() => ServiceSettings.Read(variables))
                .Faults.ShouldHaveSingleItem()
                .ShouldStartWith("FROM_EMAIL must be an address of a domain that receives mail");
        // Nobody gets what is only stored.
        variables["EMAIL_TRANSPORT"] = "mailbox";
        ServiceSettings.Read(variables).Messages.Email.ShouldBe(EmailTransport.Mailbox);
    }

    [Theory]
    [InlineData("http://api.acme.com", "Production", true)]
    [InlineData("http://192.168.1.4", "Production", true)]
    [InlineData("https://api.acme.com", "Production", false)]
    [InlineData("http://127.0.0.1:8000", "Production", false)]
    [InlineData("http://api.acme.com", "Development", false)]
    public void Plain_HTTP_is_noticed_on_an_address_that_others_reach(string url, string environment, bool isPlain) =>
        ProductionRules
            .IsPlainHttp(Read(("APP_BASE_URL", url), ("APP_ENV", environment), ("HTTPS_REQUIRED", "false")))
            .ShouldBe(isPlain);

    [Fact]
    public void What_is_left_out_has_a_default_that_is_the_stricter_one()
    {
        var settings = Read();

        settings.IsDevelopment.ShouldBeFalse();
        (settings.ApiPort, settings.ApiPath).ShouldBe((8000, "/api/v1"));
        (settings.AccessTokenLifetime, settings.RefreshTokenLifetime, settings.RefreshTokenLeeway).ShouldBe(
            (TimeSpan.FromMinutes(15), TimeSpan.FromDays(30), TimeSpan.FromSeconds(10))
        );
        settings.DefaultTenant.ShouldBeNull();
        settings.TrustedProxies.ShouldBeEmpty();
    }

    [Fact]
    public void Several_servers_stand_in_one_url_and_no_fault_repeats_its_password()
    {
        var settings = Read(
            ("REDIS_URL", "redis://localhost"),
            (
                "DATABASE_READ_URL",
                "postgresql://app:hunter%402@one:5433,two,[::1]:5434/tenantry?sslmode=require&pool_max=7"
            ),
            ("DATABASE_DIRECT_URL", "postgresql://app:hunter2@one/tenantry")
        );

        settings
            .Replicas.Select(server =>
                (server.Host, server.Port, server.Password, server.Database, server.SslMode, server.MaxPoolSize)
            )
            .ShouldBe([
                ("one", 5433, "hunter@2", "tenantry", Npgsql.SslMode.Require, 7),
                ("two", 5432, "hunter@2", "tenantry", Npgsql.SslMode.Require, 7),
                ("::1", 5434, "hunter@2", "tenantry", Npgsql.SslMode.Require, 7),
            ]);
        settings.DirectDatabases.Count.ShouldBe(1);
        settings.Secrets.ShouldContain("hunter@2");
        foreach (
            var wrong in new[]
            {
                "postgresql://app:hunter2@one,/tenantry",
                "postgresql://app:hunter2@one:x,two/tenantry",
                "mysql://app:hunter2@one,two/tenantry",
                "hunter2",
                "postgresql://app:hunter2@one,two/tenantry?hunter=2",
            }
        )
            Should
                .Throw<SettingsException>(() => Read(("REDIS_URL", "redis://localhost"), ("DATABASE_READ_URL", wrong)))
                .Message.ShouldNotContain("hunter2", Case.Sensitive, wrong);
    }

    [Fact]
    public void A_replica_requires_a_Redis_URL() =>
        Should
            .Throw<SettingsException>(() => Read(("DATABASE_READ_URL", "postgresql://app:hunter2@one/tenantry")))
            .Message.ShouldContain("DATABASE_READ_URL needs REDIS_URL");

    [Fact]
    public void Outside_Development_the_secret_is_needed()
    {
        Should
            .Throw<SettingsException>(() => Read(("JWT_SECRET", "")))
            .Message.ShouldContain("JWT_SECRET must have at least 32 characters");
        Read(("JWT_SECRET", ""), ("APP_ENV", "development")).IsDevelopment.ShouldBeTrue();
    }

    [Fact]
    public void The_lifetime_of_a_token_may_be_said_in_hours_and_minutes_win()
    {
        Read(("JWT_EXPIRATION_HOURS", "1")).AccessTokenLifetime.ShouldBe(TimeSpan.FromHours(1));
        Read(("JWT_EXPIRATION_HOURS", "1"), ("JWT_EXPIRATION_MINUTES", "5"))
            .AccessTokenLifetime.ShouldBe(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void A_setting_may_stand_in_a_file_that_another_names()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "a secret from a file, long enough for it\n");

        Read(("JWT_SECRET", ""), ("JWT_SECRET_FILE", file))
            .JwtSecret.ShouldBe("a secret from a file, long enough for it");
        Read(("JWT_SECRET", "a secret of the environment, long enough"), ("JWT_SECRET_FILE", file))
            .JwtSecret.ShouldBe("a secret of the environment, long enough");
        Should
            .Throw<SettingsException>(() => Read(("JWT_SECRET", ""), ("JWT_SECRET_FILE", file + ".gone")))
            .Message.ShouldContain("JWT_SECRET_FILE names a file that cannot be read");
        // Whoever replaces a file may empty it first: that is not the wish to do without.
        File.WriteAllText(file, "\n");
        Should
            .Throw<SettingsException>(() => Read(("METRICS_TOKEN_FILE", file)))
            .Message.ShouldContain("METRICS_TOKEN_FILE names a file that is empty");
        File.Delete(file);
    }

    [Fact]
    public void What_must_not_be_in_a_log_is_known_as_it_stands_in_a_setting_and_as_it_is_meant()
    {
        var secrets = Read(
            ("REDIS_URL", "redis://:pass%2Fword@host"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=abc%20def, Authorization=Basic%20dXNlcjpodW50ZXIy")
        )
            .Secrets.ToList();

        foreach (
            var secret in new[]
            {
                "pass%2Fword",
                "pass/word",
                "abc%20def",
                "abc def",
                "Basic dXNlcjpodW50ZXIy",
                "dXNlcjpodW50ZXIy",
            }
        )
            secrets.ShouldContain(secret);
    }

    [Theory]
    [InlineData("tcp://scanner:3311", "Unspecified/scanner:3311")]
    [InlineData("tcp://scanner", "Unspecified/scanner:3310")]
    [InlineData("tcp://[::1]:3310", "Unspecified/::1:3310")]
    [InlineData("unix:///run/clamd.sock", "/run/clamd.sock")]
    [InlineData("unix:///run/a%20b/clamd.sock", "/run/a b/clamd.sock")]
    public void The_scanner_is_a_host_or_a_socket(string url, string address)
    {
        var clamd = Read(("CLAMD_URL", url)).Clamd.ShouldNotBeNull();

        clamd.Address.ToString().ShouldBe(address);
        clamd.Timeout.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Without_its_address_there_is_no_scanner() => Read(("CLAMD_TIMEOUT_SECONDS", "5")).Clamd.ShouldBeNull();

    [Theory]
    [InlineData("CLAMD_URL", "localhost:3310")]
    [InlineData("CLAMD_URL", "http://scanner:3310")]
    [InlineData("CLAMD_URL", "tcp://:3310")]
    [InlineData("CLAMD_URL", "tcp://scanner:0")]
    [InlineData("CLAMD_URL", "tcp://user:hunter2@scanner:3310")]
    [InlineData("CLAMD_URL", "tcp://scanner:3310/path")]
    [InlineData("CLAMD_URL", "unix://run/clamd.sock")]
    [InlineData("CLAMD_URL", "unix:///")]
    [InlineData(
        "CLAMD_URL",
        "unix:///a-path-that-is-longer-than-the-hundred-and-eight-bytes-that-linux-gives-to-the-address-of-a-socket-in-all/s"
    )]
    [InlineData("CLAMD_TIMEOUT_SECONDS", "0")]
    [InlineData("REDIS_URL", "localhost:6379")]
    [InlineData("REDIS_URL", "http://x")]
    [InlineData("REDIS_URL", "redis://:hunter2@h/first")]
    [InlineData("QUOTA_FREE_USERS", "0")]
    [InlineData("RATE_LIMIT_FREE_PER_MINUTE", "many")]
    [InlineData("REDIS_DEADLINE_MS", "0")]
    public void A_limit_or_a_store_that_cannot_be_is_named_and_its_secret_is_not(string name, string value)
    {
        var fault = Should.Throw<SettingsException>(() => Read((name, value))).Faults.ShouldHaveSingleItem();

        fault.ShouldStartWith(name + " must be");
        fault.ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("SMTP_URL", "EMAIL_TRANSPORT=smtp")]
    [InlineData("SMTP_URL", "SMTP_URL=http://host")]
    [InlineData("SMTP_URL", "SMTP_URL=smtp://user:hunter2@host/path")]
    [InlineData("SMTP_URL", "SMTP_URL=smtps://user:hunter2@host?tls=off")]
    [InlineData("SMTP_URL", "SMTP_URL=smtp://hunter2@host")]
    [InlineData("SMTP_CA_FILE", "SMTP_CA_FILE=/nowhere.pem")]
    [InlineData("AWS_REGION", "EMAIL_TRANSPORT=ses")]
    [InlineData("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID=AKIA")]
    [InlineData("SNS_EMAIL_TOPIC_ARN", "EMAIL_TRANSPORT=sns AWS_REGION=eu-central-1")]
    [InlineData("SNS_EMAIL_TOPIC_ARN", "SNS_EMAIL_TOPIC_ARN=mails")]
    [InlineData("SNS_REGION", "SMS_TRANSPORT=sns")]
    [InlineData("SNS_PUSH_PLATFORM_ARN", "PUSH_TRANSPORT=sns AWS_REGION=eu-central-1")]
    [InlineData(
        "SNS_FEEDBACK_TOPIC_ARNS",
        "SNS_FEEDBACK_TOPIC_ARNS=arn:aws:sqs:eu-central-1:1:q AWS_REGION=eu-central-1"
    )]
    [InlineData("SMS_SENDER_ID", "SMS_SENDER_ID=0123456789")]
    [InlineData("SMS_TYPE", "SMS_TYPE=urgent")]
    [InlineData("TENANT_SENDERS", "TENANT_SENDERS=everybody")]
    [InlineData("NOTIFICATION_ATTEMPTS", "NOTIFICATION_ATTEMPTS=0")]
    public void A_way_for_messages_that_cannot_be_is_named_and_its_secret_is_not(string named, string settings)
    {
        var refusal = Should.Throw<SettingsException>(() =>
            Read([.. settings.Split(' ').Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1]))])
        );

        refusal.Faults.ShouldHaveSingleItem().ShouldStartWith(named + " ");
        refusal.Message.ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("S3_REGION", "S3_BUCKET_NAME=files")]
    [InlineData("S3_ENDPOINT_URL", "S3_ENDPOINT_URL=files")]
    [InlineData("S3_PATH_STYLE", "S3_PATH_STYLE=perhaps")]
    [InlineData("S3_ENCRYPTION", "S3_ENCRYPTION=rot13")]
    [InlineData("S3_KMS_KEY_ID", "S3_KMS_KEY_ID=a")]
    [InlineData("CDN_BASE_URL", "CDN_BASE_URL=cdn")]
    [InlineData("FILES_RECONCILE_HOUR", "FILES_RECONCILE_HOUR=24")]
    [InlineData("QUOTA_FREE_FILE_MB", "QUOTA_FREE_FILE_MB=unlimited")]
    [InlineData("QUOTA_FREE_STORAGE_MB", "QUOTA_FREE_STORAGE_MB=0")]
    public void A_store_that_cannot_be_is_named(string named, string settings) =>
        Should
            .Throw<SettingsException>(() =>
                Read([.. settings.Split(' ').Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1]))])
            )
            .Faults.ShouldHaveSingleItem()
            .ShouldStartWith(named + " ");

    [Fact]
    public void A_CDN_needs_a_bucket_and_a_key_that_is_one()
    {
        var (key, other) = (Path.GetTempFileName(), Path.GetTempFileName());
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        File.WriteAllText(key, rsa.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(other, rsa.ExportSubjectPublicKeyInfoPem());
        (string, string)[] bucket =
        [
            ("S3_BUCKET_NAME", "files"),
            ("S3_REGION", "eu-central-1"),
            ("CDN_BASE_URL", "https://cdn.example"),
        ];

        Faults(("CDN_BASE_URL", "https://cdn.example"))
            .ShouldBe(["CDN_BASE_URL", "CDN_KEY_PAIR_ID", "CDN_PRIVATE_KEY_FILE"]);
        Faults([.. bucket, ("CDN_KEY_PAIR_ID", "K1"), ("CDN_PRIVATE_KEY_FILE", "/nowhere.pem")])
            .ShouldBe(["CDN_PRIVATE_KEY_FILE"]);
        Faults([.. bucket, ("CDN_KEY_PAIR_ID", "K1"), ("CDN_PRIVATE_KEY_FILE", other)])
            .ShouldBe(["CDN_PRIVATE_KEY_FILE"]);
        var cdn = Read([.. bucket, ("CDN_KEY_PAIR_ID", "K1"), ("CDN_PRIVATE_KEY_FILE", key)]).Store.Bucket!.Cdn!;
        (cdn.Url.Host, cdn.KeyPairId).ShouldBe(("cdn.example", "K1"));
        cdn.ToString().ShouldNotContain("PRIVATE KEY");

        static IEnumerable<string> Faults(params (string, string)[] settings) =>
            Should
                .Throw<SettingsException>(() => Read(settings))
                .Faults.Select(fault => fault.Split(' ')[0])
                .Order(StringComparer.Ordinal);
    }

    [Fact]
    public void A_mail_server_is_named_by_its_URL()
    {
        var smtp = Read(
            ("EMAIL_TRANSPORT", "smtp"),
            ("SMTP_URL", "smtp://AKIA%2B:p%40ss%2Fw@mail.example")
        ).Messages.Smtp!;

        (
            smtp.Host,
            smtp.Port,
            smtp.Tls,
            smtp.IsUnencrypted,
            smtp.Credentials!.UserName,
            smtp.Credentials.Password
        ).ShouldBe(("mail.example", 587, false, false, "AKIA+", "p@ss/w"));
        smtp.ToString().ShouldNotContain("p@ss");
        Read(("SMTP_URL", "smtps://mail.example")).Messages.Smtp!.Port.ShouldBe(465);
    }

    [Fact]
    public void Unlimited_is_a_limit_that_is_none() =>
        (
            Read(("RATE_LIMIT_FREE_PER_MINUTE", "Unlimited"), ("QUOTA_FREE_USERS", "unlimited")) is
            { RateLimits.Free: null, FreeQuota.Users: null }
        ).ShouldBeTrue();

    [Theory]
    [InlineData(
        "postgresql://u:p%40ss%2Fw@db.example:6432/ten%20antry?sslmode=verify-full",
        "db.example",
        6432,
        "p@ss/w",
        "ten antry",
        "VerifyFull"
    )]
    [InlineData("postgres://u:p@[::1]/d", "::1", 5432, "p", "d", "Prefer")]
    [InlineData(
        "postgresql://u:p:q@db/d?host=/run/postgresql&sslmode=disable",
        "/run/postgresql",
        5432,
        "p:q",
        "d",
        "Disable"
    )]
    public void A_database_is_named_by_its_URL(
        string url,
        string host,
        int port,
        string password,
        string database,
        string sslMode
    )
    {
        PostgresUrl.TryParse(url, out var connection, out var fault).ShouldBeTrue(fault);

        (
            connection!.Host,
            connection.Port,
            connection.Password,
            connection.Database,
            connection.SslMode.ToString()
        ).ShouldBe((host, port, password, database, sslMode));
    }

    [Theory]
    [InlineData("Host=db;Password=hunter2")]
    [InlineData("postgresql://db/d")]
    [InlineData("postgresql://u:hunter2@db")]
    [InlineData("postgresql://u:hunter2@db/d?sslmode=perhaps")]
    [InlineData("postgresql://u:hunter2@db/d?nonsense=1")]
    public void An_invalid_database_URL_is_reported_without_its_password(string url)
    {
        PostgresUrl.TryParse(url, out _, out var fault).ShouldBeFalse();

        fault!.ShouldNotContain("hunter2");
    }

    private static ServiceSettings Read(params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string>
        {
            ["DATABASE_URL"] = "postgresql://u:p@h/d",
            ["JWT_SECRET"] = new string('s', 32),
            ["APP_BASE_URL"] = "http://localhost:8000",
        };
        foreach (var (name, value) in more)
            variables[name] = value;
        return ServiceSettings.Read(variables);
    }
}
