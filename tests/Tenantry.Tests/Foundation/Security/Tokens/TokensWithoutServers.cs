using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Security.Tokens;

/// <summary>
/// What verifies access tokens, with a key ring and without a database: a token that passes all checks fails where its
/// rows are read, with an <see cref="NpgsqlException"/>.
/// </summary>
internal sealed class TokensWithoutServers : IAsyncDisposable
{
    public const string Secret = "a secret for tests, long enough for it";

    public static readonly DateTimeOffset Start = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    private readonly NpgsqlDataSource nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Timeout=5");
    private readonly ChangeFeed feed;

    public TokensWithoutServers()
    {
        Rows = new KeyRingTests.Rows([Key]);
        Keys = new KeyRing(Rows, Settings, Clock);
        feed = new ChangeFeed(
            Settings,
            new LiveSettings(Settings, NullLogger<LiveSettings>.Instance),
            nowhere,
            NullLogger<ChangeFeed>.Instance
        );
        States = new TokenStateCache(nowhere, feed, Settings);
        Tokens = new AccessTokens(Keys, States, Settings, Clock);
    }

    public FakeTimeProvider Clock { get; } = new(Start);

    public ServiceSettings Settings { get; } = SettingsWithoutServers.Read();

    public SigningKey Key { get; } = SigningKey.Create(Secret, Start, Start);

    public KeyRingTests.Rows Rows { get; }

    public KeyRing Keys { get; }

    public TokenStateCache States { get; }

    public AccessTokens Tokens { get; }

    public async ValueTask DisposeAsync()
    {
        Tokens.Dispose();
        States.Dispose();
        feed.Dispose();
        await nowhere.DisposeAsync();
    }
}
