using System.Text.RegularExpressions;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>What is taken as the address of a person.</summary>
public sealed class EmailTests
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
    [InlineData("ad\\ud800a@example.com", false)]
    public void An_address_is_written_in_one_way_and_seen_as_it_is(string text, bool isAddress) =>
        EmailAttribute
            .IsAddress(Regex.Unescape(text.Replace("\\\\", "\\\\\\\\", StringComparison.Ordinal)))
            .ShouldBe(isAddress);
}
