using System.Data.Common;
using System.Text.Json;
using Npgsql;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// A statement was not sent, because PostgreSQL cannot store one of its values. The caller gets 400. It is logged,
/// because the check of the input should have refused the value.
/// </summary>
public sealed class UnstorableValueException(string statement)
    : Exception($"A value of this statement cannot be stored: {statement}");

/// <summary>
/// The last check of the values of a statement, after the checks of the input. Every statement of EF and of
/// <see cref="TenantQueries"/> passes it; a refused statement is not sent.
/// </summary>
public static class StatementValues
{
    private const int MaxStatementLength = 200;

    /// <exception cref="UnstorableValueException">PostgreSQL cannot store one of the values.</exception>
    public static void Check(DbParameterCollection parameters, string statement)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            if (!IsStorable(parameters[i]))
                throw new UnstorableValueException(
                    statement.Length > MaxStatementLength ? statement[..MaxStatementLength] : statement
                );
        }
    }

    // The value of a typed parameter with a number or an id is not read: that would box it.
    private static bool IsStorable(DbParameter parameter) =>
        parameter switch
        {
            NpgsqlParameter<string> { TypedValue: var text } => text is null || StorableText.IsStorable(text),
            NpgsqlParameter<string[]> { TypedValue: var texts } => texts is null || AreStorable(texts),
            _ when parameter.GetType() != typeof(NpgsqlParameter) => true,
            { Value: string text } => StorableText.IsStorable(text),
            { Value: JsonElement json } => FreeJson.IsStorable(json),
            { Value: JsonDocument json } => FreeJson.IsStorable(json.RootElement),
            { Value: IEnumerable<string?> texts } => AreStorable(texts),
            _ => true,
        };

    private static bool AreStorable(IEnumerable<string?> texts)
    {
        foreach (var text in texts)
        {
            if (!StorableText.IsStorable(text))
                return false;
        }
        return true;
    }
}
