using System.IO.Compression;
using System.Xml.Linq;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Clients;

/// <summary>
/// The packed client for C# is installed in an empty folder as docs/clients.md says, and the program of that page runs
/// against the real service.
/// </summary>
public sealed class CSharpQuickstartTests(Cluster cluster) : IDisposable
{
    private readonly DirectoryInfo temporary = Directory.CreateTempSubdirectory("tenantry-quickstart");

    /// <summary>The versions that these are asked for in are not always to be had.</summary>
    private static readonly string[] Pinned = ["Microsoft.Bcl.Cryptography", "Microsoft.IdentityModel.JsonWebTokens"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => temporary.Delete(recursive: true);

    [Fact]
    public async Task The_quickstart_lists_users_and_verifies_the_token_in_ASP_NET_Core()
    {
        // What ./test has built is packed as it is.
        var folder = await Quickstart.Install("quickstart-cs", temporary.FullName, ("NoBuild", "true"));
        await ContainsDocumentationAndLicence(Path.Combine(folder, "packages/Tenantry.Client.0.1.0.nupkg"));
        Quickstart.Write(folder, "Quickstart.csproj", "Program.cs");
        await using var service = await cluster.StartAtItsLinks();
        var (slug, id, admin) = await service.NewTenant();
        foreach (var name in new[] { "ada", "linus" })
            await admin.Post("/api/v1/users", new { email = $"{name}@{slug}.example" });

        var (status, output) = await GeneratedTests.Run(
            "dotnet",
            ["run", "--project", folder],
            [
                .. WithoutNetwork(),
                ("Logging__LogLevel__Default", "Warning"),
                ("TENANTRY_URL", service.Url.ToString().TrimEnd('/')),
                ("TENANT", slug),
                ("EMAIL", $"admin@{slug}.example"),
                ("PASSWORD", Service.Password),
            ]
        );

        status.ShouldBe(0, output);
        output
            .Trim()
            .Split('\n')
            .ShouldBe([
                "The first page has 2 users.",
                $"linus@{slug}.example",
                $"ada@{slug}.example",
                $"admin@{slug}.example",
                "Without a token the service answers 401.",
                $"The token is valid for tenant {id}.",
            ]);
    }

    private static async Task ContainsDocumentationAndLicence(string path)
    {
        using var package = await ZipFile.OpenReadAsync(path, Cancel);
        new[] { "README.md", "lib/net10.0/Tenantry.Client.dll", "lib/net10.0/Tenantry.Client.xml" }.ShouldBeSubsetOf(
            package.Entries.Select(entry => entry.FullName)
        );
        using var specification = new StreamReader(package.GetEntry("Tenantry.Client.nuspec")!.Open());
        (await specification.ReadToEndAsync(Cancel)).ShouldContain("<license type=\"expression\">MIT</license>");
    }

    /// <summary>
    /// The packages of this build are the only other source, and the new one goes into a folder of its own: a package of
    /// the same version that somebody installed earlier must not be taken instead. What this build pins is pinned there.
    /// </summary>
    private (string Name, string Value)[] WithoutNetwork()
    {
        var restored =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");
        var others = temporary.CreateSubdirectory("restored").FullName;
        foreach (var package in Directory.EnumerateDirectories(restored))
        {
            if (Path.GetFileName(package) != "tenantry.client")
                Directory.CreateSymbolicLink(Path.Combine(others, Path.GetFileName(package)), package);
        }
        var configuration = Path.Combine(temporary.FullName, "nuget.config");
        File.WriteAllText(configuration, "<configuration><packageSources><clear /></packageSources></configuration>");
        var pins = XDocument
            .Parse(Repository.Read("Directory.Packages.props"))
            .Descendants("PackageVersion")
            .Where(pin => Pinned.Contains(pin.Attribute("Include")!.Value))
            .Select(pin => new XElement("PackageReference", pin.Attributes()));
        new XElement("Project", new XElement("ItemGroup", pins)).Save(
            Path.Combine(temporary.FullName, "Directory.Build.props")
        );
        return
        [
            ("NUGET_PACKAGES", temporary.CreateSubdirectory("installed").FullName),
            ("RestoreFallbackFolders", others),
            ("RestoreConfigFile", configuration),
        ];
    }
}
