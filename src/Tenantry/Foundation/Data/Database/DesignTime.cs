using Microsoft.EntityFrameworkCore.Design;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>For <c>dotnet ef migrations add</c>, which needs the model and no database.</summary>
public sealed class DesignTime : IDesignTimeDbContextFactory<TenantDb>
{
    public TenantDb CreateDbContext(string[] args) =>
        DatabaseServices.OwnerContext(NpgsqlDataSource.Create("Host=localhost;Database=none"));
}
