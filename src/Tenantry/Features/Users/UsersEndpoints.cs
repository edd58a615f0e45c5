using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Users;

/// <summary>The users of a tenant and their invitations, under <c>/api/v1/users</c>.</summary>
public static class UsersEndpoints
{
    public static void AddUsers(this IServiceCollection services)
    {
        services.AddScoped<UserChange>();
        services.AddScoped<AddressReplacement>();
        services.AddSingleton<IExceptionMapper, CallerDeletedMapper>();
        services.AddSingleton<ImportUsers>();
    }

    public static void MapUsers(this IEndpointRouteBuilder api)
    {
        var users = api.MapGroup("/users").WithTags("Users");
        users
            .MapGet("/", ListUsers.Handle)
            .Requires(Permissions.UsersRead)
            .AllowStaleReads()
            .WithoutValidation()
            .WithSummary("List users")
            .WithDescription(
                "Returns the users of the tenant with their roles, newest first. Filters can be combined."
            );
        users
            .MapPost("/", InviteUser.Handle)
            .Requires(Permissions.UsersCreate)
            .Audited("user.invited")
            .Idempotent()
            .WithSummary("Invite a user")
            .WithDescription(
                "Creates a user and sends an invitation by mail. You cannot grant a role with permissions that you do not have."
            );
        users
            .MapPost("/invitations", ResendInvitations.Handle)
            .Requires(Permissions.UsersCreate)
            .Audited("user.invitations_resent")
            .Idempotent()
            .Costs(10)
            .WithSummary("Resend many invitations")
            .WithDescription(
                "Sends the invitation mail to up to 100 users who have no password, for example after an import. Returns the users who were invited, and why others were not."
            );
        users
            .MapGet("/{id:guid}", GetUser.Handle)
            .Requires(Permissions.UsersRead)
            .WithSummary("Get a user")
            .WithDescription("Returns a user with its roles.");
        users
            .MapPut("/{id:guid}", ChangeUser.Handle)
            .Requires(Permissions.UsersUpdate)
            .Audited("user.changed")
            .WithSummary("Update a user")
            .WithDescription(
                "Replaces names, telephone number and language; the value of an absent member is removed. `email` changes the address: the user is signed out, must verify the new address by mail, and the former address is informed. You cannot update a user whose permissions exceed yours, nor your own address."
            );
        users
            .MapDelete("/{id:guid}", DeleteUser.Handle)
            .Requires(Permissions.UsersDelete)
            .Audited("user.deleted")
            .WithSummary("Delete a user")
            .WithDescription(
                "Deletes a user with its sessions, roles and tokens. What the user created stays. The last active administrator cannot be deleted."
            );
        users
            .MapPost("/{id:guid}/deactivate", DeactivateUser.Handle)
            .Requires(Permissions.UsersUpdate)
            .Audited("user.deactivated")
            .WithSummary("Deactivate a user")
            .WithDescription(
                "Revokes all sessions of the user at once, on every instance, and all links that were mailed to the user. A deactivated user cannot sign in. The last active administrator cannot be deactivated."
            );
        users
            .MapPost("/{id:guid}/activate", ActivateUser.Handle)
            .Requires(Permissions.UsersUpdate)
            .Audited("user.activated")
            .WithSummary("Activate a user")
            .WithDescription("Allows a deactivated user to sign in again. Revoked sessions stay revoked.");
        users
            .MapPost("/{id:guid}/roles", AssignRole.Handle)
            .Requires(Permissions.UsersUpdate)
            .Audited("user.role_assigned")
            .WithSummary("Grant a role to a user")
            .WithDescription(
                "You cannot grant a role with permissions that you do not have. Granting a role that the user already has changes nothing."
            );
        users
            .MapDelete("/{id:guid}/roles/{roleId:guid}", RemoveRole.Handle)
            .Requires(Permissions.UsersUpdate)
            .Audited("user.role_taken")
            .WithSummary("Remove a role from a user")
            .WithDescription("The last active administrator cannot lose the role.");
        users
            .MapDelete("/{id:guid}/sessions", RevokeUserSessions.Handle)
            .Requires(Permissions.UsersUpdate)
            .Audited("user.sessions_ended")
            .WithSummary("Revoke all sessions of a user")
            .WithDescription("The tokens of the user stop working at once, on every instance.");
        users
            .MapPost("/{id:guid}/invitation", ResendInvitation.Handle)
            .Requires(Permissions.UsersCreate)
            .Audited("user.invitation_resent")
            .Idempotent()
            .WithSummary("Resend an invitation")
            .WithDescription("Sends the invitation mail with a new link. The previous link becomes invalid.");
        users
            .MapDelete("/{id:guid}/invitation", CancelInvitation.Handle)
            .Requires(Permissions.UsersCreate)
            .Audited("user.invitation_cancelled")
            .WithSummary("Cancel an invitation")
            .WithDescription("Before acceptance only. Invalidates the invitation link, and deletes the invited user.");
    }
}
