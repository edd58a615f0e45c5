using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>What is computed of callers' JSON is what PostgreSQL makes of it.</summary>
public sealed class FreeJsonTests(SharedService shared) : IClassFixture<SharedService>
{
    private static readonly Gen<string> Digits = Gen.Char["0123456789"]
        .Array[1, 12]
        .Select(digits => new string(digits));

    private static readonly Gen<string> Number = Gen.Select(
        Gen.Bool,
        Digits,
        Digits,
        Gen.Int[0, 3],
        Gen.Int[-60, 60],
        (isNegative, whole, fraction, form, exponent) =>
            (isNegative ? "-" : "")
            + (whole.TrimStart('0') is { Length: > 0 } some ? some : "0")
            + (form % 2 == 1 ? "." + fraction : "")
            + (
                form >= 2
                    ? (exponent % 2 == 0 ? "e" : "E+").Replace("+", exponent < 0 ? "" : "+", StringComparison.Ordinal)
                        + exponent.ToString(CultureInfo.InvariantCulture)
                    : ""
            )
    );

    private static readonly Gen<string> Text = Gen.OneOf(
            Gen.Char['\u0001', '\u007F'],
            Gen.Char['\u0080', '\uD7FF'],
            Gen.Const('"'),
            Gen.Const('\\'),
            Gen.Const('\n')
        )
        .Array[0, 12]
        .Select(characters => new string(characters));

    [Fact]
    public async Task The_length_of_a_number_is_the_one_that_PostgreSQL_writes()
    {
        var numbers = new List<string>
        {
            "0",
            "-0",
            "-0.00",
            "0e5",
            "0.0e-3",
            "0e-40",
            "1e39",
            "1e-38",
            "100e-2",
            "0.001e2",
            "-1.50e1",
        };
        Number.Array[300].Sample(all => numbers.AddRange(all), iter: 1, threads: 1);

        await using var command = shared.Service.DataSource.CreateCommand(
            "SELECT length(n::jsonb::text) FROM unnest($1) WITH ORDINALITY AS all_of_them(n, place) ORDER BY place"
        );
        command.Parameters.Add(new Npgsql.NpgsqlParameter<string[]> { TypedValue = [.. numbers] });
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        foreach (var number in numbers)
        {
            (await reader.ReadAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
            JsonNumber.StoredLength(Encoding.UTF8.GetBytes(number)).ShouldBe(reader.GetInt32(0), number);
        }
    }

    [Theory]
    [InlineData("1e2147483648")]
    [InlineData("1e-99999999999999999999999999")]
    [InlineData("1e400000")]
    public void A_number_beyond_all_numbers_is_long(string number) =>
        JsonNumber.IsShort(Encoding.UTF8.GetBytes(number)).ShouldBeFalse();

    [Fact]
    public async Task The_length_of_a_document_is_the_one_that_PostgreSQL_writes()
    {
        var documents = new List<string>();
        Gen.Select(Text.Array[0, 6], Number.Array[0, 6], Gen.Bool)
            .Array[200]
            .Sample(
                all =>
                    documents.AddRange(
                        all.Select(one =>
                            JsonSerializer.Serialize(
                                new Dictionary<string, object?>
                                {
                                    ["texts"] = one.Item1,
                                    ["numbers"] = one.Item2.Select(number => JsonElement.Parse(number)),
                                    ["more"] = new Dictionary<string, object?>(
                                        one.Item1.Distinct(StringComparer.Ordinal)
                                            .Select(text => KeyValuePair.Create(text, (object?)one.Item3))
                                    )
                                    {
                                        ["nothing"] = null,
                                    },
                                }
                            )
                        )
                    ),
                iter: 1,
                threads: 1
            );

        await using var command = shared.Service.DataSource.CreateCommand(
            "SELECT octet_length(n::jsonb::text) FROM unnest($1) WITH ORDINALITY AS all_of_them(n, place) ORDER BY place"
        );
        command.Parameters.Add(new Npgsql.NpgsqlParameter<string[]> { TypedValue = [.. documents] });
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        foreach (var document in documents)
        {
            (await reader.ReadAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
            FreeJson.StoredBytes(JsonElement.Parse(document)).ShouldBe(reader.GetInt32(0), document);
        }
    }

    [Fact]
    public async Task Every_column_of_JSON_is_the_services_own_or_bounded_by_the_database()
    {
        await using var db = await shared.Service.Contexts.CreateDbContextAsync(TestContext.Current.CancellationToken);
        var columns = db
            .Model.GetEntityTypes()
            .SelectMany(entity => entity.GetProperties())
            .Where(property => property.GetColumnType() is "jsonb" or "json")
            .ToList();
        columns.Count.ShouldBeGreaterThan(8);
        foreach (var column in columns)
        {
            var (table, name) = (column.DeclaringType.GetTableName()!, column.GetColumnName());
            if (column.PropertyInfo!.GetCustomAttribute<OwnJsonAttribute>() is { Bound.Length: > 0 })
                continue;
            var most = column
                .PropertyInfo!.GetCustomAttribute<CallersJsonAttribute>()
                .ShouldNotBeNull($"{table}.{name} is neither declared as the service's own JSON nor as that of callers")
                .MostBytes;
            foreach (
                var value in new[]
                {
                    "jsonb_build_object('a', 1e41)",
                    "jsonb_build_object('a', 1e-41)",
                    $"jsonb_build_object('a', repeat('x', {most}))",
                }
            )
                (await shared.Service.Ask<bool>($"SELECT json_is_bounded({value}, {most})")).ShouldBeFalse();
            (
                await shared.Service.Ask<long>(
                    $"""
                    SELECT count(*) FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND tgfoid = 'refuse_unbounded_json()'::regprocedure AND tgenabled = 'O'
                    AND pg_get_triggerdef(oid) LIKE '%json\_is\_bounded(new.{name}, {most})%'
                    """
                )
            ).ShouldBe(2, $"{table}.{name}: one for INSERT, one for UPDATE");
        }
        (await shared.Service.Ask<bool>("SELECT json_is_bounded('{\"a\": [1, 2.5, 1e39]}', 100)")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("a\U0001F600b", 2, "a")]
    [InlineData("a\U0001F600b", 3, "a\U0001F600")]
    [InlineData("a\U0001F600b", 4, "a\U0001F600b")]
    [InlineData("\U0001F600", 1, "")]
    [InlineData("ab", 0, "")]
    public void A_text_that_is_cut_keeps_its_characters_whole(string text, int most, string cut) =>
        StorableText.Truncate(text, most).ShouldBe(cut);

    [Theory]
    [InlineData("a", true)]
    [InlineData("", true)]
    [InlineData("a\0", false)]
    [InlineData("\U0001F600", true)]
    [InlineData("\\ud83d", false)]
    [InlineData("\\ude00\\ud83d", false)]
    [InlineData("\\ud83d\\ude00\\ud83d", false)]
    public void A_text_is_storable_without_NUL_and_half_pairs(string text, bool isStorable) =>
        StorableText.IsStorable(System.Text.RegularExpressions.Regex.Unescape(text)).ShouldBe(isStorable);

    [Theory]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("a\uFFFEe\u0301", "a\uFFFD\u00E9")]
    [InlineData("\\ud83de\u0301\\ude00", "\uFFFD\u00E9\uFFFD")]
    [InlineData("\U0001F600e\u0301", "\U0001F600\u00E9")]
    [InlineData("\uFFFF", "\uFFFF")]
    public void Every_text_can_be_normalized(string text, string normalized) =>
        StorableText.Normalized(System.Text.RegularExpressions.Regex.Unescape(text)).ShouldBe(normalized);

    [Fact]
    public void Texts_are_normalized_in_one_place_that_cannot_fail()
    {
        Repository
            .Sources()
            .Where(source =>
                Path.GetFileName(source.Path) != "StorableText.cs"
                && System.Text.RegularExpressions.Regex.IsMatch(
                    source.Text,
                    @"\.(Normalize\(\)|Normalize\((System\.Text\.)?NormalizationForm|IsNormalized\()"
                )
            )
            .Select(source => source.Path)
            .ShouldBeEmpty("string.Normalize throws for U+FFFE: take StorableText.Normalized.");
    }
}
