using System.ComponentModel.DataAnnotations;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Tenants;

/// <summary>
/// A list of browser origins (RFC 6454): each has a scheme, a host and an optional port, and nothing else.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OriginListAttribute()
    : ValidationAttribute("must be at most 50 origins, like https://app.example.com")
{
    public override bool IsValid(object? value) =>
        value is not IReadOnlyList<string> origins || (origins.Count <= 50 && origins.All(ServiceSettings.IsOrigin));
}
