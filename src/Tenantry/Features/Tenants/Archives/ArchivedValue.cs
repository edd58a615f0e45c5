using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// Checks that the service itself could have written a value to its column. The value has the column's type and can be
/// read back. It is within the range that queues and cleanups of all tenants can compute with.
/// </summary>
internal static class ArchivedValue
{
    private const int FirstYear = 1900;
    private const int LastYear = 9000;

    /// <summary>
    /// The maximum of a number's digits. The database writes numbers without an exponent: a short number with a large
    /// exponent would become very long.
    /// </summary>
    private const int MaxNumberLength = 40;

    /// <returns>the fault, as the end of a sentence that begins with the column; null: there is none</returns>
    public static string? Fault(JsonElement value, IProperty property)
    {
        var converter = property.GetValueConverter() ?? property.FindTypeMapping()?.Converter;
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        if (type == typeof(JsonElement))
            return FreeJson.IsStorable(value) ? NumberFault(value) : Problems.Unstorable;
        if (type.IsEnum)
            return converter is not null && IsEnumValue(value, converter, type)
                ? null
                : "is not a value of its enumeration";
        return type switch
        {
            _ when type == typeof(string) => value.ValueKind != JsonValueKind.String ? "must be a string"
            : FreeJson.IsStorable(value) ? null
            : Problems.Unstorable,
            _ when type == typeof(string[]) => value.ValueKind != JsonValueKind.Array
            || !value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
                ? "must be a list of strings"
            : FreeJson.IsStorable(value) ? null
            : Problems.Unstorable,
            _ when type == typeof(bool) => value.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? null
                : "must be true or false",
            _ when type == typeof(Guid) => value.ValueKind == JsonValueKind.String && value.TryGetGuid(out _)
                ? null
                : "must be a UUID",
            _ when type == typeof(short) || type == typeof(int) || type == typeof(long) => IsCount(value, type)
                ? null
                : "must be a whole number that is not negative",
            _ when type == typeof(DateTimeOffset) => value.ValueKind == JsonValueKind.String
            && value.TryGetDateTimeOffset(out var time)
            && time.Year is >= FirstYear and <= LastYear
                ? null
                : "must be a time",
            _ when type == typeof(DateOnly) => value.ValueKind == JsonValueKind.String && IsDay(value.GetString()!)
                ? null
                : "must be a day",
            _ when type == typeof(byte[]) => value.ValueKind == JsonValueKind.String && IsBytes(value.GetString()!)
                ? null
                : "must be bytes in hexadecimal",
            _ when type == typeof(IPAddress) => value.ValueKind == JsonValueKind.String
            && IPAddress.TryParse(value.GetString()!.Split('/')[0], out _)
                ? null
                : "must be an IP address",
            _ => throw new InvalidOperationException(
                $"There is no check for values of type {type.Name}: add one for {property.GetColumnName()}."
            ),
        };
    }

    private static bool IsEnumValue(JsonElement value, ValueConverter converter, Type type)
    {
        if (!FreeJson.IsStorable(value))
            return false;
        object? provided =
            converter.ProviderClrType == typeof(string) && value.ValueKind == JsonValueKind.String ? value.GetString()
            : converter.ProviderClrType == typeof(short)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt16(out var number)
                ? number
            : null;
        try
        {
            return provided is not null
                && converter.ConvertFromProvider(provided) is { } member
                && Enum.IsDefined(type, member);
        }
        catch (KeyNotFoundException)
        {
            return false;
        }
    }

    private static bool IsCount(JsonElement value, Type type) =>
        value.ValueKind == JsonValueKind.Number
        && NumberFault(value) is null
        && value.TryGetInt64(out var number)
        && number >= 0
        && number
            <= (
                type == typeof(short) ? short.MaxValue
                : type == typeof(int) ? int.MaxValue
                : long.MaxValue
            );

    private static bool IsDay(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day.Year is >= FirstYear and <= LastYear;

    private static bool IsBytes(string text) =>
        text.StartsWith("\\x", StringComparison.Ordinal)
        && text.Length % 2 == 0
        && text.Skip(2).All(char.IsAsciiHexDigit);

    private static string? NumberFault(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText() is { Length: <= MaxNumberLength } text
            && !text.Contains('e', StringComparison.OrdinalIgnoreCase)
                ? null
                : $"contains a number with an exponent or of more than {MaxNumberLength} digits",
            JsonValueKind.Array => value
                .EnumerateArray()
                .Select(NumberFault)
                .FirstOrDefault(fault => fault is not null),
            JsonValueKind.Object => value
                .EnumerateObject()
                .Select(member => NumberFault(member.Value))
                .FirstOrDefault(fault => fault is not null),
            _ => null,
        };
}
