using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Users;

/// <summary>The users of a tenant, under <c>/api/v1/users</c>.</summary>
public static class UsersEndpoints
{
    public static void AddUsers(this IServiceCollection services)
    {
        services.AddScoped<Change>();
        services.AddSingleton<IExceptionMapper, CallerGoneMapper>();
        services.AddSingleton<ImportUsers>();
    }

    public static void MapUsers(this IEndpointRouteBuilder api)
    {
        var users = api.MapGroup("/users").WithTags("Users");
        users
            .MapGet("/", ListUsers.Handle)
            .Requires(Permissions.UsersRead)
            .MayBeStale()
            .HasNothingToValidate()
            .WithSummary("List users")
            .WithDescription(
                "Newest first. `q` finds a part of address or name; `email`, `role` (by name), `is_active` and `status` (`active`, `invited`, `deactivated`) match exactly."
            );
        users
            .MapPost("/", InviteUser.Handle)
            .Requires(Permissions.UsersCreate)
            .Audited("user.invited")
            .Idempotent()
            .WithSummary("Invite a user")
            .WithDescription(
                "Makes a user who has yet to come, with a role that holds nothing that you lack, and mails the way in."
            );
        users
            .MapGet("/{id:guid}", Read)
            .Requires(Permissions.UsersRead)
            .WithSummary("Read a user")
            .WithDescription("With the roles.");
        users
            .MapPut("/{id:guid}", ChangeUser.Replace)
            .Requires(Permissions.UsersUpdate)
            .Audited("user.changed")
            .WithSummary("Change a user")
            .WithDescription(
                "Names and telephone number; what is not given is taken away. Not somebody who may do what you may not."
            );
        users
            .MapDelete("/{id:guid}", ChangeUser.Delete)
            .Requires(Permissions.UsersDelete)
            .Audited("user.deleted")
            .WithSummary("Delete a user")
            .WithDescription("With sessions, roles and tokens. What the user made stays. Not the last Admin.");
        users
            .MapPost("/{id:guid}/deactivate", ChangeUser.Deactivate)
            .Requires(Permissions.UsersUpdate)
            .Audited("user.deactivated")
            .WithSummary("Switch a user off")
            .WithDescription("Ends every session, at once, on every instance. Not the last Admin.");
        users
            .MapPost("/{id:guid}/activate", ChangeUser.Activate)
            .Requires(Permissions.UsersUpdate)
            .Audited("user.activated")
            .WithSummary("Switch a user on")
            .WithDescription("The user signs in anew.");
        users
            .MapPost("/{id:guid}/roles", ChangeUser.AssignRole)
            .Requires(Permissions.UsersUpdate)
            .Audited("user.role_assigned")
            .WithSummary("Give a user a role")
            .WithDescription("One that holds nothing that you lack. A role that the user has already changes nothing.");
        users
            .MapDelete("/{id:guid}/roles/{roleId:guid}", ChangeUser.TakeRole)
            .Requires(Permissions.UsersUpdate)
            .Audited("user.role_taken")
            .WithSummary("Take a role from a user")
            .WithDescription("Not that of the last Admin.");
        users
            .MapDelete("/{id:guid}/sessions", ChangeUser.EndSessions)
            .Requires(Permissions.UsersUpdate)
            .Audited("user.sessions_ended")
            .WithSummary("Sign a user out everywhere")
            .WithDescription("At once, on every instance.");
        users
            .MapPost("/{id:guid}/invitation", Invitation.Resend)
            .Requires(Permissions.UsersCreate)
            .Audited("user.invitation_resent")
            .Idempotent()
            .WithSummary("Send an invitation again")
            .WithDescription("With a new link; the one before ends.");
        users
            .MapDelete("/{id:guid}/invitation", Invitation.Cancel)
            .Requires(Permissions.UsersCreate)
            .Audited("user.invitation_cancelled")
            .WithSummary("Take an invitation back")
            .WithDescription("While the user has not come: the link ends, and the address is free again.");
    }

    private static async Task<Results<Ok<UserDocument>, NotModified, Missing>> Read(
        Guid id,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (
            await UserDocument.WithRoles(db, db.Set<User>().Where(user => user.Id == id)).SingleOrDefaultAsync(cancel)
            is not { } found
        )
            return Problems.Missing("There is no such user.");
        return ETag.IsKnown(http, UserDocument.TagOf(found.User.Version, found.Roles))
            ? new NotModified()
            : TypedResults.Ok(UserDocument.Of(found.User, found.Roles));
    }
}
