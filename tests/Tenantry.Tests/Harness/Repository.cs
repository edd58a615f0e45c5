using System.Runtime.CompilerServices;

namespace Tenantry.Tests.Harness;

/// <summary>The files of the repository, for tests that hold documents and structure against the code.</summary>
public static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../.."));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
