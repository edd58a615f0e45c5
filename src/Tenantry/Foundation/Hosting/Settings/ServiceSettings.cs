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
/// All settings of the service, typed and validated at start. Each is an environment variable. <c>.env.example</c>
/// describes them, and a test compares it with what is read here.
/// </summary>
public sealed record ServiceSettings
{
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

    /// <summary>
    /// Servers for LISTEN, of which one is the primary, where <see cref="Database"/> is a pooler. Empty: LISTEN uses
    /// <see cref="Database"/>.
    /// </summary>
    public required IReadOnlyList<NpgsqlConnectionStringBuilder> DirectDatabases { get; init; }

    /// <summary>
    /// Servers that follow the primary, for reads that may be stale. Empty: the primary answers all reads.
    /// </summary>
    public required IReadOnlyList<NpgsqlConnectionStringBuilder> Replicas { get; init; }

    /// <summary>How far a replica may be behind the primary and still answer reads.</summary>
    public required TimeSpan ReplicaMaxLag { get; init; }

    /// <summary>The owner's connection. Only operator commands use it; the service never opens it.</summary>
    public required NpgsqlConnectionStringBuilder MigrationDatabase { get; init; }
    public required string JwtSecret { get; init; }
    public required string JwtIssuer { get; init; }
    public required string JwtAudience { get; init; }
    public required TimeSpan AccessTokenLifetime { get; init; }

    /// <summary>The age at which the signing key is replaced. Null: only an operator replaces it.</summary>
    public required TimeSpan? SigningKeyAge { get; init; }
    public required TimeSpan RefreshTokenLifetime { get; init; }
    public required TimeSpan RefreshTokenLeeway { get; init; }
    public required TimeSpan SessionLifetime { get; init; }

    /// <summary>
    /// How long a deleted tenant can be restored. Not shorter than <c>tenant_grace()</c> of the database, which
    /// <c>tenantry migrate</c> sets.
    /// </summary>
    public required TimeSpan TenantGrace { get; init; }

    /// <summary>The number of roles that a tenant may have, system roles included.</summary>
    public required int RolesPerTenant { get; init; }

    /// <summary>How long audit events are stored. They are deleted by whole months.</summary>
    public required TimeSpan AuditRetention { get; init; }
    public required TierQuota FreeQuota { get; init; }
    public required TierQuota StandardQuota { get; init; }
    public required TierQuota PremiumQuota { get; init; }
    public required RateLimitSettings RateLimits { get; init; }

    /// <summary>Null: rate limits and caches are in the memory of the process.</summary>
    public required Uri? RedisUrl { get; init; }

    /// <summary>How long a request waits for Redis before it continues without it.</summary>
    public required TimeSpan RedisDeadline { get; init; }
    public required Argon2Cost PasswordCost { get; init; }

    /// <summary>
    /// The pepper of another system, for hashes that were imported from it. Null: no sign-in with such a hash succeeds.
    /// </summary>
    public required string? ImportedPasswordPepper { get; init; }

    /// <summary>
    /// A range service for leaked passwords; ends with a slash. Null: only the list in the binary is searched.
    /// </summary>
    public required Uri? BreachedPasswordsUrl { get; init; }
    public required AwsSettings Aws { get; init; }
    public required StoreSettings Store { get; init; }
    public required MessageSettings Messages { get; init; }

    /// <summary>Null: files are not scanned.</summary>
    public required ClamdSettings? Clamd { get; init; }
    public required string FromEmail { get; init; }
    public required string? SupportEmail { get; init; }
    public required IReadOnlyList<string> CorsAllowedOrigins { get; init; }

    /// <summary>Whether a share link stays valid when the account of its creator is deactivated or deleted.</summary>
    public required bool ShareLinksOutliveCreator { get; init; }
    public required IReadOnlyList<IPNetwork> TrustedProxies { get; init; }

    /// <summary>Whether requests without TLS are refused.</summary>
    public required bool HttpsRequired { get; init; }

    /// <summary>The longest time for a request that does not stream.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>Connections of all clients together. Further connections are closed at once.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Concurrent uploads of an instance, of all tenants. One tenant may have half of them.</summary>
    public required int ConcurrentUploads { get; init; }

    /// <summary>How long an instance continues to serve after it reported that it stops.</summary>
    public required TimeSpan DrainTime { get; init; }

    /// <summary>The URL for reports of vulnerabilities. Null: no <c>security.txt</c> is served.</summary>
    public required string? SecurityContact { get; init; }

    /// <summary>The variables that the settings were read from, so that they can be read again.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>The text of each setting, by its name.</summary>
    public IReadOnlyDictionary<string, string?> Values { get; private init; } = new Dictionary<string, string?>();

    /// <summary>Files that settings were read from.</summary>
    public IReadOnlyCollection<string> Files { get; private init; } = [];

    /// <summary>Settings that are set by a name that the next release does not read.</summary>
    public IReadOnlyList<RenamedSetting> Renamed { get; private init; } = [];

    /// <summary>
    /// Reads the variables again, those of AWS Secrets Manager included. Null: no secret is configured.
    /// </summary>
    public Func<CancellationToken, Task<IReadOnlyDictionary<string, string>>>? Secret { get; init; }

    /// <exception cref="SettingsException">Its message names every fault.</exception>
    public static ServiceSettings Read(IReadOnlyDictionary<string, string> variables)
    {
        var reader = new SettingsReader(variables);
        var settings = Read(reader, variables);
        settings = settings with { Values = reader.Values, Files = reader.Files, Renamed = reader.Renamed };
        return reader.Faults.Count == 0 ? settings : throw new SettingsException(reader.Faults);
    }

    internal static ServiceSettings Read(SettingsReader read, IReadOnlyDictionary<string, string> variables) =>
        ServiceSettingsReading.Read(read, variables);

    // The generated text of a record would print its secrets.
    public override string ToString() => $"settings of {AppBaseUrl}";

    /// <summary>Texts that must never be in a log.</summary>
    public IEnumerable<string?> Secrets =>
        [
            JwtSecret,
            Database.Password,
            MigrationDatabase.Password,
            .. DirectDatabases.Concat(Replicas).Select(server => server.Password),
            PlatformAdminPassword,
            ImportedPasswordPepper,
            .. EncodedAndDecoded(RedisUrl?.UserInfo.Split(':', 2)[^1]),
            Aws.SecretAccessKey,
            Messages.Smtp?.Credentials?.Password,
            Telemetry.MetricsToken,
            Telemetry.CollectorHeaders,
            .. (Telemetry.CollectorHeaders ?? "")
                .Split(',')
                .SelectMany(header => EncodedAndDecoded(header.Split('=', 2)[^1].Trim()))
                .SelectMany(value => new[] { value, value?.Split(' ', 2)[^1] }),
            .. (Store.Bucket?.Cdn?.PrivateKey ?? "")
                .Split('\n', StringSplitOptions.TrimEntries)
                .Where(line => !line.StartsWith("-----", StringComparison.Ordinal)),
        ];

    private static IEnumerable<string?> EncodedAndDecoded(string? value) =>
        [value, value is null ? null : Uri.UnescapeDataString(value)];

    public bool IsDevelopment => Environment == AppEnvironment.Development;

    /// <summary>Where the paths of the API begin: <c>/api/v1</c>.</summary>
    public string ApiPath => "/api/" + ApiVersion;

    /// <summary>The largest file that a tenant of any tier may store, in bytes.</summary>
    public long LargestFile => Math.Max(FreeQuota.FileBytes, Math.Max(StandardQuota.FileBytes, PremiumQuota.FileBytes));

    /// <summary>Whether the host is a name of this installation, not a tenant's custom domain.</summary>
    public bool IsOwnHost(string host) =>
        host.Equals(AppBaseUrl.Host, StringComparison.OrdinalIgnoreCase)
        || (
            BaseDomain is { } domain
            && (
                host.Equals(domain, StringComparison.OrdinalIgnoreCase)
                || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase)
            )
        );

    /// <summary>
    /// A key of 256 bits derived from <c>JWT_SECRET</c>. It reveals neither the secret nor other derived keys (RFC
    /// 5869).
    /// </summary>
    /// <param name="purpose">The purpose of the key; each purpose has its own key.</param>
    public byte[] KeyFor(string purpose) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(JwtSecret),
            32,
            info: Encoding.UTF8.GetBytes("tenantry " + purpose)
        );
}
