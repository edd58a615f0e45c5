namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>Rules about the form of a setting, and about settings that depend on each other.</summary>
internal static class ServiceSettingsRules
{
    public static void Check(SettingsReader read, ServiceSettings settings)
    {
        if (!settings.IsDevelopment)
            ProductionRules.Check(read, settings);
        read.Need(
            "HTTPS_REQUIRED",
            !settings.HttpsRequired || settings.TrustedProxies.Count > 0,
            "(the default when APP_BASE_URL is https://...) needs TRUSTED_PROXIES: a proxy ends TLS before this process and reports it in X-Forwarded-Proto. Name the proxy, or set HTTPS_REQUIRED=false if it cannot report it"
        );
        read.Need(
            "DATABASE_READ_URL",
            settings.Replicas.Count == 0 || settings.RedisUrl is not null,
            "needs REDIS_URL: instances share in Redis which tenant made a change that a replica may not have yet"
        );
        read.Need(
            "API_VERSION",
            settings.ApiVersion.All(char.IsAsciiLetterOrDigit),
            "must be letters and digits, like v1"
        );
        read.Need(
            "JWT_SECRET",
            settings.JwtSecret.Length >= 32,
            "must have at least 32 characters (create one: openssl rand -base64 48); it protects the signing keys at rest"
        );
        read.Need(
            "ARGON2_MEMORY_KIB",
            settings.PasswordCost.MemoryKiB * (long)settings.PasswordCost.Passes >= Argon2Cost.Least,
            $"times ARGON2_PASSES must be at least {Argon2Cost.Least}, so that guessing passwords is expensive"
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
            "is a reserved slug: no tenant can have it"
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
    }

    public static bool IsAddress(string text) =>
        System.Net.Mail.MailAddress.TryCreate(text, out var address) && address.Address == text;
}
