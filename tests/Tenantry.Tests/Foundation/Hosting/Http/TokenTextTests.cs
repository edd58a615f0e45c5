using CsCheck;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Tests.Foundation.Hosting.Http;

public sealed class TokenTextTests
{
    // Mostly of the alphabet, and some of what looks like it.
    private static readonly Gen<string> Texts = Gen.Frequency(
            (20, Gen.Char["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]),
            (1, Gen.Char["+/= \n\0.~\u0410\uFF21\uD83D\uDE00"]),
            (1, Gen.Char['\u0000', '\uFFFF'])
        )
        .Array[0, 70]
        .Select(characters => new string(characters));

    [Fact]
    public void Bytes_come_back_from_their_text() =>
        Gen
            .Byte.Array[1, 80]
            .Sample(bytes =>
            {
                var read = new byte[bytes.Length];
                TokenText.TryRead(TokenText.Write(bytes), read).ShouldBeTrue();
                read.ShouldBe(bytes);
                TokenText.Read(TokenText.Write(bytes), 200).ShouldBe(bytes);
            });

    [Fact]
    public void Any_text_is_read_or_not_without_an_exception_and_only_the_one_text_of_its_bytes_is() =>
        Texts.Sample(text =>
        {
            if (TokenText.Read(text, 200) is { } bytes)
                TokenText.Write(bytes).ShouldBe(text);
            for (var length = 0; length < 60; length++)
            {
                var exactly = new byte[length];
                if (TokenText.TryRead(text, exactly) && length > 0)
                    TokenText.Write(exactly).ShouldBe(text);
            }
        });

    [Fact]
    public void Each_character_of_a_text_counts() =>
        Gen.Select(Gen.Byte.Array[1, 60], Gen.Int[0, 100], Gen.Char["ABab01-_+/= "])
            .Sample(
                (bytes, place, other) =>
                {
                    var text = TokenText.Write(bytes).ToCharArray();
                    var at = place % text.Length;
                    var isOther = text[at] != other;
                    text[at] = other;
                    var read = new byte[bytes.Length];
                    if (TokenText.TryRead(text, read))
                        read.SequenceEqual(bytes).ShouldBe(!isOther); // another text: other bytes
                }
            );

    [Fact]
    public void A_token_is_parsed_or_not_without_an_exception() =>
        Gen.Select(
                Gen.OneOf(Gen.Const("tnr_"), Gen.Const("tnm_"), Gen.Const("tnf_"), Gen.Const("tn"), Gen.Const("")),
                Texts
            )
            .Sample(
                (prefix, text) =>
                {
                    if (OpaqueToken.TryParse(OpaqueToken.RefreshPrefix, prefix + text, out var token))
                        token.Text.ShouldBe(prefix + text);
                }
            );
}
