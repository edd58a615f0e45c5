using System.Text.RegularExpressions;
using CsCheck;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>What is taken as the address of a person.</summary>
public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("ada@example.com", true)]
    [InlineData("ADA.king+tag@Example.com", true)]
    [InlineData("o'neil@example.com", true)]
    [InlineData("\u00E4da@b\u00FCcher.example", true)]
    [InlineData("ada@B\u00FCcher.example", true)]
    [InlineData("ada@xn--bcher-kva.example", true)]
    [InlineData("ada@example", false)]
    [InlineData("ada", false)]
    [InlineData("Ada <ada@example.com>", false)]
    [InlineData("\"ada\"@example.com", false)]
    [InlineData("\"a\\\\da\"@example.com", false)]
    [InlineData("ada@[127.0.0.1]", false)]
    [InlineData("ada@\uFF45xample.com", false)] // full width
    [InlineData("ada@mail\u3002example.com", false)] // another full stop
    [InlineData("ada@example\u017F.com", false)] // a long s
    [InlineData("ada@example.com.", false)]
    [InlineData("ada@.example.com", false)]
    [InlineData("ad\u200Ba@example.com", false)]
    [InlineData("ad\u202Ea@example.com", false)]
    [InlineData("ad\uFDD0a@example.com", false)]
    [InlineData("ad\uFFFEa@example.com", false)]
    [InlineData("ad\uFFFFa@example.com", false)]
    [InlineData("ada@exam\u200Bple.com", false)]
    [InlineData("ad\u034Fa@example.com", false)] // combining grapheme joiner
    [InlineData("ad\u115Fa@example.com", false)] // Hangul filler
    [InlineData("ad\u3164a@example.com", false)]
    [InlineData("ad\uFE0Fa@example.com", false)] // variation selector
    [InlineData("ad\u00ADa@example.com", false)] // soft hyphen
    [InlineData("ad\u2065a@example.com", false)]
    [InlineData("ad\u061Ca@example.com", false)] // Arabic letter mark
    [InlineData("ad\u2066a@example.com", false)] // isolate
    [InlineData("ad\\ud800a@example.com", false)]
    public void An_address_is_written_in_one_way_and_seen_as_it_is(string text, bool isAddress) =>
        EmailAddress
            .IsValid(Regex.Unescape(text.Replace("\\\\", "\\\\\\\\", StringComparison.Ordinal)))
            .ShouldBe(isAddress);

    [Theory]
    [InlineData(" Ada@Example.com\t", "ada@example.com")]
    [InlineData("ada@b\u00FCcher.example", "ada@xn--bcher-kva.example")]
    [InlineData("ada@bu\u0308cher.example", "ada@xn--bcher-kva.example")] // NFD
    [InlineData("ada@B\u00DCCHER.example", "ada@xn--bcher-kva.example")]
    [InlineData("ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example")]
    [InlineData("e\u0301lodie@example.com", "\u00E9lodie@example.com")]
    [InlineData("no address", "no address")]
    [InlineData("ada@\uFF45xample.com", "ada@\uFF45xample.com")]
    [InlineData("@", "@")]
    public void Spellings_of_one_address_have_one_key(string text, string key) => EmailAddress.Key(text).ShouldBe(key);

    [Fact]
    public void Each_text_has_a_key_and_a_key_is_its_own_key() =>
        Gen.String[0, 30]
            .Select(
                Gen.Int[0, 3],
                (text, end) =>
                    text + new[] { "", "@example.com", "@B\u00FCcher.example", "@xn--bcher-kva.example" }[end]
            )
            .Sample(text => EmailAddress.Key(EmailAddress.Key(text)) == EmailAddress.Key(text));
}
