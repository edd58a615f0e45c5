using System.Globalization;
using System.Text.Json;
using CsCheck;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Tests.Foundation.Hosting.Http;

public sealed class JsonTests
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new UtcTimes() } };

    [Fact]
    public void A_time_is_written_in_UTC_to_the_microsecond_and_without_zeros_that_say_nothing() =>
        Gen.Select(
                Gen.DateTime[DateTime.UnixEpoch, new DateTime(2200, 1, 1)],
                Gen.Int[-14, 14],
                Gen.OneOf(
                    Gen.Const(1L),
                    Gen.Const(10L),
                    Gen.Const(10_000L),
                    Gen.Const(1_000_000L),
                    Gen.Const(10_000_000L)
                )
            )
            .Sample(
                (time, hours, grain) =>
                {
                    var given = new DateTimeOffset(new DateTime(time.Ticks / grain * grain), TimeSpan.FromHours(hours));

                    JsonSerializer
                        .Serialize(given, Options)
                        .ShouldBe(
                            $"\"{given.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFZ", CultureInfo.InvariantCulture)}\""
                        );
                }
            );
}
