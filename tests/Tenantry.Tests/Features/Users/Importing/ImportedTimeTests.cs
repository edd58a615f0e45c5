using System.Globalization;
using Tenantry.Features.Users.Importing;

namespace Tenantry.Tests.Features.Users.Importing;

public sealed class ImportedTimeTests
{
    [Theory]
    [InlineData("2020-01-02T03:04:05Z", "2020-01-02T03:04:05.0000000Z")]
    [InlineData("2020-10-06T15:37:27.789Z", "2020-10-06T15:37:27.7890000Z")]
    [InlineData("2020-01-02 03:04:05.123456+00", "2020-01-02T03:04:05.1234560Z")]
    [InlineData("2020-01-02 03:04:05-0330", "2020-01-02T06:34:05.0000000Z")]
    [InlineData("2020-01-02 03:04:05.1234567 +02:00", "2020-01-02T01:04:05.1234567Z")]
    [InlineData("2020-01-02 03:04:05", "2020-01-02T03:04:05.0000000Z")]
    [InlineData("2020-01-02", "2020-01-02T00:00:00.0000000Z")]
    [InlineData("1577934245", "2020-01-02T03:04:05.0000000Z")]
    [InlineData("1577934245000", "2020-01-02T03:04:05.0000000Z")]
    [InlineData("infinity", "9999-12-31T23:59:59.9999999Z")]
    public void Times_of_other_systems_are_read(string text, string expected)
    {
        ImportedTime.TryParse(text, out var time).ShouldBeTrue();
        time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture).ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01/02/2020")]
    [InlineData("2020-13-01")]
    [InlineData("2020-02-30T00:00:00Z")]
    [InlineData("2020-01-02T25:00:00Z")]
    [InlineData("2020-01-02T03:04:05+99:00")]
    [InlineData("0000-01-01")]
    [InlineData("2020-01-02T03:04:05Z; DROP TABLE users")]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("Thu Jan 02 2020")]
    public void A_text_that_could_mean_several_times_or_none_is_refused(string text) =>
        ImportedTime.TryParse(text, out _).ShouldBeFalse();
}
