using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth.Me;

/// <summary>Shows the caller: the user, with role, permissions and tenant.</summary>
public static class GetMe
{
    private const string Statement = $"SELECT {UserDocument.Columns}, u.xmin FROM users AS u WHERE u.id = $1";

    public static async Task<Results<Ok<MeDocument>, NotModified, Unauthenticated>> Handle(
        TenantContext context,
        NpgsqlDataSource database,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var rows = await context.Query(
            database,
            new(Statement) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = context.SignedIn.UserId } } },
            static row => (User: UserDocument.Read(row), Version: row.GetFieldValue<uint>(UserDocument.ColumnCount)),
            cancel
        );
        if (rows is not [{ User.IsActive: true } found])
            return Problems.Unauthenticated(
                Problems.TokenRevoked,
                "The user of this token is no longer active. Sign in again."
            );
        return ETag.IsNotModified(http, MeDocument.TagOf(found.Version, context))
            ? new NotModified()
            : TypedResults.Ok(MeDocument.Of(found.User, context));
    }
}
