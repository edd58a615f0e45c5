using System.Text.Json;
using CsCheck;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Security.Passwords.Hashes;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Security.Passwords;

/// <summary>
/// Hashes that other systems created. <c>imported-hashes.jsonl</c> has what real implementations computed, with the
/// name and the version of each.
/// </summary>
public sealed class ImportedHashTests
{
    private const string Pepper = "the pepper";

    private static readonly Argon2Cost Cost = new(1024, 1);

    private static readonly ImportedHash.Options Everything = new(IsTrusted: false, AllowsWeak: true);

    private sealed record Vector(
        string By,
        string Scheme,
        string Password,
        string Hash,
        bool Weak = false,
        string? Pepper = null
    )
    {
        public string What => $"{By}: {Hash}";

        public ImportedHash.Options Options =>
            Everything with
            {
                Pepper = Pepper is null ? null : PepperedHash.Forms[Pepper],
            };
    }

    private static readonly IReadOnlyList<Vector> Vectors =
    [
        .. Repository
            .Read("tests/Tenantry.Tests/Foundation/Security/Passwords/imported-hashes.jsonl")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<Vector>(line, JsonSerializerOptions.Web)!),
    ];

    [Fact]
    public void Hashes_of_real_implementations_are_verified_with_their_password_and_no_other()
    {
        foreach (var vector in Vectors)
        {
            var hash = ImportedHash.Read(vector.Hash, vector.Options, out var fault);

            fault.ShouldBeNull(vector.What);
            hash!.Scheme.ShouldBe(vector.Scheme, vector.What);
            hash.IsWeak.ShouldBe(vector.Weak, vector.What);
            StoredHash.TryRead(hash.ToStored(Cost), out var stored).ShouldBeTrue(vector.What);
            stored!.Verify(vector.Password, Pepper).ShouldBeTrue(vector.What);
            stored.Verify(vector.Password + "x", Pepper).ShouldBe(IsCutByBcrypt(vector), vector.What);
            stored.Verify("", Pepper).ShouldBeFalse(vector.What);
        }

        static bool IsCutByBcrypt(Vector vector) =>
            vector is { Scheme: "bcrypt", Pepper: null }
            && System.Text.Encoding.UTF8.GetByteCount(vector.Password) >= 72;
    }

    [Fact]
    public void What_is_stored_is_read_again_as_the_same_hash()
    {
        foreach (var vector in Vectors)
        {
            var text = ImportedHash.Read(vector.Hash, vector.Options, out _)!.ToStored(Cost);

            StoredHash.TryRead(text, out var stored).ShouldBeTrue(vector.What);
            stored!.ToString().ShouldBe(text);
            StoredHash.Fault(text, isTrusted: false).ShouldBeNull(text);
            // An archive of the tenant can be imported, and its users once more.
            ImportedHash.Read(text, Everything, out _)!.ToStored(Cost).ShouldBe(text);
        }
    }

    [Fact]
    public void A_weak_hash_is_refused_without_leave_and_its_result_is_never_stored()
    {
        foreach (var vector in Vectors.Where(vector => vector.Weak))
        {
            ImportedHash
                .Read(vector.Hash, Everything with { AllowsWeak = false }, out var fault)
                .ShouldBeNull(vector.What);
            fault!.ShouldContain("--allow-weak");
            fault!.ShouldNotContain(vector.Hash);

            StoredHash.Fault(vector.Hash, isTrusted: true).ShouldNotBeNull(vector.What); // an archive has none either
            var stored = ImportedHash.Read(vector.Hash, Everything, out _)!.ToStored(Cost);
            stored.ShouldStartWith("{wrapped:" + vector.Scheme);
            stored.ShouldContain("}$argon2id$v=19$m=1024,t=1,p=1$");
            stored.ShouldNotContain(vector.Hash[^20..^1], Case.Sensitive, vector.What);
        }
    }

    [Fact]
    public void A_password_of_another_length_than_people_type_does_not_run_a_weak_function()
    {
        foreach (var vector in Vectors.Where(vector => vector.Weak))
        {
            StoredHash.TryRead(ImportedHash.Read(vector.Hash, Everything, out _)!.ToStored(Cost), out var stored);
            var inner = ((WrappedHash)stored!).Inner;

            inner.Derive(new string('a', 257)).ShouldBeNull();
            stored.Verify(new string('a', 257), null).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_peppered_hash_needs_its_pepper_and_its_text_does_not_contain_it()
    {
        foreach (var vector in Vectors.Where(vector => vector.Pepper is not null))
        {
            var text = ImportedHash.Read(vector.Hash, vector.Options, out _)!.ToStored(Cost);
            StoredHash.TryRead(text, out var stored).ShouldBeTrue();

            text.ShouldNotContain(Pepper);
            stored!.NeedsPepper.ShouldBeTrue();
            stored.Verify(vector.Password, null).ShouldBeFalse(vector.What);
            stored.Verify(vector.Password, "another pepper").ShouldBeFalse(vector.What);
        }
    }

    [Fact]
    public void A_hash_of_Firebase_is_verified_and_the_signer_key_is_not_stored()
    {
        var vector = Vectors.First(vector => vector.Scheme == "firebase-scrypt");
        var (parameters, rest) = (vector.Hash.Split('$')[2], vector.Hash.Split('$')[3..]);
        var key = parameters[(parameters.IndexOf("sk=", StringComparison.Ordinal) + 3)..];
        FirebaseParameters
            .TryParse(
                $$"""
                hash_config {
                  algorithm: SCRYPT,
                  base64_signer_key: {{key}},
                  base64_salt_separator: Bw==,
                  rounds: 8,
                  mem_cost: 12,
                }
                """,
                out var project,
                out _
            )
            .ShouldBeTrue();

        var stored = ImportedHash
            .ReadFirebase(rest[1], rest[0], Everything with { Firebase = project }, out var fault)!
            .ToStored(Cost);

        fault.ShouldBeNull();
        stored.ShouldNotContain(key[..16]);
        stored.ShouldNotContain(rest[1][..16]); // with which the key could be computed
        stored.ShouldBe(ImportedHash.Read(vector.Hash, Everything, out _)!.ToStored(Cost));
        StoredHash.TryRead(stored, out var hash).ShouldBeTrue();
        hash!.Verify(vector.Password, null).ShouldBeTrue();
        project!.ToString().ShouldNotContain(key);
        // Supabase can have the parameters in another place.
        var bare = $"$fbscrypt$v=1,n=12,r=8,p=1${rest[0]}${rest[1]}";
        ImportedHash.Read(bare, Everything, out _).ShouldBeNull();
        ImportedHash.Read(bare, Everything with { Firebase = project }, out _)!.ToStored(Cost).ShouldBe(stored);
        ImportedHash.ReadFirebase(rest[1], rest[0], Everything, out fault).ShouldBeNull();
        fault!.ShouldContain("--firebase-hash-config");
    }

    [Theory]
    [InlineData(
        "{\"algorithm\":\"SCRYPT\",\"base64_signer_key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"rounds\":8,\"mem_cost\":14}",
        null
    )]
    [InlineData("algorithm: HMAC_SHA256, base64_signer_key: AAAA", "algorithm")]
    [InlineData("rounds: 8, mem_cost: 14", "base64_signer_key")]
    [InlineData("base64_signer_key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=, rounds: 8, mem_cost: 30", "mem_cost")]
    [InlineData("base64_signer_key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "mem_cost")]
    [InlineData("base64_signer_key: AAAA, rounds: 8, mem_cost: 14", "16 to 64 bytes")]
    [InlineData("", "base64_signer_key")]
    public void Parameters_of_Firebase_are_the_text_of_its_console_or_JSON(string text, string? named)
    {
        FirebaseParameters.TryParse(text, out _, out var fault).ShouldBe(named is null);
        if (named is not null)
            fault!.ShouldContain(named);
    }

    // Each is one step over a limit of docs/authentication.md.
    [Theory]
    [InlineData("$2b$18$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")] // hours of a core
    [InlineData("$2z$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\n")]
    [InlineData("$pbkdf2-sha256$i=5000001$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-sha256$i=999$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-sha256$i=1000,l=32$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")] // of 16 bytes
    [InlineData("$pbkdf2-md5$i=1000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pbkdf2_sha256$1$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("$scrypt$ln=21,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$scrypt$ln=20,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")] // 1 GiB
    [InlineData("$scrypt$ln=18,r=8,p=5$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$scrypt$ln=9,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("scrypt$16383$salt$8$1$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData(
        "$6$rounds=1000001$salt$uZzJ8kx4ZdSDx6pQvjOSbB6rYlOI8eYsdJ1wIZKx8sfBqKxVlDbxmXb4Q0B9VJKrOBqcXHcMxXxHXVvhQhtrX."
    )]
    [InlineData(
        "$6$rounds=999$salt$uZzJ8kx4ZdSDx6pQvjOSbB6rYlOI8eYsdJ1wIZKx8sfBqKxVlDbxmXb4Q0B9VJKrOBqcXHcMxXxHXVvhQhtrX."
    )]
    [InlineData("$P$Iabcdefghabcdefghabcdefghabcdef")] // 2^20 rounds
    [InlineData("{SSHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA=")] // no salt
    [InlineData("{SHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("5f4dcc3b5aa765d61d8327deb882cf99")] // MD5 of "password"
    [InlineData("AQAAAAIAAYagAAAAEA==")] // ASP.NET Core Identity without salt and hash
    [InlineData("AQAAAAIAAYagf////w==")]
    [InlineData("{bcrypt}{bcrypt}$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("{pepper:append}{pepper:append}$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("{wrapped:md5,1,AAAA}$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("{wrapped:phpass,1,AAAA}$argon2id$v=19$m=19456,t=2,p=2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("!")]
    [InlineData("")]
    public void What_is_unknown_protects_nothing_or_would_never_end_is_refused(string text)
    {
        ImportedHash.Read(text, Everything with { IsTrusted = true }, out var fault).ShouldBeNull();
        fault.ShouldNotBeNull();
        if (text.Length > 1)
            fault!.ShouldNotContain(text);
        StoredHash.TryRead(text, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_report_of_an_import_states_schemes_and_the_slowest_hash()
    {
        var tally = new HashTally();
        tally.ToString().ShouldBe("");
        foreach (var rounds in new[] { "17", "04" })
            tally.Add(
                ImportedHash.Read(
                    $"$2b${rounds}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                    Everything,
                    out _
                )!
            );

        tally
            .ToString()
            .ShouldBe(
                "Password hashes: 2 bcrypt. The slowest takes about 7.2 s of a core at the first sign-in of its user."
            );
    }

    [Fact]
    public void Costly_hashes_are_for_trusted_files()
    {
        const string costly = "$argon2id$v=19$m=1048576,t=20,p=4$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA";

        ImportedHash.Read(costly, Everything, out var fault).ShouldBeNull();
        fault!.ShouldContain("costs more than a sign-in may");
        ImportedHash.Read(costly, Everything with { IsTrusted = true }, out _).ShouldNotBeNull();
    }

    // The beginnings lead into each parser; what follows is chosen at random.
    [Fact]
    public void No_text_makes_the_reader_fail_and_no_password_makes_a_hash_fail()
    {
        var beginnings = Vectors
            .Select(vector => vector.Hash)
            .SelectMany(hash => new[] { hash[..(hash.Length / 4)], hash[..(hash.Length / 2)], hash[..^1], hash })
            .Append("")
            .ToArray();
        var parts = Gen.Select(
            Gen.Int[0, beginnings.Length - 1].Select(i => beginnings[i]),
            Gen.OneOf(Gen.String, Gen.String[Gen.Char["$,=:{}./0aA9"], 0, 60])
        );

        parts.Sample(
            (beginning, rest) =>
            {
                _ = ImportedHash.Read(beginning + rest, Everything, out _);
                _ = ImportedHash.Read(rest + beginning, Everything with { IsTrusted = true }, out _);
                _ = ImportedHash.ReadFirebase(rest, beginning, Everything, out _);
                _ = FirebaseParameters.TryParse(beginning + rest, out _, out _);
                _ = StoredHash.Fault(rest + beginning, isTrusted: true);
            },
            iter: 20_000
        );

        var cheap = Vectors
            .DistinctBy(vector => vector.Scheme)
            .Select(vector =>
            {
                StoredHash.TryRead(
                    ImportedHash.Read(vector.Hash, vector.Options, out _)!.ToStored(Cost),
                    out var stored
                );
                return stored!;
            });
        foreach (var stored in cheap)
            Gen.String.Sample(password => !stored.Verify(password, null), iter: 10);
    }
}
