namespace Tenantry.Tests.Harness;

/// <summary>Node and the packages of a folder, as ./test brought them.</summary>
public static class Node
{
    /// <summary>Skips the test where they are missing.</summary>
    public static void Need(string folder)
    {
        var isThere = Directory.Exists(Path.Combine(Repository.Root, folder, "node_modules", ".bin"));
        Assert.SkipUnless(
            isThere,
            $"The packages of {folder} are missing. Bring them: scripts/node.sh packages {folder}"
        );
    }
}
