using System.Diagnostics.Metrics;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>How often each kind of problem was answered. There are as many as the catalogue has.</summary>
public sealed class RefusalCount(IMeterFactory meters)
{
    private readonly Counter<long> refusals = meters
        .Create("Tenantry.Http")
        .CreateCounter<long>("tenantry.refusals", description: "Answers that are problems, by code");

    public void Add(ProblemKind kind) => refusals.Add(1, new KeyValuePair<string, object?>("code", kind.Code));
}
