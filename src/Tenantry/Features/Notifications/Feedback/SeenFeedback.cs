using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Notifications.Feedback;

/// <summary>
/// A message of SNS that was processed. SNS delivers some messages twice, and an attacker could replay an old one.
/// </summary>
public sealed class SeenFeedback : IPlatformOwned
{
    public static string WhyNoTenant => "A message of the provider, whose content names the tenant.";

    public Guid Id { get; init; }
    public required DateTimeOffset SeenAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<SeenFeedback>
    {
        public void Configure(EntityTypeBuilder<SeenFeedback> seen) =>
            seen.ToTable("seen_feedback").GrantToServingRole("SELECT, INSERT, DELETE");
    }
}
