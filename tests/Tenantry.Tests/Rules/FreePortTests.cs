using System.Globalization;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

public sealed class FreePortTests
{
    private const string LinuxRange = "/proc/sys/net/ipv4/ip_local_port_range";

    [Fact]
    public void A_port_is_found_once_and_is_none_that_the_system_gives_to_others()
    {
        var firstOfTheSystem = File.Exists(LinuxRange)
            ? int.Parse(File.ReadAllText(LinuxRange).Split()[0], CultureInfo.InvariantCulture)
            : 49_152;

        var ports = Enumerable.Range(0, 200).Select(_ => FreePort.Find()).ToList();

        ports.Distinct().Count().ShouldBe(ports.Count);
        ports.ShouldAllBe(port => port < firstOfTheSystem);
    }
}
