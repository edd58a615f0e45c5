using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary><c>.env.example</c> and the types tell the same story.</summary>
public sealed class SettingsExampleTests
{
    private static readonly List<string> Example =
    [
        .. Repository
            .Read(".env.example")
            .Split('\n')
            .Select(line => line.TrimStart('#', ' '))
            .Where(line => System.Text.RegularExpressions.Regex.IsMatch(line, "^[A-Z][A-Z0-9_]+="))
            .Select(line => line.Split('=')[0]),
    ];

    [Fact]
    public void The_example_names_every_setting_once_and_no_other()
    {
        var reader = new SettingsReader(new Dictionary<string, string>());
        ServiceSettings.Read(reader, new Dictionary<string, string>());

        Example.Order().ShouldBe(reader.Names.Order());
    }

    [Fact]
    public void The_example_as_it_stands_is_a_configuration_that_works()
    {
        var lines = Repository
            .Read(".env.example")
            .Split('\n')
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => line.Split('=', 2));

        var settings = ServiceSettings.Read(
            lines
                .Append(["DATABASE_URL", "postgresql://u:p@localhost/d"])
                .ToDictionary(parts => parts[0], parts => parts[1])
        );

        settings.IsDevelopment.ShouldBeTrue();
    }
}
