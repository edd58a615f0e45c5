using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>Explanations of users' access, under <c>/api/v1/access</c>.</summary>
public static class AccessEndpoints
{
    public static void MapAccess(this IEndpointRouteBuilder api) =>
        api.MapGroup("/access")
            .WithTags("Roles")
            .MapGet("/explain", ExplainAccess.Handle)
            .Requires(Permissions.RolesRead)
            .WithSummary("Explain a user's access")
            .WithDescription(
                "Returns whether a user has a permission, and through which roles and parent roles. For another user than yourself, you also need `users:read`."
            );
}
