using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>Bytes in a token have one text each: a secret with two spellings could be counted twice.</summary>
public sealed class TokenTextFormTests
{
    [Theory]
    [InlineData("")]
    [InlineData("AA")]
    [InlineData("AAA")]
    [InlineData("AAAA")]
    [InlineData("AQ")]
    [InlineData("_-8")]
    [InlineData("AAAAAQ")]
    public void The_text_of_some_bytes_is_valid(string text) => TokenText.IsValid(text).ShouldBeTrue();

    [Theory]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("AB")]
    [InlineData("AP")]
    [InlineData("AAB")]
    [InlineData("AAD")]
    [InlineData("AAAAAB")]
    [InlineData("A=")]
    [InlineData("AA==")]
    [InlineData("AAA=")]
    [InlineData("A A")]
    [InlineData("!A")]
    [InlineData("!!A")]
    [InlineData("AAA!")]
    [InlineData("AAA\n")]
    [InlineData("+/8A")]
    public void Any_other_text_is_not(string text)
    {
        TokenText.IsValid(text).ShouldBeFalse();
        TokenText.Read(text, 100).ShouldBeNull();
        for (var length = 0; length < 5; length++)
            TokenText.TryRead(text, new byte[length]).ShouldBeFalse();
    }

    [Fact]
    public void Every_sequence_of_bytes_is_read_back_into_a_place_of_its_length_only()
    {
        for (var length = 1; length < 20; length++)
        {
            byte[] bytes = [.. Enumerable.Range(240, length).Select(n => (byte)n)];
            var text = TokenText.Write(bytes);

            var read = new byte[length];
            TokenText.TryRead(text, read).ShouldBeTrue();
            read.ShouldBe(bytes);
            TokenText.TryRead(text, new byte[length - 1]).ShouldBeFalse();
            TokenText.TryRead(text, new byte[length + 1]).ShouldBeFalse();
            TokenText.Read(text, text.Length).ShouldBe(bytes);
            TokenText.Read(text, text.Length - 1).ShouldBeNull();
        }
    }

    [Fact]
    public void An_empty_text_is_no_token() => TokenText.Read("", 100).ShouldBeNull();
}
