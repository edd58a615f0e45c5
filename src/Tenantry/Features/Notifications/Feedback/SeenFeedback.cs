using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Notifications.Feedback;

/// <summary>A message of SNS that was acted on: SNS delivers some twice, and somebody could send an old one again.</summary>
public sealed class SeenFeedback : IPlatformOwned
{
    public static string WhyNoTenant => "A message of the provider; whom it concerns is found out from what it says.";

    public Guid Id { get; init; }
    public required DateTimeOffset SeenAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<SeenFeedback>
    {
        public void Configure(EntityTypeBuilder<SeenFeedback> seen) =>
            seen.ToTable("seen_feedback").ServingRoleMay("SELECT, INSERT, DELETE");
    }
}
