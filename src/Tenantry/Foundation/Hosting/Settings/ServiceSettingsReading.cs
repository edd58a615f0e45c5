using System.Net;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>Reads every setting of the service with its default and its range.</summary>
internal static class ServiceSettingsReading
{
    /// <summary>
    /// Protects development databases only: outside Development, a start without JWT_SECRET is refused.
    /// </summary>
    private const string DevelopmentJwtSecret = "development only: this protects nothing";

    public static ServiceSettings Read(SettingsReader read, IReadOnlyDictionary<string, string> variables)
    {
        // An operator who forgets the variable gets the stricter of the two.
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
            Database = DatabaseUrls.Server(read, "DATABASE_URL", needed: true),
            DirectDatabases = DatabaseUrls.Servers(read, "DATABASE_DIRECT_URL"),
            Replicas = DatabaseUrls.Servers(read, "DATABASE_READ_URL"),
            ReplicaMaxLag = TimeSpan.FromSeconds(read.Number("REPLICA_MAX_LAG_SECONDS", 5, 1, 300)),
            MigrationDatabase = DatabaseUrls.Server(read, "MIGRATION_DATABASE_URL", needed: false),
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
            FreeQuota = TierQuota.Read(read, "FREE", users: 100, messages: 1_000, storage: 1_024),
            StandardQuota = TierQuota.Read(read, "STANDARD", users: 10_000, messages: 100_000, storage: 102_400),
            PremiumQuota = TierQuota.Read(read, "PREMIUM", users: null, messages: 1_000_000, storage: null),
            RateLimits = new RateLimitSettings(
                read.Quota("RATE_LIMIT_FREE_PER_MINUTE", 60),
                read.Quota("RATE_LIMIT_STANDARD_PER_MINUTE", 1_000),
                read.Quota("RATE_LIMIT_PREMIUM_PER_MINUTE", 10_000),
                read.Quota("RATE_LIMIT_GLOBAL_PER_MINUTE", 100_000),
                read.Quota("RATE_LIMIT_AUTH_PER_MINUTE", 30),
                read.Number("RATE_LIMIT_LEASE_PERCENT", 1, 0, 10)
            ),
            RedisUrl = RedisAddress.Read(read),
            RedisDeadline = TimeSpan.FromMilliseconds(read.Number("REDIS_DEADLINE_MS", 10, 1, 1000)),
            PasswordCost = new Argon2Cost(
                read.Number("ARGON2_MEMORY_KIB", 19456, 7168, 1024 * 1024),
                read.Number("ARGON2_PASSES", 2, 1, 20)
            ),
            ImportedPasswordPepper = read.Text("IMPORTED_PASSWORD_PEPPER"),
            BreachedPasswordsUrl = read.HttpUrl("BREACHED_PASSWORDS_URL") is { } range
                ? new Uri(range.AbsoluteUri.TrimEnd('/') + "/")
                : null,
            Aws = aws,
            Store = StoreSettings.Read(read, aws, development),
            Messages = MessageSettings.Read(read, aws, development),
            Clamd = ClamdSettings.Read(read),
            FromEmail = read.Text("FROM_EMAIL", "no-reply@localhost"),
            SupportEmail = read.Text("SUPPORT_EMAIL"),
            CorsAllowedOrigins =
            [
                .. read.List(
                        "CORS_ALLOWED_ORIGINS",
                        origin => BrowserOrigin.Fault(origin) is null,
                        "must be an origin, like https://app.example.com"
                    )
                    .Where(origin => BrowserOrigin.Fault(origin) is null)
                    .Select(BrowserOrigin.Normalized),
            ],
            ShareLinksOutliveCreator = read.Flag("FILE_LINKS_OUTLIVE_THEIR_MAKER", false),
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
            MaxConnections = read.Number("MAX_CONNECTIONS", 10_000, 1, 1_000_000),
            ConcurrentUploads = read.Number("UPLOADS_AT_ONCE", 64, 2, 10_000),
            DrainTime = TimeSpan.FromSeconds(read.Number("DRAIN_SECONDS", development ? 0 : 5, 0, 300)),
            SecurityContact = Contact(read),
            Variables = variables,
        };

        ServiceSettingsRules.Check(read, settings);
        return settings;
    }

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

    /// <summary>
    /// Minutes win over hours. Both are limited to 5 to 60 minutes: for so long can a token outlive the rights that it
    /// states.
    /// </summary>
    private static TimeSpan AccessLifetime(SettingsReader read)
    {
        var hours = read.Number("JWT_EXPIRATION_HOURS", 0, 1, 1);
        var minutes = read.Number("JWT_EXPIRATION_MINUTES", hours > 0 ? 60 : 15, 5, 60);
        return TimeSpan.FromMinutes(minutes);
    }

    /// <summary>RFC 9116 needs a URL: an address becomes one by <c>mailto:</c>.</summary>
    private static string? Contact(SettingsReader read)
    {
        var text = read.Text("SECURITY_CONTACT") ?? read.Text("SUPPORT_EMAIL");
        if (text is null || ServiceSettingsRules.IsAddress(text))
            return text is null ? null : "mailto:" + text;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "mailto" or "tel")
            return url.AbsoluteUri;
        read.Fault("SECURITY_CONTACT", "must be an e-mail address, or a URL of https, mailto or tel");
        return null;
    }

    public const string GraceName = "TENANT_PURGE_AFTER_DAYS";

    public static int GraceDays(SettingsReader read) => read.Number(GraceName, 30, 0, 3650);

    private static IPNetwork? Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
