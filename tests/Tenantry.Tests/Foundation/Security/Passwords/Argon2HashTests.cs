using CsCheck;
using Tenantry.Foundation.Security.Passwords.Hashes;

namespace Tenantry.Tests.Foundation.Security.Passwords;

public sealed class Argon2HashTests
{
    [Fact]
    public void What_is_written_is_read_back() =>
        Gen.Select(
                Gen.OneOf(Gen.Const("argon2id"), Gen.Const("argon2i"), Gen.Const("argon2d")),
                Gen.OneOf(Gen.Const(16), Gen.Const(19)),
                Gen.Select(Gen.Int[2040, 1024 * 1024], Gen.Int[1, 20], Gen.Int[1, 255]),
                Gen.Byte.Array[8, 64],
                Gen.Byte.Array[16, 64]
            )
            .Sample(
                (type, version, cost, salt, hash) =>
                {
                    var argon2 = new Argon2Hash(type, version, cost.Item1, cost.Item2, cost.Item3, salt, hash);

                    return Argon2Hash.TryRead(argon2.ToString(), out var read)
                        && read.ToString() == argon2.ToString()
                        && read.Salt.SequenceEqual(salt)
                        && read.Hash.SequenceEqual(hash)
                        && (read.MemoryKiB, read.Passes, read.Lanes) == cost;
                }
            );

    [Fact]
    public void Whatever_else_is_no_hash_and_no_failure() =>
        Gen.String.Sample(text =>
            !Argon2Hash.TryRead(text, out _) && !Argon2Hash.TryRead("$argon2id$v=19$" + text, out _)
        );

    [Theory]
    [InlineData("$argon2id$v=19$m=4194304,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")] // 4 GiB
    [InlineData("$argon2id$v=19$m=19456,t=999,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=1048576,t=21,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=19456,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=19456,t=2,p=0$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=64,t=2,p=9$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")] // under 8 KiB for each lane
    [InlineData("$argon2id$v=18$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=19456,t=2,p=1,keyid=AAAA$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAA")] // a salt of three bytes
    [InlineData("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA")] // a hash that anybody hits
    [InlineData("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA\n")]
    public void Parameters_that_would_take_all_memory_or_protect_nothing_are_refused(string text) =>
        Argon2Hash.TryRead(text, out _).ShouldBeFalse();
}
