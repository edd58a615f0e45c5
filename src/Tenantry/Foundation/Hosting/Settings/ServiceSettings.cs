using System.Net;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Tenantry.Foundation.Hosting.Settings;

public enum AppEnvironment
{
    Production,
    Development,
}

/// <summary>
/// Everything that can be set from outside, typed and validated at start. The names are those of the environment
/// variables; <c>.env.example</c> explains each, and a test holds the two together.
/// </summary>
public sealed partial record ServiceSettings
{
    /// <summary>Protects development databases only; outside Development a start without JWT_SECRET is refused.</summary>
    private const string DevelopmentJwtSecret = "development only: this protects nothing";

    public required AppEnvironment Environment { get; init; }
    public required Uri AppBaseUrl { get; init; }
    public required LogLevelSetting LogLevels { get; init; }
    public required TelemetrySettings Telemetry { get; init; }
    public required IPAddress ApiHost { get; init; }
    public required int ApiPort { get; init; }
    public required string ApiVersion { get; init; }
    public required string? BaseDomain { get; init; }
    public required string? DefaultTenant { get; init; }
    public required string? PlatformAdminEmail { get; init; }
    public required string? PlatformAdminPassword { get; init; }
    public required NpgsqlConnectionStringBuilder Database { get; init; }

    /// <summary>Where LISTEN gets through, if <see cref="Database"/> leads through a pooler: servers of which one is the primary. Empty: there.</summary>
    public required IReadOnlyList<NpgsqlConnectionStringBuilder> DirectDatabases { get; init; }

    /// <summary>Servers that follow the primary, for reads that may be stale. Empty: there are none.</summary>
    public required IReadOnlyList<NpgsqlConnectionStringBuilder> Replicas { get; init; }

    /// <summary>How far behind a replica may be that is read from.</summary>
    public required TimeSpan ReadLag { get; init; }

    /// <summary>The owner's connection, used by commands of an operator alone. The service never opens it.</summary>
    public required NpgsqlConnectionStringBuilder MigrationDatabase { get; init; }
    public required string JwtSecret { get; init; }
    public required string JwtIssuer { get; init; }
    public required string JwtAudience { get; init; }
    public required TimeSpan AccessTokenLifetime { get; init; }

    /// <summary>How old the signing key grows before another is made. Null: as old as the operator lets it.</summary>
    public required TimeSpan? SigningKeyAge { get; init; }
    public required TimeSpan RefreshTokenLifetime { get; init; }
    public required TimeSpan RefreshTokenLeeway { get; init; }
    public required TimeSpan SessionLifetime { get; init; }

    /// <summary>How long a deleted tenant can be brought back: not shorter than <c>tenant_grace()</c> of the database, which <c>tenantry migrate</c> sets.</summary>
    public required TimeSpan TenantGrace { get; init; }

    /// <summary>How many roles a tenant may have, the system roles among them.</summary>
    public required int RolesPerTenant { get; init; }

    /// <summary>How long the audit log is kept, by whole months.</summary>
    public required TimeSpan AuditRetention { get; init; }

    /// <summary>What a tenant of each tier may have.</summary>
    private const long Megabyte = 1024 * 1024;

    public required TierQuota FreeQuota { get; init; }
    public required TierQuota StandardQuota { get; init; }
    public required TierQuota PremiumQuota { get; init; }
    public required RateLimitSettings RateLimits { get; init; }

    /// <summary>Null: limits and caches live in the process.</summary>
    public required Uri? RedisUrl { get; init; }

    /// <summary>How long a request waits for Redis before it goes on without.</summary>
    public required TimeSpan RedisDeadline { get; init; }
    public required Argon2Cost PasswordCost { get; init; }

    /// <summary>A range service for leaked passwords; ends with a slash. Null: the shipped list alone decides.</summary>
    public required Uri? BreachedPasswordsUrl { get; init; }
    public required AwsSettings Aws { get; init; }
    public required StoreSettings Store { get; init; }
    public required MessageSettings Messages { get; init; }

    /// <summary>Null: nothing is scanned.</summary>
    public required ClamdSettings? Clamd { get; init; }
    public required string FromEmail { get; init; }
    public required string? SupportEmail { get; init; }
    public required IReadOnlyList<string> CorsAllowedOrigins { get; init; }

    /// <summary>Whether a link to a file goes on leading there when the account of who made it is deactivated or deleted.</summary>
    public required bool FileLinksOutliveTheirMaker { get; init; }
    public required IReadOnlyList<IPNetwork> TrustedProxies { get; init; }

    /// <summary>Whether what comes without TLS is turned away.</summary>
    public required bool HttpsRequired { get; init; }

    /// <summary>How long a request may take that does not stream.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>Of all clients together; more are closed at once.</summary>
    public required int MostConnections { get; init; }

    /// <summary>Uploads that an instance has under way at a time, of all tenants; one tenant may have half of them.</summary>
    public required int UploadsAtOnce { get; init; }

    /// <summary>How long an instance goes on serving after it has said that it goes.</summary>
    public required TimeSpan DrainTime { get; init; }

    /// <summary>Where weaknesses are reported, as a URL. Null: the installation says nothing of it.</summary>
    public required string? SecurityContact { get; init; }

    /// <summary>What they were read from, for a second look.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>What each setting said, by its name.</summary>
    public IReadOnlyDictionary<string, string?> Values { get; private init; } = new Dictionary<string, string?>();

    /// <summary>Files that some of them come from.</summary>
    public IReadOnlyCollection<string> Files { get; private init; } = [];

    /// <summary>Reads the variables once more, those in AWS too. Null: none are there.</summary>
    public Func<CancellationToken, Task<IReadOnlyDictionary<string, string>>>? Secret { get; init; }

    // A record would print its secrets.
    public override string ToString() => $"settings of {AppBaseUrl}";

    /// <summary>What must never be in a log.</summary>
    public IEnumerable<string?> Secrets =>
        [
            JwtSecret,
            Database.Password,
            MigrationDatabase.Password,
            .. DirectDatabases.Concat(Replicas).Select(server => server.Password),
            PlatformAdminPassword,
            .. Written(RedisUrl?.UserInfo.Split(':', 2)[^1]),
            Aws.SecretAccessKey,
            Messages.Smtp?.Credentials?.Password,
            Telemetry.MetricsToken,
            Telemetry.CollectorHeaders,
            .. (Telemetry.CollectorHeaders ?? "")
                .Split(',')
                .SelectMany(header => Written(header.Split('=', 2)[^1].Trim()))
                .SelectMany(value => new[] { value, value?.Split(' ', 2)[^1] }),
            .. (Store.Bucket?.Cdn?.PrivateKey ?? "")
                .Split('\n', StringSplitOptions.TrimEntries)
                .Where(line => !line.StartsWith("-----", StringComparison.Ordinal)),
        ];

    /// <summary>As it stands there, and as it is meant.</summary>
    private static IEnumerable<string?> Written(string? value) =>
        [value, value is null ? null : Uri.UnescapeDataString(value)];

    public bool IsDevelopment => Environment == AppEnvironment.Development;

    /// <summary>A name of this installation, and not of a tenant's own domain.</summary>
    public bool IsOwnHost(string host) =>
        host.Equals(AppBaseUrl.Host, StringComparison.OrdinalIgnoreCase)
        || (
            BaseDomain is { } domain
            && (
                host.Equals(domain, StringComparison.OrdinalIgnoreCase)
                || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase)
            )
        );

    /// <summary>256 bits that follow from <c>JWT_SECRET</c>, and say nothing of it or of each other (RFC 5869).</summary>
    /// <param name="purpose">in words; another one is another key</param>
    public byte[] KeyFor(string purpose) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(JwtSecret),
            32,
            info: Encoding.UTF8.GetBytes("tenantry " + purpose)
        );

    /// <summary>Where the API's paths begin: <c>/api/v1</c>.</summary>
    public string ApiPath => "/api/" + ApiVersion;

    /// <exception cref="SettingsException">names every fault found</exception>
    public static ServiceSettings Read(IReadOnlyDictionary<string, string> variables)
    {
        var reader = new SettingsReader(variables);
        var settings = Read(reader, variables);
        settings = settings with { Values = reader.Values, Files = reader.Files };
        return reader.Faults.Count == 0 ? settings : throw new SettingsException(reader.Faults);
    }

    internal static ServiceSettings Read(SettingsReader read, IReadOnlyDictionary<string, string> variables)
    {
        // Production is what a forgotten variable means: the stricter of the two.
        var environment = read.Choice("APP_ENV", AppEnvironment.Production);
        var development = environment == AppEnvironment.Development;
        var port = read.Number("API_PORT", 8000, 0, 65535);
        var baseUrl = read.HttpUrl("APP_BASE_URL") ?? new Uri($"http://localhost:{port}");

        var aws = AwsSettings.Read(read);

        var settings = new ServiceSettings
        {
            Environment = environment,
            AppBaseUrl = baseUrl,
            LogLevels = LogLevelSetting.Read(read),
            Telemetry = TelemetrySettings.Read(read),
            ApiHost = Address(read, development ? IPAddress.Loopback : IPAddress.Any),
            ApiPort = port,
            ApiVersion = read.Text("API_VERSION", "v1"),
            BaseDomain = read.Text("BASE_DOMAIN")?.ToLowerInvariant().TrimEnd('.'),
            DefaultTenant = read.Text("DEFAULT_TENANT")?.ToLowerInvariant(),
            PlatformAdminEmail = read.Text("PLATFORM_ADMIN_EMAIL"),
            PlatformAdminPassword = read.Text("PLATFORM_ADMIN_PASSWORD"),
            Database = Postgres(read, "DATABASE_URL", needed: true),
            DirectDatabases = PostgresServers(read, "DATABASE_DIRECT_URL"),
            Replicas = PostgresServers(read, "DATABASE_READ_URL"),
            ReadLag = TimeSpan.FromSeconds(read.Number("READ_LAG_SECONDS", 5, 1, 300)),
            MigrationDatabase = Postgres(read, "MIGRATION_DATABASE_URL", needed: false),
            JwtSecret = read.Text("JWT_SECRET", development ? DevelopmentJwtSecret : ""),
            JwtIssuer = read.Text("JWT_ISSUER", baseUrl.GetLeftPart(UriPartial.Authority)),
            JwtAudience = read.Text("JWT_AUDIENCE", "tenantry"),
            AccessTokenLifetime = AccessLifetime(read),
            SigningKeyAge = read.Number("SIGNING_KEY_ROTATION_DAYS", 90, 0, 3650) is var days and > 0
                ? TimeSpan.FromDays(days)
                : null,
            RefreshTokenLifetime = TimeSpan.FromDays(read.Number("REFRESH_TOKEN_EXPIRATION_DAYS", 30, 1, 365)),
            RefreshTokenLeeway = TimeSpan.FromSeconds(read.Number("REFRESH_TOKEN_LEEWAY_SECONDS", 10, 0, 60)),
            SessionLifetime = TimeSpan.FromDays(read.Number("SESSION_EXPIRATION_DAYS", 90, 1, 3650)),
            TenantGrace = TimeSpan.FromDays(GraceDays(read)),
            RolesPerTenant = read.Number("ROLES_PER_TENANT", 500, 10, 10_000),
            AuditRetention = TimeSpan.FromDays(read.Number("AUDIT_RETENTION_DAYS", 400, 90, 3650)),
            FreeQuota = Quota(read, "FREE", users: 100, messages: 1_000, storage: 1_024),
            StandardQuota = Quota(read, "STANDARD", users: 10_000, messages: 100_000, storage: 102_400),
            PremiumQuota = Quota(read, "PREMIUM", users: null, messages: 1_000_000, storage: null),
            RateLimits = new RateLimitSettings(
                read.Quota("RATE_LIMIT_FREE_PER_MINUTE", 60),
                read.Quota("RATE_LIMIT_STANDARD_PER_MINUTE", 1_000),
                read.Quota("RATE_LIMIT_PREMIUM_PER_MINUTE", 10_000),
                read.Quota("RATE_LIMIT_GLOBAL_PER_MINUTE", 100_000),
                read.Quota("RATE_LIMIT_AUTH_PER_MINUTE", 30),
                read.Number("RATE_LIMIT_LEASE_PERCENT", 1, 0, 10)
            ),
            RedisUrl = Redis(read),
            RedisDeadline = TimeSpan.FromMilliseconds(read.Number("REDIS_DEADLINE_MS", 10, 1, 1000)),
            PasswordCost = new Argon2Cost(
                read.Number("ARGON2_MEMORY_KIB", 19456, 7168, 1024 * 1024),
                read.Number("ARGON2_PASSES", 2, 1, 20)
            ),
            BreachedPasswordsUrl = read.HttpUrl("BREACHED_PASSWORDS_URL") is { } range
                ? new Uri(range.AbsoluteUri.TrimEnd('/') + "/")
                : null,
            Aws = aws,
            Store = StoreSettings.Read(read, aws, development),
            Messages = MessageSettings.Read(read, aws, development),
            Clamd = ClamdSettings.Read(read),
            FromEmail = read.Text("FROM_EMAIL", "no-reply@localhost"),
            SupportEmail = read.Text("SUPPORT_EMAIL"),
            CorsAllowedOrigins = read.List(
                "CORS_ALLOWED_ORIGINS",
                IsOrigin,
                "must be an origin, like https://app.example.com"
            ),
            FileLinksOutliveTheirMaker = read.Flag("FILE_LINKS_OUTLIVE_THEIR_MAKER", false),
            TrustedProxies =
            [
                .. read.List(
                        "TRUSTED_PROXIES",
                        item => Network(item) is not null,
                        "must be an address or a network, like 10.0.0.0/8"
                    )
                    .Select(Network)
                    .OfType<IPNetwork>(),
            ],
            HttpsRequired = read.Flag("HTTPS_REQUIRED", !development && baseUrl.Scheme == Uri.UriSchemeHttps),
            RequestTimeout = TimeSpan.FromSeconds(read.Number("REQUEST_TIMEOUT_SECONDS", 30, 1, 600)),
            MostConnections = read.Number("MAX_CONNECTIONS", 10_000, 1, 1_000_000),
            UploadsAtOnce = read.Number("UPLOADS_AT_ONCE", 64, 2, 10_000),
            DrainTime = TimeSpan.FromSeconds(read.Number("DRAIN_SECONDS", development ? 0 : 5, 0, 300)),
            SecurityContact = Contact(read),
            Variables = variables,
        };

        read.Need(
            "HTTPS_REQUIRED",
            !settings.HttpsRequired || settings.TrustedProxies.Count > 0,
            "(which APP_BASE_URL=https://... means) needs TRUSTED_PROXIES: TLS ends before this process, at a proxy that says so in X-Forwarded-Proto. Name it, or set HTTPS_REQUIRED=false where it cannot say it"
        );
        read.Need(
            "DATABASE_READ_URL",
            settings.Replicas.Count == 0 || settings.RedisUrl is not null,
            "needs REDIS_URL: there the instances tell each other which tenant has changed something that a replica may not have yet"
        );
        read.Need(
            "API_VERSION",
            settings.ApiVersion.All(char.IsAsciiLetterOrDigit),
            "must be letters and digits, like v1"
        );
        read.Need(
            "JWT_SECRET",
            settings.JwtSecret.Length >= 32,
            "must have 32 characters at least (make one: openssl rand -base64 48); it protects the signing keys at rest"
        );
        read.Need(
            "ARGON2_MEMORY_KIB",
            settings.PasswordCost.MemoryKiB * (long)settings.PasswordCost.Passes >= Argon2Cost.Least,
            $"times ARGON2_PASSES must be {Argon2Cost.Least} at least: a guess must cost something"
        );
        read.Need(
            "PLATFORM_ADMIN_PASSWORD",
            (settings.PlatformAdminPassword is null) == (settings.PlatformAdminEmail is null),
            "and PLATFORM_ADMIN_EMAIL must be set together"
        );
        read.Need(
            "PLATFORM_ADMIN_PASSWORD",
            settings.PlatformAdminPassword is null or { Length: >= 8 and <= 128 },
            "must have 8 to 128 characters"
        );
        read.Need(
            "DEFAULT_TENANT",
            settings.DefaultTenant is null || TenantSlug.IsLabel(settings.DefaultTenant),
            "must be a slug, like acme, or the id of a tenant"
        );
        read.Need(
            "DEFAULT_TENANT",
            settings.DefaultTenant is null or TenantSlug.Platform
                || Guid.TryParse(settings.DefaultTenant, out _)
                || !TenantSlug.IsReserved(settings.DefaultTenant),
            "is a slug that is reserved: no tenant can have it"
        );
        read.Need(
            "BASE_DOMAIN",
            settings.BaseDomain is null || Uri.CheckHostName(settings.BaseDomain) == UriHostNameType.Dns,
            "must be a host name, like example.com"
        );
        read.Need("FROM_EMAIL", IsAddress(settings.FromEmail), "must be an e-mail address");
        read.Need(
            "SUPPORT_EMAIL",
            settings.SupportEmail is null || IsAddress(settings.SupportEmail),
            "must be an e-mail address"
        );
        read.Need(
            "PLATFORM_ADMIN_EMAIL",
            settings.PlatformAdminEmail is null || settings.PlatformAdminEmail.Contains('@'),
            "must be an e-mail address"
        );
        return settings;
    }

    /// <summary>RFC 9116 wants a URL; an address is one with <c>mailto:</c> in front.</summary>
    private static string? Contact(SettingsReader read)
    {
        var text = read.Text("SECURITY_CONTACT") ?? read.Text("SUPPORT_EMAIL");
        if (text is null || IsAddress(text))
            return text is null ? null : "mailto:" + text;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "mailto" or "tel")
            return url.AbsoluteUri;
        read.Fault("SECURITY_CONTACT", "must be an e-mail address, or a URL of https, mailto or tel");
        return null;
    }

    internal const string GraceName = "TENANT_PURGE_AFTER_DAYS";

    internal static int GraceDays(SettingsReader read) => read.Number(GraceName, 30, 0, 3650);

    private static bool IsAddress(string text) =>
        System.Net.Mail.MailAddress.TryCreate(text, out var address) && address.Address == text;

    private static IPAddress Address(SettingsReader read, IPAddress otherwise)
    {
        var text = read.Text("API_HOST");
        if (text is null)
            return otherwise;
        if (IPAddress.TryParse(text, out var address))
            return address;
        read.Fault("API_HOST", "must be an IP address to listen on, like 127.0.0.1 or 0.0.0.0");
        return otherwise;
    }

    /// <summary>Minutes win over hours; both are bounded to 5 to 60 minutes, since a token outlives what it says by that long.</summary>
    private static TimeSpan AccessLifetime(SettingsReader read)
    {
        var hours = read.Number("JWT_EXPIRATION_HOURS", 0, 1, 1);
        var minutes = read.Number("JWT_EXPIRATION_MINUTES", hours > 0 ? 60 : 15, 5, 60);
        return TimeSpan.FromMinutes(minutes);
    }

    private static NpgsqlConnectionStringBuilder Postgres(SettingsReader read, string name, bool needed)
    {
        var text = read.Text(name);
        if (text is null)
        {
            read.Need(name, !needed, "is needed: postgresql://user:password@host:5432/database");
            return new NpgsqlConnectionStringBuilder();
        }
        if (PostgresUrl.TryParse(text, out var connection, out var fault))
            return connection;
        read.Fault(name, fault);
        return new NpgsqlConnectionStringBuilder();
    }

    private static IReadOnlyList<NpgsqlConnectionStringBuilder> PostgresServers(SettingsReader read, string name)
    {
        if (read.Text(name) is not { } text)
            return [];
        if (PostgresUrl.TryParseEach(text, out var servers, out var fault))
            return servers;
        read.Fault(name, fault);
        return [];
    }

    private static Uri? Redis(SettingsReader read)
    {
        // The text may hold a password: no fault repeats it.
        if (read.Text("REDIS_URL") is not { } text)
            return null;
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "redis" or "rediss"
            && url.Host.Length > 0
            && (
                url.AbsolutePath.Length <= 1
                || int.TryParse(url.AbsolutePath.AsSpan(1), System.Globalization.NumberStyles.None, null, out _)
            )
            && (
                url.Query.Length == 0
                || (
                    url.Scheme == "rediss"
                    && url.Query.StartsWith("?sslrootcert=", StringComparison.Ordinal)
                    && !url.Query.Contains('&')
                )
            )
        )
            return url;
        read.Fault(
            "REDIS_URL",
            "must be a URL like redis://:password@host:6379/0, or rediss:// for TLS, there also with ?sslrootcert=/path/of/ca.pem"
        );
        return null;
    }

    /// <summary>In bytes, whosever it is.</summary>
    public long LargestFile => Math.Max(FreeQuota.FileBytes, Math.Max(StandardQuota.FileBytes, PremiumQuota.FileBytes));

    private static TierQuota Quota(SettingsReader read, string tier, int? users, int? messages, int? storage) =>
        new(
            read.Quota($"QUOTA_{tier}_USERS", users),
            read.Quota($"QUOTA_{tier}_MESSAGES_PER_MONTH", messages),
            read.Quota($"QUOTA_{tier}_STORAGE_MB", storage) * Megabyte,
            read.Number($"QUOTA_{tier}_FILE_MB", 100, 1, 5_000) * Megabyte
        );

    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);

    private static IPNetwork? Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}

/// <summary>Requests a minute. Null: as many as come.</summary>
/// <param name="Free">of a tenant of this tier</param>
/// <param name="Standard">of a tenant of this tier</param>
/// <param name="Premium">of a tenant of this tier, and of the platform's own</param>
/// <param name="Global">of all together</param>
/// <param name="Auth">sign-ins, sign-ups and the like, from one address</param>
/// <param name="LeasePercent">of a tenant's allowance an instance takes from Redis at a time; 0: Redis is asked for every request</param>
public sealed record RateLimitSettings(int? Free, int? Standard, int? Premium, int? Global, int? Auth, int LeasePercent)
{
    public static readonly RateLimitSettings Off = new(null, null, null, null, null, 0);
}

/// <summary>What a tenant may have. Null: as much as it likes.</summary>
/// <param name="Users">all of them, invited and deactivated ones too</param>
/// <param name="MessagesPerMonth">by the calendar, in UTC</param>
/// <param name="StorageBytes">of all files together</param>
/// <param name="FileBytes">of each file</param>
public sealed record TierQuota(int? Users, int? MessagesPerMonth, long? StorageBytes, long FileBytes);

/// <summary>How much work one guess at a password costs. Raised, it counts for new hashes at once and for each user from the next sign-in on.</summary>
/// <param name="MemoryKiB">taken for as long as one hash is made</param>
/// <param name="Passes">over that memory</param>
public sealed record Argon2Cost(int MemoryKiB, int Passes)
{
    /// <summary>The weakest of the choices that OWASP gives for Argon2id, as memory times passes.</summary>
    public const long Least = 35_000;
}

/// <summary>The configuration cannot be used; the message names every fault.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults)
    : Exception("The settings cannot be used:\n" + string.Join('\n', faults.Select(fault => "  - " + fault)))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
