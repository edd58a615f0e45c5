namespace Tenantry.Tests.Harness;

/// <summary>The files of the repository, for tests that hold documents and structure against the code.</summary>
public static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    // Not by the path of this source file: a build for CI writes another one into it.
    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Tenantry.slnx")) ? folder : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside the repository."));
}
