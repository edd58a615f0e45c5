using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Tests.Foundation.Hosting.Settings;

public sealed class RenamedSettingsTests
{
    [Fact]
    public void A_setting_is_read_by_its_old_name_and_reported()
    {
        var settings = Read(("READ_LAG_SECONDS", "7"));

        settings.ReplicaMaxLag.ShouldBe(TimeSpan.FromSeconds(7));
        settings.Renamed.ShouldBe([new RenamedSetting("REPLICA_MAX_LAG_SECONDS", "READ_LAG_SECONDS")]);
    }

    [Fact]
    public void The_new_name_wins_and_the_old_one_is_reported_all_the_same()
    {
        var settings = Read(("READ_LAG_SECONDS", "7"), ("REPLICA_MAX_LAG_SECONDS", "9"));

        settings.ReplicaMaxLag.ShouldBe(TimeSpan.FromSeconds(9));
        settings.Renamed.ShouldHaveSingleItem().OldName.ShouldBe("READ_LAG_SECONDS");
    }

    [Fact]
    public void The_new_name_alone_is_not_reported()
    {
        var settings = Read(("REPLICA_MAX_LAG_SECONDS", "9"));

        settings.ReplicaMaxLag.ShouldBe(TimeSpan.FromSeconds(9));
        settings.Renamed.ShouldBeEmpty();
    }

    [Fact]
    public void A_fault_of_the_old_name_names_both() =>
        Should
            .Throw<SettingsException>(() => Read(("READ_LAG_SECONDS", "soon")))
            .Faults.ShouldHaveSingleItem()
            .ShouldBe("REPLICA_MAX_LAG_SECONDS (set as READ_LAG_SECONDS) must be a whole number from 1 to 300");

    [Fact]
    public void No_setting_that_is_read_has_the_old_name_of_another()
    {
        var reader = new SettingsReader(new Dictionary<string, string>());
        ServiceSettings.Read(reader, new Dictionary<string, string>());

        foreach (var renamed in RenamedSettings.All)
        {
            reader.Names.ShouldContain(renamed.Name);
            reader.Names.ShouldNotContain(renamed.OldName);
        }
    }

    private static ServiceSettings Read(params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string>
        {
            ["APP_BASE_URL"] = "http://localhost:8000",
            ["DATABASE_URL"] = "postgresql://u:p@h/d",
            ["JWT_SECRET"] = new string('s', 32),
        };
        foreach (var (name, value) in more)
            variables[name] = value;
        return ServiceSettings.Read(variables);
    }
}
