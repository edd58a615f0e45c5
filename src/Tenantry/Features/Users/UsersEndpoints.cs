using Tenantry.Foundation.Access;
using Tenantry.Foundation.Audit;

namespace Tenantry.Features.Users;

/// <summary>The users of a tenant, under <c>/api/v1/users</c>.</summary>
public static class UsersEndpoints
{
    public static void AddUsers(this IServiceCollection services) => services.AddSingleton<ImportUsers>();

    public static void MapUsers(this IEndpointRouteBuilder api)
    {
        var users = api.MapGroup("/users").WithTags("Users");
        users.MapPost("/", InviteUser.Handle).Requires(Permissions.UsersCreate).Audited("user.invited")
            .WithSummary("Invite a user").WithDescription("Makes a user who has yet to come, with a role that holds nothing that you lack, and mails the way in.");
        users.MapPost("/{id:guid}/invitation", Invitation.Resend).Requires(Permissions.UsersCreate).Audited("user.invitation_resent")
            .WithSummary("Send an invitation again").WithDescription("With a new link; the one before ends.");
        users.MapDelete("/{id:guid}/invitation", Invitation.Cancel).Requires(Permissions.UsersCreate).Audited("user.invitation_cancelled")
            .WithSummary("Take an invitation back").WithDescription("While the user has not come: the link ends, and the address is free again.");
    }
}
