using System.Collections;
using System.Text;
using Tenantry.Commands;

namespace Tenantry.Tests.Harness;

/// <summary>
/// A command of an operator in the process of the tests: the same command line, settings, exit code and output as in a
/// process of its own (<see cref="Binary"/>), without the seconds in which a process compiles itself.
/// </summary>
public static class OperatorCommand
{
    private static readonly AsyncLocal<TextWriter?> Printed = new();

    private static readonly Lazy<bool> Routed = new(() =>
    {
        Console.SetOut(new Route(Console.Out));
        Console.SetError(new Route(Console.Error));
        return true;
    });

    /// <param name="arguments">as typed after <c>tenantry</c></param>
    /// <param name="variables">the environment, beside that of the tests</param>
    public static async Task<(int Code, string Output)> Run(string[] arguments, Dictionary<string, string> variables)
    {
        _ = Routed.Value;
        var environment = Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);
        foreach (var (name, value) in variables)
            environment[name] = value;
        await using var output = new StringWriter();
        // This method's own: whatever else writes meanwhile goes where it always went.
        Printed.Value = TextWriter.Synchronized(output);
        var code = await CommandLine.Run(
            arguments,
            new OperatorSettings(environment, Path.GetTempPath()),
            settings => Program.Build(settings)
        );
        return (code, output.ToString());
    }

    private sealed class Route(TextWriter otherwise) : TextWriter
    {
        public override Encoding Encoding => otherwise.Encoding;

        private TextWriter Target => Printed.Value ?? otherwise;

        public override void Write(char value) => Target.Write(value);

        public override void Write(char[] buffer, int index, int count) => Target.Write(buffer, index, count);

        public override void Write(string? value) => Target.Write(value);

        public override void Flush() => Target.Flush();
    }
}
