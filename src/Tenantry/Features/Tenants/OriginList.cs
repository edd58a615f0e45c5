using System.ComponentModel.DataAnnotations;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Tenants;

/// <summary>A list of browser origins. A fault names the refused value, because a list can be long.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OriginListAttribute()
    : ValidationAttribute("must be at most 50 origins, like https://app.example.com")
{
    private const int MaxOrigins = 50;
    private const int MaxShown = 100;
    private const int MaxFaults = 5;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not IReadOnlyList<string> origins)
            return null;
        if (origins.Count > MaxOrigins)
            return Refuse(ErrorMessageString);
        var faults = origins
            .Select(origin => (Origin: origin, Fault: BrowserOrigin.Fault(origin)))
            .Where(one => one.Fault is not null)
            .Take(MaxFaults)
            .Select(one => $"'{StorableText.Truncate(one.Origin, MaxShown)}' {one.Fault}")
            .ToList();
        return faults.Count == 0 ? null : Refuse($"contains values that are no origins: {string.Join("; ", faults)}");

        // Archives check their rows without a context.
        ValidationResult Refuse(string message) =>
            new(message, validationContext?.MemberName is { } member ? [member] : null);
    }
}
