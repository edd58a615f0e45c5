using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>A table cannot be added without saying whose its rows are.</summary>
public sealed class OwnershipConventionTests
{
    [Fact]
    public void An_entity_without_a_marker_keeps_the_model_from_building() =>
        Building<Unmarked>().ShouldContain("does not state the owner of its rows");

    [Fact]
    public void A_foreign_key_without_the_tenant_keeps_the_model_from_building() =>
        Building<Pointing>(model =>
                model
                    .Entity<Pointing>()
                    .HasOne<Owned>()
                    .WithMany()
                    .HasForeignKey(p => p.OwnedId)
                    .HasPrincipalKey(o => o.Id)
            )
            .ShouldContain("could reference a row of another tenant");

    [Fact]
    public void A_key_without_the_tenant_keeps_the_model_from_building() =>
        Building<Owned>(model => model.Entity<Owned>().HasKey(o => o.Id)).ShouldContain("does not begin with TenantId");

    [Fact]
    public void A_marked_entity_gets_key_foreign_key_and_grants()
    {
        using var db = new Model(model => model.Entity<Owned>());
        var owned = db.Model.FindEntityType(typeof(Owned))!;

        owned.FindPrimaryKey()!.Properties.Select(property => property.Name).ShouldBe(["TenantId", "Id"]);
        owned.GetForeignKeys().Single().PrincipalEntityType.ClrType.ShouldBe(typeof(Root));
        owned[OwnershipConvention.TenantProperty].ShouldBe("TenantId");
        owned[OwnershipConvention.Grants].ShouldBe("SELECT, INSERT, UPDATE, DELETE");
    }

    private static string Building<T>(Action<ModelBuilder>? more = null)
        where T : class
    {
        using var db = new Model(model =>
        {
            model.Entity<T>();
            more?.Invoke(model);
        });
        return Should.Throw<InvalidOperationException>(() => db.Model).Message;
    }

    public sealed class Root : ITenantItself
    {
        public Guid Id { get; init; }
    }

    public sealed class Owned : ITenantOwned
    {
        public Guid TenantId { get; init; }
        public Guid Id { get; init; }
    }

    public sealed class Pointing : ITenantOwned
    {
        public Guid TenantId { get; init; }
        public Guid Id { get; init; }
        public Guid OwnedId { get; init; }
    }

    public sealed class Unmarked
    {
        public Guid Id { get; init; }
    }

    /// <summary>A model of its own for each test: EF would keep the first one for all.</summary>
    private sealed class Model(Action<ModelBuilder> build) : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
            optionsBuilder.UseNpgsql("Host=localhost").EnableServiceProviderCaching(false);

        protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        {
            configurationBuilder.Conventions.Remove<Microsoft.EntityFrameworkCore.Metadata.Conventions.KeyDiscoveryConvention>();
            configurationBuilder.Conventions.Add(_ => new OwnershipConvention());
        }

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Root>();
            build(modelBuilder);
        }
    }
}
