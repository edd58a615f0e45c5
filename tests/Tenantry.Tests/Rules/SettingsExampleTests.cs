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
    public void The_example_as_it_stands_sets_nothing_that_a_production_copy_would_inherit() =>
        Repository
            .Read(".env.example")
            .Split('\n')
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .ShouldBeEmpty();

    [Fact]
    public void What_production_demands_is_in_the_first_section_of_the_example()
    {
        var refusal = Should.Throw<SettingsException>(() => ServiceSettings.Read(new Dictionary<string, string>()));

        var first = Repository.Read(".env.example").Split("\n# --- ")[1];
        refusal.Faults.Count.ShouldBeGreaterThan(2);
        foreach (var fault in refusal.Faults)
            first.ShouldContain($"#{fault.Split(' ')[0]}=");
    }
}
