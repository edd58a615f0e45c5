using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// A function of the database, as its file <c>Foundation/Data/Functions/AREA/NAME.sql</c> defines it.
/// </summary>
/// <param name="Area">The folder.</param>
/// <param name="Name">The name of the function and of its file.</param>
/// <param name="Text">The file: a header of comments, the function, and its triggers and policies.</param>
public sealed partial record SchemaFunction(string Area, string Name, string Text)
{
    /// <summary>The file without its header.</summary>
    public string Statements { get; } =
        string.Join(
            '\n',
            Text.Split('\n').SkipWhile(line => line.Length == 0 || line.StartsWith("--", StringComparison.Ordinal))
        );

    /// <summary>
    /// SHA-256 of the statements and the rights. A change of the other lines of the header does not apply the function
    /// again.
    /// </summary>
    public string Hash =>
        hash ??= Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(Header("Rights") + '\n' + Statements))
        );

    private string? hash;

    /// <summary>
    /// Whether it is a cross-tenant function: it runs with the rights of <see cref="TenantPolicy.CrossTenantRole"/>,
    /// not with those of its caller.
    /// </summary>
    public bool IsCrossTenant =>
        Header("Rights").StartsWith($"SECURITY DEFINER as {TenantPolicy.CrossTenantRole};", StringComparison.Ordinal);

    /// <summary>The roles that may call it, besides its owner. PUBLIC may not.</summary>
    public IReadOnlyList<string> MayCall =>
        Header("Rights").Split("EXECUTE: ")[1] is var roles && roles.StartsWith("nobody", StringComparison.Ordinal)
            ? []
            : roles.Split(", ");

    /// <summary>A line of the header: <c>Callers</c>, <c>Rights</c> or <c>Index</c>.</summary>
    /// <exception cref="InvalidOperationException">The header has no such line.</exception>
    public string Header(string key) =>
        HeaderLine().Matches(Text).FirstOrDefault(line => line.Groups["key"].Value == key)?.Groups["value"].Value
        ?? throw new InvalidOperationException($"{Area}/{Name}.sql has no line '-- {key}:'.");

    /// <summary>The name with its parameters, as GRANT requires it.</summary>
    public string Signature =>
        Definition().Match(Statements) is { Success: true } found && found.Groups["name"].Value == Name
            ? $"{Name}({string.Join(' ', found.Groups["parameters"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))})"
            : throw new InvalidOperationException($"{Area}/{Name}.sql does not define {Name}.");

    /// <summary>The triggers and policies that the file creates, as "NAME on TABLE".</summary>
    public IEnumerable<string> Attached =>
        Attachment()
            .Matches(Statements)
            .Select(match => $"{match.Groups["name"].Value} on {match.Groups["table"].Value}");

    /// <summary>The statements without comments.</summary>
    public string Code => string.Join('\n', Statements.Split('\n').Select(line => Comment().Replace(line, "")));

    [GeneratedRegex(@"^-- (?<key>\w+): +(?<value>.+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex HeaderLine();

    [GeneratedRegex(@"^\s*CREATE (OR REPLACE )?FUNCTION (?<name>\w+)\((?<parameters>[^()]*)\)", RegexOptions.Multiline)]
    private static partial Regex Definition();

    [GeneratedRegex(
        @"^CREATE (OR REPLACE |CONSTRAINT )?(TRIGGER|POLICY) (?<name>\w+)\b[^;]*? ON (?<table>[\w.]+)",
        RegexOptions.Multiline
    )]
    private static partial Regex Attachment();

    [GeneratedRegex("--.*$")]
    private static partial Regex Comment();
}
