using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tenantry.Client;

namespace Tenantry.Tests.Clients;

/// <summary>Documented bodies as calls of the C# client, compiled in one compilation, a call in each line.</summary>
internal sealed class CSharpCalls
{
    private readonly List<DocumentedBody> calls = [];
    private readonly StringBuilder source = new();

    /// <returns>The compiler's errors by body.</returns>
    public static IReadOnlyDictionary<DocumentedBody, string> Faults(IEnumerable<DocumentedBody> bodies)
    {
        var written = new CSharpCalls();
        written.Write(bodies);
        var compilation = CSharpCompilation.Create(
            "bodies",
            [CSharpSyntaxTree.ParseText(written.source.ToString())],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Select(path => MetadataReference.CreateFromFile(path)),
            new(
                OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable,
                generalDiagnosticOption: ReportDiagnostic.Error
            )
        );
        return compilation
            .GetDiagnostics()
            .Where(one => one.Severity == DiagnosticSeverity.Error && one.Id != "CS8019") // a using that nobody needs
            .GroupBy(one => written.calls[one.Location.GetLineSpan().StartLinePosition.Line - FirstLine])
            .ToDictionary(
                group => group.Key,
                group => string.Join("; ", group.Select(one => one.GetMessage(CultureInfo.InvariantCulture)))
            );
    }

    private const int FirstLine = 6;

    private void Write(IEnumerable<DocumentedBody> bodies)
    {
        source.Append("using System;\nusing Tenantry.Client;\nusing Tenantry.Client.Models;\n");
        source.Append("using Microsoft.Kiota.Abstractions.Serialization;\n");
        source.Append(
            "static class Bodies { public static async System.Threading.Tasks.Task All(TenantryClient client)\n{\n"
        );
        foreach (var body in bodies)
        {
            calls.Add(body);
            source.Append(Call(body)).Append('\n');
        }
        source.Append("} }\n");
    }

    private static string Call(DocumentedBody one)
    {
        var (builder, text) = (typeof(TenantryClient), new StringBuilder("await client"));
        foreach (var segment in one.Path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment.StartsWith('{'))
            {
                var indexer = builder
                    .GetProperties()
                    .First(p =>
                        p.GetIndexParameters() is [{ } of] && p.GetCustomAttribute<ObsoleteAttribute>() is null
                    );
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"[{Literal(JsonValue.Create(one.Arguments[segment.Trim('{', '}')]), indexer.GetIndexParameters()[0].ParameterType)}]"
                );
                builder = indexer.PropertyType;
            }
            else
            {
                text.Append('.').Append(Pascal(segment));
                builder = builder.GetProperty(Pascal(segment))?.PropertyType ?? typeof(object);
            }
        }
        var method = $"{one.Method[0]}{one.Method[1..].ToLowerInvariant()}Async";
        var body = builder.GetMethod(method)?.GetParameters()[0].ParameterType ?? typeof(object);
        return $"{text}.{method}({Literal(one.Body, body)});";
    }

    /// <summary>
    /// A value as its type is written. Where the client has no such member or type, the text does not compile: that is
    /// what it is for.
    /// </summary>
    private static string Literal(JsonNode? value, Type? type)
    {
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            null => "null",
            JsonObject one when type?.GetProperty("AdditionalData") is not null && type.GetProperties().Length == 1 =>
                $"new {type.FullName} {{ AdditionalData = {{ {string.Join(", ", one.Select(member => $"[{Text(member.Key)}] = {Untyped(member.Value)}"))} }} }}",
            JsonObject one =>
                $"new {(type ?? typeof(object)).FullName} {{ {string.Join(", ", one.Select(member => $"{Pascal(member.Key)} = {Literal(member.Value, type?.GetProperty(Pascal(member.Key))?.PropertyType)}"))} }}",
            JsonArray many when type is { IsGenericType: true } =>
                $"[{string.Join(", ", many.Select(item => Literal(item, type.GetGenericArguments()[0])))}]",
            JsonArray many => $"new[] {{ {string.Join(", ", many.Select(item => Literal(item, null)))} }}",
            JsonValue text when text.GetValueKind() == JsonValueKind.String => OfText(text.GetValue<string>(), type),
            _ => value.ToJsonString(),
        };
    }

    private static string OfText(string text, Type? type) =>
        type switch
        {
            { IsEnum: true } => $"{type.FullName}.{char.ToUpperInvariant(text[0])}{text[1..]}",
            _ when type == typeof(Guid) => $"Guid.Parse({Text(text)})",
            _ when type == typeof(DateTimeOffset) => $"DateTimeOffset.Parse({Text(text)})",
            _ when type == typeof(int) => text, // a part of a path
            _ => Text(text),
        };

    private static string Untyped(JsonNode? value) =>
        value is null or JsonObject or JsonArray ? "new UntypedNull()" : Literal(value, null);

    private static string Text(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    private static string Pascal(string name) =>
        string.Concat(
            name.Split('_', '-')
                .Where(word => word.Length > 0)
                .Select(word => char.ToUpperInvariant(word[0]) + word[1..])
        );
}
