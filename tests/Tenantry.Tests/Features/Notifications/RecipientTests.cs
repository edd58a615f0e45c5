using CsCheck;
using Tenantry.Features.Notifications.Sending;

namespace Tenantry.Tests.Features.Notifications;

/// <summary>Addresses, numbers, and what an SMS costs.</summary>
public sealed class RecipientTests
{
    [Theory]
    [InlineData("ada@example.com", "ada@example.com")]
    [InlineData("Ada.King+news@Example.COM", "Ada.King+news@example.com")]
    [InlineData("ada@bücher.example", "ada@xn--bcher-kva.example")]
    [InlineData("Ada <ada@example.com>", null)]
    [InlineData("ada@example.com, eve@example.com", null)]
    [InlineData("ada@example.com\r\nBcc: eve@example.com", null)]
    [InlineData("ada@example", null)]
    [InlineData("\"a b\"@example.com", null)]
    [InlineData("ada(x)@example.com", null)]
    [InlineData("ada@exa_mple.com", null)]
    [InlineData("@example.com", null)]
    [InlineData("", null)]
    public void An_address_is_one_mailbox_and_nothing_else(string text, string? address) =>
        (MailAddresses.TryParse(text, out var parsed) ? parsed : null).ShouldBe(address);

    [Fact]
    public void Whatever_is_written_no_address_can_become_a_header() =>
        Gen.String[0, 40]
            .Select(Gen.Int[0, 3], (text, end) => text + new[] { "@example.com", "", "\r\n", ">" }[end])
            .Sample(text =>
                !MailAddresses.TryParse(text, out var address)
                || (
                    address.Count(character => character == '@') == 1
                    && !address.Any(character =>
                        char.IsControl(character) || char.IsWhiteSpace(character) || character is '<' or '>' or ','
                    )
                )
            );

    [Theory]
    [InlineData("+41 79 123 45 67", null, "+41791234567", "CH", true)]
    [InlineData("079 123 45 67", "CH", "+41791234567", "CH", true)]
    [InlineData("0176 12345678", "DE", "+4917612345678", "DE", true)]
    [InlineData("+41 44 668 18 00", null, "+41446681800", "CH", false)]
    [InlineData("+41 900 123 456", null, "+41900123456", "CH", false)]
    [InlineData("+1 212 555 2368", null, "+12125552368", "US", true)]
    public void A_number_is_known_with_its_country(
        string text,
        string? region,
        string e164,
        string country,
        bool takesSms
    )
    {
        TelephoneNumbers.TryParse(text, region, out var number).ShouldBeTrue();
        (number!.E164, number.Region, number.CanReceiveSms).ShouldBe((e164, country, takesSms));
    }

    [Theory]
    [InlineData("079 123 45 67", null)]
    [InlineData("+41 79", null)]
    [InlineData("+999 123456789", null)]
    [InlineData("not a number", "CH")]
    [InlineData("+41791234567\n", null)]
    [InlineData("", "CH")]
    public void What_is_no_number_is_refused(string text, string? region) =>
        TelephoneNumbers.TryParse(text, region, out _).ShouldBeFalse();

    [Fact]
    public void Whatever_is_written_a_number_is_E164_or_none() =>
        Gen.String[0, 50]
            .Sample(text =>
                !TelephoneNumbers.TryParse(text, "CH", out var number)
                || (number.E164.StartsWith('+') && number.E164[1..].All(char.IsAsciiDigit))
            );

    [Theory]
    [InlineData("", SmsEncoding.Gsm7, 1)]
    [InlineData("€", SmsEncoding.Gsm7, 1)]
    [InlineData("ç", SmsEncoding.Ucs2, 1)]
    [InlineData("🙂", SmsEncoding.Ucs2, 1)]
    public void Letters_decide_the_encoding(string text, SmsEncoding encoding, int segments) =>
        (SmsText.Of(text).Encoding, SmsText.Of(text).Segments).ShouldBe((encoding, segments));

    [Theory]
    [InlineData('a', 160, 161, 306, 307)]
    [InlineData('€', 80, 81, 152, 153)] // two each, and none is split
    [InlineData('я', 70, 71, 134, 135)]
    public void Segments_begin_where_they_do_in_the_network(char letter, int one, int two, int lastOfTwo, int three)
    {
        int Segments(int count) => SmsText.Of(new string(letter, count)).Segments;
        (Segments(one), Segments(two), Segments(lastOfTwo), Segments(three)).ShouldBe((1, 2, 2, 3));
    }

    [Fact]
    public void More_text_is_never_fewer_segments() =>
        Gen.String[0, 300]
            .Select(Gen.String[0, 20])
            .Sample(pair => SmsText.Of(pair.Item1 + pair.Item2).Segments >= SmsText.Of(pair.Item1).Segments);
}
