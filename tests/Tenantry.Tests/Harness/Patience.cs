namespace Tenantry.Tests.Harness;

/// <summary>
/// How long a test waits for a condition before it gives up. It passes as soon as the condition holds: only a test
/// that fails anyway takes this long, and a slow or busy machine is no reason to fail.
/// </summary>
public static class Patience
{
    public static TimeSpan Of { get; } = TimeSpan.FromMinutes(2);
}
