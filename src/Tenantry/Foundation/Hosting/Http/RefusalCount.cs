using System.Diagnostics.Metrics;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>Counts responses of each kind of problem.</summary>
public sealed class RefusalCount(IMeterFactory meters)
{
    private readonly Counter<long> refusals = meters
        .Create("Tenantry.Http")
        .CreateCounter<long>("tenantry.refusals", description: "Answers that are problems, by code");

    public void Add(ProblemKind kind) => refusals.Add(1, new KeyValuePair<string, object?>("code", kind.Code));
}
