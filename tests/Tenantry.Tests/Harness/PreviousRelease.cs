using System.IO.Compression;
using System.Text.Json;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Tests.Harness;

/// <summary>
/// The database of the release before this one, as its own service filled it (scripts/fixture.sh), and what can be said
/// to it.
/// </summary>
public sealed record PreviousRelease(
    string Password,
    string AdaRefreshToken,
    string GraceRefreshToken,
    Guid Message,
    Guid File
)
{
    private static readonly JsonSerializerOptions Names = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    public static PreviousRelease Fixture { get; } =
        JsonSerializer.Deserialize<PreviousRelease>(Repository.Read("tests/fixtures/previous-release.json"), Names)!;

    /// <returns>the name of a database of the test's own</returns>
    public static async Task<string> Restore(Cluster cluster)
    {
        var database = "upgrade_" + Guid.NewGuid().ToString("N");
        var settings = cluster.Settings(database);
        await DatabaseSetup.Create(
            cluster.Admin,
            settings.MigrationDatabase,
            settings.Database,
            null,
            CancellationToken.None
        );
        await using var file = System.IO.File.OpenRead(
            Path.Combine(Repository.Root, "tests/fixtures/previous-release.sql.gz")
        );
        using var text = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        await Cluster.Execute(cluster.AdminOf(database), await text.ReadToEndAsync());
        return database;
    }
}
