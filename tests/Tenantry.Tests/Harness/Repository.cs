namespace Tenantry.Tests.Harness;

/// <summary>The files of the repository, for tests that hold documents and structure against the code.</summary>
public static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>
    /// The source files of the service, by their path below <c>src/Tenantry</c>; not what a build writes there.
    /// </summary>
    public static IEnumerable<(string Path, string Text)> Sources()
    {
        var folder = Path.Combine(Root, "src", "Tenantry");
        return Directory
            .EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(folder, file).Replace('\\', '/'), File: file))
            .Where(source =>
                !source.Path.StartsWith("obj/", StringComparison.Ordinal)
                && !source.Path.StartsWith("bin/", StringComparison.Ordinal)
            )
            .Select(source => (source.Path, File.ReadAllText(source.File)));
    }

    // Not by the path of this source file: a build for CI writes another one into it.
    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Tenantry.slnx"))
            ? folder
            : Find(
                Path.GetDirectoryName(folder)
                    ?? throw new InvalidOperationException("The tests run outside the repository.")
            );
}
