using System.Data;
using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Security.Tokens;

/// <summary>Which key signs, and which keys verify, at each time.</summary>
public sealed class KeyRingTests
{
    private const string Secret = "a secret for tests, long enough for it";

    private static readonly DateTimeOffset Start = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider clock = new(Start);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_ring_that_is_not_loaded_signs_and_verifies_nothing()
    {
        var ring = new KeyRing(new Rows([]), SettingsWithoutServers.Read(), clock);

        Should.Throw<InvalidOperationException>(() => ring.Signing).Message.ShouldContain("not loaded");
        ring.SigningSince.ShouldBeNull();
        ring.Verifying.ShouldBeEmpty();
        ring.Find("any").ShouldBeNull();
    }

    [Fact]
    public async Task The_newest_key_whose_start_time_has_passed_signs()
    {
        var (old, young) = (Key(Start.AddDays(-1)), Key(Start.AddMinutes(10)));
        var ring = await Loaded(old, young);

        ring.Signing.Kid.ShouldBe(old.KeyId);
        ring.SigningSince.ShouldBe(old.SignsFrom);
        clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        ring.Signing.Kid.ShouldBe(old.KeyId);
        clock.Advance(TimeSpan.FromTicks(1));
        ring.Signing.Kid.ShouldBe(young.KeyId);
        ring.SigningSince.ShouldBe(young.SignsFrom);
        var signature = ((ECDsaSecurityKey)ring.Signing.Key).ECDsa.SignData(
            "text"u8.ToArray(),
            HashAlgorithmName.SHA256
        );
        young.Public().ECDsa.VerifyData("text"u8, signature, HashAlgorithmName.SHA256).ShouldBeTrue();
    }

    [Fact]
    public async Task If_no_start_time_has_passed_the_oldest_key_signs()
    {
        var (first, second) = (Key(Start.AddSeconds(5)), Key(Start.AddSeconds(10)));
        var ring = await Loaded(second, first);

        ring.Signing.Kid.ShouldBe(first.KeyId);
        ring.SigningSince.ShouldBe(first.SignsFrom);
    }

    [Fact]
    public async Task Of_two_keys_with_one_start_time_the_later_id_is_the_newer()
    {
        var (one, other) = (Key(Start), Key(Start));
        var newer = one.Id.CompareTo(other.Id) > 0 ? one : other;

        (await Loaded(one, other)).Signing.Kid.ShouldBe(newer.KeyId);
        (await Loaded(other, one)).Signing.Kid.ShouldBe(newer.KeyId);
    }

    [Fact]
    public async Task A_replaced_key_verifies_for_a_token_lifetime_and_a_minute_for_clocks()
    {
        var (old, young) = (Key(Start.AddDays(-1)), Key(Start));
        var ring = await Loaded(old, young);

        ring.Verifying.Select(key => key.KeyId).ShouldBe([young.KeyId, old.KeyId], "the newest first");
        clock.Advance(TimeSpan.FromMinutes(16) - TimeSpan.FromTicks(1));
        ring.Find(old.KeyId)!.KeyId.ShouldBe(old.KeyId);
        ring.Verifying.Count().ShouldBe(2);

        clock.Advance(TimeSpan.FromTicks(1));

        ring.Find(old.KeyId).ShouldBeNull();
        ring.Verifying.Select(key => key.KeyId).ShouldBe([young.KeyId]);
        clock.Advance(TimeSpan.FromDays(1_000));
        ring.Find(young.KeyId)!.KeyId.ShouldBe(young.KeyId);
        ring.Find("unknown").ShouldBeNull();
    }

    [Fact]
    public async Task What_verifies_is_the_public_half()
    {
        var ring = await Loaded(Key(Start));

        var published = ring.Verifying.ShouldHaveSingleItem();
        Should.Throw<CryptographicException>(() => published.ECDsa.ExportParameters(includePrivateParameters: true));
    }

    [Fact]
    public async Task A_key_that_does_not_open_is_not_used_at_all()
    {
        var own = Key(Start.AddDays(-1));
        var forged = SigningKey.Create("another secret that is long enough", Start, Start);
        var ring = await Loaded(own, forged);

        ring.Signing.Kid.ShouldBe(own.KeyId);
        ring.Find(forged.KeyId).ShouldBeNull();
        clock.Advance(TimeSpan.FromDays(1));
        ring.Find(own.KeyId).ShouldNotBeNull("a forged key does not replace one of ours");
        await Should.ThrowAsync<SigningKeyLockedException>(() => Loaded(forged));
    }

    [Fact]
    public async Task An_unknown_key_id_reads_the_table_again_but_not_twice_in_a_second()
    {
        var rows = new Rows([Key(Start)]);
        var ring = new KeyRing(rows, SettingsWithoutServers.Read(), clock);

        (await ring.LookAgain(Cancel)).ShouldBeTrue();
        (await ring.LookAgain(Cancel)).ShouldBeFalse();

        rows.Reads.ShouldBe(1);
        ring.Verifying.Count().ShouldBe(1);
        await Eventually.Is(async () => await ring.LookAgain(Cancel));
        rows.Reads.ShouldBe(2);
    }

    private async Task<KeyRing> Loaded(params SigningKey[] keys)
    {
        var ring = new KeyRing(new Rows(keys), SettingsWithoutServers.Read(), clock);
        await ring.Load(Cancel);
        return ring;
    }

    private static SigningKey Key(DateTimeOffset signsFrom) =>
        SigningKey.Create(Secret, signsFrom.AddMinutes(-10), signsFrom);

    /// <summary>Answers the query for the signing keys. There is no database.</summary>
    internal sealed class Rows(SigningKey[] keys)
        : DbCommandInterceptor,
            IDbContextFactory<TenantDb>,
            IDbConnectionInterceptor
    {
        private SigningKey[] keys = keys;

        private static readonly Lazy<DbContextOptions<TenantDb>> Options = new(() =>
        {
            var options = new DbContextOptionsBuilder<TenantDb>();
            options.UseNpgsql("Host=127.0.0.1;Port=1").UseSnakeCaseNamingConvention();
            return options.Options;
        });

        public int Reads { get; private set; }

        public void Add(SigningKey key) => keys = [.. keys, key];

        public TenantDb CreateDbContext() =>
            new(new DbContextOptionsBuilder<TenantDb>(Options.Value).AddInterceptors(this).Options);

        public ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection,
            ConnectionEventData eventData,
            InterceptionResult result,
            CancellationToken cancellationToken = default
        ) => ValueTask.FromResult(InterceptionResult.Suppress());

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default
        )
        {
            Reads++;
            var table = new DataTable { Locale = System.Globalization.CultureInfo.InvariantCulture };
            foreach (var column in Columns(command.CommandText))
                table.Columns.Add(
                    column,
                    Value(
                            new SigningKey
                            {
                                PublicKey = [],
                                ProtectedPrivateKey = [],
                                CreatedAt = default,
                                SignsFrom = default,
                            },
                            column
                        )
                        .GetType()
                );
            foreach (var key in keys)
                table.Rows.Add([.. Columns(command.CommandText).Select(column => Value(key, column))]);
            return ValueTask.FromResult(InterceptionResult<DbDataReader>.SuppressWithResult(table.CreateDataReader()));
        }

        /// <summary>The columns of <c>SELECT s.id, s.created_at … FROM</c>, in its order.</summary>
        private static string[] Columns(string statement) =>
            [
                .. statement["SELECT".Length..statement.IndexOf("FROM", StringComparison.Ordinal)]
                    .Split(',')
                    .Select(column => column.Trim().Split('.')[^1]),
            ];

        private static object Value(SigningKey key, string column) =>
            column switch
            {
                "id" => key.Id,
                "public_key" => key.PublicKey,
                "protected_private_key" => key.ProtectedPrivateKey,
                "created_at" => key.CreatedAt,
                "signs_from" => key.SignsFrom,
                _ => throw new ArgumentOutOfRangeException(nameof(column), column, "no column of signing_keys"),
            };
    }
}
