using System.Diagnostics;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Security.Passwords.Hashes;

namespace Tenantry.Tests.Foundation.Security.Passwords;

public sealed class PasswordHashingTests
{
    private const string Password = "correct horse battery";

    private static PasswordHashing Hashing(Argon2Cost cost) => new(cost, Gate("hashes"), Gate("slow hashes"), null);

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

    [Theory]
    [InlineData("$argon2id$v=19$m=262144,t=4,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", 19456, 2, true)] // slow
    [InlineData("$argon2id$v=19$m=262144,t=4,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", 262144, 4, false)] // ours
    [InlineData("$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", 19456, 2, false)] // dearer
    [InlineData("$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", 19456, 2, true)]
    [InlineData("$argon2id$v=16$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", 19456, 2, true)]
    [InlineData("$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", 19456, 2, true)]
    [InlineData("$argon2i$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", 19456, 2, true)]
    [InlineData("of a later version", 19456, 2, true)]
    public async Task An_imported_hash_is_outdated_unless_it_could_be_one_of_ours(
        string stored,
        int memory,
        int passes,
        bool isOutdated
    )
    {
        using var turn = await Hashing(new Argon2Cost(memory, passes))
            .Enter(Guid.Empty, TestContext.Current.CancellationToken);

        turn!.IsOutdated(stored).ShouldBe(isOutdated);
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
        (pairs.Min(pair => pair.Unknown) / pairs.Min(pair => pair.Known)).ShouldBeInRange(0.25, 4);

        double Work(string password, string? hash)
        {
            var watch = Stopwatch.StartNew();
            turn.Verify(password, hash).ShouldBeFalse();
            return watch.Elapsed.TotalMilliseconds;
        }
    }

    [Fact]
    public async Task A_slow_hash_waits_in_a_gate_of_its_own_and_leaves_the_other_free()
    {
        var (gate, slow) = (Gate("hashes"), Gate("slow hashes"));
        var hashing = new PasswordHashing(new Argon2Cost(19456, 2), gate, slow, null);
        var cancel = TestContext.Current.CancellationToken;

        using var first = await hashing.Enter(
            Guid.NewGuid(),
            BCrypt12.Replace("$12$", "$13$", StringComparison.Ordinal),
            cancel
        );
        (gate.Held, slow.Held).ShouldBe((0, 1));
        using var second = await hashing.Enter(Guid.NewGuid(), BCrypt12, cancel);
        using var third = await hashing.Enter(Guid.NewGuid(), null, cancel);
        (gate.Held, slow.Held).ShouldBe((2, 1));
    }

    private const string BCrypt12 = "$2b$12$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    [Fact]
    public async Task The_work_of_a_stand_in_is_done_where_there_is_no_hash()
    {
        using var turn = (
            await Hashing(new Argon2Cost(64, 1)).Enter(Guid.NewGuid(), TestContext.Current.CancellationToken)
        )!;
        var standIn = BCrypt.Net.BCrypt.HashPassword(Password, 10);

        // 70 ms against a hundredth of one; the right password of the stand-in is a wrong one here.
        (Quickest(standIn) / Quickest(null)).ShouldBeGreaterThan(3);

        double Quickest(string? other) =>
            Enumerable
                .Range(0, 5)
                .Min(_ =>
                {
                    var watch = Stopwatch.StartNew();
                    turn.Verify(Password, null, other).ShouldBeFalse();
                    return watch.Elapsed.TotalMilliseconds;
                });
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
