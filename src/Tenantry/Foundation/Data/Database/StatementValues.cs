using System.Data.Common;
using System.Text.Json;
using Npgsql;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Data.Database;

/// <summary>A statement was not sent, because PostgreSQL cannot hold one of its values. The caller gets 400; it is logged, because the value should have been refused where it came in.</summary>
public sealed class UnstorableValueException(string statement)
    : Exception($"A value of this statement cannot be stored: {statement}");

/// <summary>
/// The last check of the values of a statement, behind those of what comes in: every statement of EF and of <see cref="QueryAsTenant"/> passes it, and what it refuses is not sent.
/// </summary>
public static class StatementValues
{
    private const int LongestStatement = 200;

    /// <exception cref="UnstorableValueException">one of them cannot be stored</exception>
    public static void Check(DbParameterCollection parameters, string statement)
    {
        for (var at = 0; at < parameters.Count; at++)
        {
            if (!IsStorable(parameters[at]))
                throw new UnstorableValueException(
                    statement.Length > LongestStatement ? statement[..LongestStatement] : statement
                );
        }
    }

    // A typed parameter of a number or an id is not asked for its value: that would box it.
    private static bool IsStorable(DbParameter parameter) =>
        parameter switch
        {
            NpgsqlParameter<string> { TypedValue: var text } => text is null || StorableText.Is(text),
            NpgsqlParameter<string[]> { TypedValue: var texts } => texts is null || AreStorable(texts),
            _ when parameter.GetType() != typeof(NpgsqlParameter) => true,
            { Value: string text } => StorableText.Is(text),
            { Value: JsonElement json } => FreeJson.IsStorable(json),
            { Value: JsonDocument json } => FreeJson.IsStorable(json.RootElement),
            { Value: IEnumerable<string?> texts } => AreStorable(texts),
            _ => true,
        };

    private static bool AreStorable(IEnumerable<string?> texts)
    {
        foreach (var text in texts)
        {
            if (!StorableText.Is(text))
                return false;
        }
        return true;
    }
}
