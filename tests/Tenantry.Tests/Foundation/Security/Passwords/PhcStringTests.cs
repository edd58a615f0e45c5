using CsCheck;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Tests.Foundation.Security.Passwords;

public sealed class PhcStringTests
{
    [Fact]
    public void What_is_written_is_read_back() =>
        Gen.Select(Gen.Int[8, 1024 * 1024], Gen.Int[1, 20], Gen.Byte.Array[16], Gen.Byte.Array[16, 64])
            .Sample(
                (memory, passes, salt, hash) =>
                {
                    var phc = new PhcString(memory, passes, 1, salt, hash);

                    return PhcString.TryParse(phc.ToString(), out var read)
                        && read.ToString() == phc.ToString()
                        && read.Salt.SequenceEqual(salt)
                        && read.Hash.SequenceEqual(hash)
                        && (read.MemoryKiB, read.Passes) == (memory, passes);
                }
            );

    [Fact]
    public void Whatever_else_is_no_hash_and_no_failure() =>
        Gen.String.Sample(text =>
            !PhcString.TryParse(text, out _) && !PhcString.TryParse("$argon2id$v=19$" + text, out _)
        );

    [Theory]
    [InlineData("$argon2id$v=19$m=4194304,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")] // 4 GiB
    [InlineData("$argon2id$v=19$m=19456,t=999,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=19456,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=19456,t=2,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=16$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAA")] // a salt of three bytes
    [InlineData("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA")] // a hash that anybody hits
    [InlineData("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA\n")]
    public void Parameters_that_would_take_all_memory_or_protect_nothing_are_refused(string text) =>
        PhcString.TryParse(text, out _).ShouldBeFalse();
}
