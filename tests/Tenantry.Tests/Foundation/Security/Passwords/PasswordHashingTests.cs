using System.Diagnostics;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Security.Passwords.Hashes;

namespace Tenantry.Tests.Foundation.Security.Passwords;

public sealed class PasswordHashingTests
{
    private const string Password = "correct horse battery";

    private static PasswordHashing Hashing(Argon2Cost cost) =>
        new(cost, Gate("hashes"), Gate("slow hashes"), null);

    private static FairGate Gate(string name) =>
        new(name, new GateLimits(2, 2, 1, 1, Timeout.InfiniteTimeSpan), TimeProvider.System);

    [Fact]
    public async Task A_hash_is_that_of_its_password_and_of_no_other()
    {
        var hashing = Hashing(new Argon2Cost(19456, 2));
        using var turn = await hashing.Enter(Guid.Empty, TestContext.Current.CancellationToken);
        var hash = turn!.Hash(Password);

        turn.Verify(Password, hash).ShouldBeTrue();
        turn.Verify("Correct horse battery", hash).ShouldBeFalse();
        turn.Verify(Password, null).ShouldBeFalse();
        turn.Verify("", "$argon2id$broken").ShouldBeFalse();
    }

    [Theory]
    [InlineData(19456, 2, false)]
    [InlineData(19456, 1, false)]
    [InlineData(19457, 2, true)]
    [InlineData(19456, 3, true)]
    public async Task A_hash_from_cheaper_days_is_outdated(int memory, int passes, bool isOutdated)
    {
        var before = Hashing(new Argon2Cost(19456, 2));
        var now = Hashing(new Argon2Cost(memory, passes));
        using var turn = await before.Enter(Guid.Empty, TestContext.Current.CancellationToken);
        using var later = await now.Enter(Guid.Empty, TestContext.Current.CancellationToken);

        later!.IsOutdated(turn!.Hash(Password)).ShouldBe(isOutdated);
    }

    // The vectors of the original crypt_blowfish, for its three spellings.
    [Theory]
    [InlineData("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", true)]
    [InlineData("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", true)]
    [InlineData("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", true)]
    [InlineData("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", true)]
    [InlineData("u*u", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", false)]
    public async Task A_hash_of_bcrypt_is_verified_and_always_outdated(string password, string hash, bool isRight)
    {
        var hashing = Hashing(new Argon2Cost(19456, 2));
        using var turn = await hashing.Enter(Guid.Empty, TestContext.Current.CancellationToken);

        turn!.Verify(password, hash).ShouldBe(isRight);
        turn.IsOutdated(hash).ShouldBeTrue();
    }

    [Theory]
    [InlineData(19456, 2)]
    [InlineData(7168, 5)]
    public async Task Without_a_hash_to_compare_a_password_is_hashed_all_the_same(int memory, int passes)
    {
        using var turn = (
            await Hashing(new Argon2Cost(memory, passes)).Enter(Guid.NewGuid(), TestContext.Current.CancellationToken)
        )!;
        var stored = turn.Hash("the password");

        // The quickest of some of each, in turn, so that both meet the same neighbours: without the hash it would be a
        // hundredth.
        var pairs = Enumerable
            .Range(0, 12)
            .Select(_ => (Known: Work("another", stored), Unknown: Work("another", null)))
            .ToList();
        (pairs.Min(pair => pair.Unknown) / pairs.Min(pair => pair.Known)).ShouldBeInRange(0.5, 2);

        double Work(string password, string? hash)
        {
            var watch = Stopwatch.StartNew();
            turn.Verify(password, hash).ShouldBeFalse();
            return watch.Elapsed.TotalMilliseconds;
        }
    }

    [Fact]
    public void Bcrypt_sees_72_bytes_and_no_more()
    {
        BcryptHash.TryRead(BCrypt.Net.BCrypt.HashPassword(new string('a', 72), 4), out var hash).ShouldBeTrue();

        hash!.Verify(new string('a', 72) + "whatever follows", null).ShouldBeTrue();
        hash.Verify(new string('a', 71), null).ShouldBeFalse();
    }

    [Theory]
    [InlineData("AdaLovelace1815", false)]
    [InlineData("ada.lovelace@example.com", false)]
    [InlineData("ACME-secret", false)]
    [InlineData("ada loves the difference engine", true)]
    [InlineData("correct horse battery", true)]
    public void A_password_made_of_the_users_name_address_or_tenant_is_refused(string password, bool isGood) =>
        (
            ContextWords.Fault(password, "Ada.Lovelace@example.com", "Ada", "Lovelace", "acme", "Acme & Sons") is null
        ).ShouldBe(isGood);

    [Theory]
    [InlineData("12345678")] // nothing known, nothing taken away
    [InlineData("é\u0301é\u0301é\u0301é\u0301é\u0301é\u0301é\u0301é\u0301")]
    public void Where_nothing_is_known_nothing_is_taken_away(string password) =>
        ContextWords.Fault(password, null, "", "Al", " ").ShouldBeNull();
}
