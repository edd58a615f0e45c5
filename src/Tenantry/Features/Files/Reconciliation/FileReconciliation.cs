using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files.Reconciliation;

/// <summary>The report of one nightly reconciliation. It is kept for 90 nights.</summary>
public sealed class FileReconciliation : IPlatformOwned
{
    public static string WhyNoTenant => "one run reconciles the files of all tenants";

    public DateOnly Night { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? Report { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<FileReconciliation>
    {
        public void Configure(EntityTypeBuilder<FileReconciliation> run)
        {
            run.ToTable("file_reconciliations").GrantToServingRole("SELECT, INSERT, UPDATE, DELETE");
            run.HasKey(r => r.Night);
        }
    }
}
