using CsCheck;
using Tenantry.Foundation.Security.Sealing;

namespace Tenantry.Tests.Foundation.Security.Sealing;

/// <summary>Authenticated encryption: what opens, and what does not.</summary>
public sealed class SealedBoxTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];

    [Fact]
    public void A_sealed_text_opens_under_its_key_and_binding_and_after_no_change() =>
        Gen.Select(Gen.Byte.Array[0, 100], Gen.Byte.Array[0, 20], Gen.Bool, Gen.Int[0, 1000])
            .Sample(
                (text, bound, isTagFirst, place) =>
                {
                    var box = new SealedBox(Key, isTagFirst);
                    var hidden = box.Seal(text, bound);
                    var changed = hidden.ToArray();
                    changed[place % changed.Length] ^= 1;

                    box.Open(hidden, bound).ShouldBe(text);
                    box.Open(changed, bound).ShouldBeNull();
                    box.Open(hidden, [.. bound, 1]).ShouldBeNull();
                    box.Open(hidden.AsSpan(0, place % hidden.Length), bound).ShouldBeNull();
                    new SealedBox([.. Key.Reverse()], isTagFirst).Open(hidden, bound).ShouldBeNull();
                }
            );

    [Fact]
    public void Equal_texts_have_one_sealed_text_only_where_that_is_asked_for()
    {
        var box = new SealedBox(Key);

        box.Seal("text"u8).ShouldNotBe(box.Seal("text"u8));
        box.SealAlike("text"u8).ShouldBe(box.SealAlike("text"u8));
        box.SealAlike("text"u8).Take(12).ShouldNotBe(box.SealAlike("other"u8).Take(12), "two texts share no nonce");
    }

    /// <summary>Rows and links of version 0.1 must open: the layout is a part of the contract.</summary>
    [Fact]
    public void The_layout_is_the_one_of_version_0_1()
    {
        var (first, last) = (new SealedBox(Key, isTagFirst: true), new SealedBox(Key));
        var hidden = last.SealAlike("text"u8);

        Convert.ToHexStringLower(hidden).ShouldBe("27a0eabaf34a3623827e8271d8ec21d9083d6a900ca841846d4a1381b1b85004");
        first.Open([.. hidden[..12], .. hidden[^16..], .. hidden[12..^16]]).ShouldBe("text"u8.ToArray());
    }
}
