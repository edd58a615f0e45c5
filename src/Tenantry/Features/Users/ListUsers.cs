using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Users;

/// <summary>The users of the tenant, newest first.</summary>
public static class ListUsers
{
    /// <summary>
    /// Backwards along pk_users (tenant_id, id), or by ux_users_email. Each user's roles are a look into pk_user_roles: joined, they would be read for all users of the tenant to be
    /// matched with fifty.
    /// </summary>
    private const string All = $"""
        SELECT {UserDocument.Columns},
               ARRAY(SELECT a.role_id FROM user_roles AS a WHERE a.tenant_id = u.tenant_id AND a.user_id = u.id)
        FROM users AS u
        WHERE true
        """;

    public static async Task<Results<Ok<Page<UserDocument>>, Invalid>> Handle(
        PageRequest page,
        [FromQuery] string? email,
        [FromQuery] string? role,
        [FromQuery(Name = "is_active")] bool? isActive,
        [FromQuery] string? status,
        [FromQuery] string? q,
        TenantContext context,
        ReadSource source,
        RoleCache known,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (status is not null && !EnumText.Is<UserStatus>(status))
            return Problems.Invalid("status", $"must be one of {EnumText.All<UserStatus>()}");

        var rows = await context.Rows(
            source.Database,
            Statement(page, email, role, isActive, status, q),
            static row => (User: UserDocument.Read(row), Roles: row.GetFieldValue<Guid[]>(UserDocument.ColumnCount)),
            cancel
        );
        var roles = await known.Get(cancel);
        // One that another instance made and gave within these milliseconds is not known here yet.
        if (rows.Exists(row => Array.Exists(row.Roles, id => roles.ById(id) is null)))
            roles = await known.Ask(cancel);
        // Most users of a page have one role, and the same: it is named once.
        var single = new Dictionary<Guid, IReadOnlyList<RoleOfUser>>();
        return TypedResults.Ok(
            page.Cut(rows.ConvertAll(row => row.User with { Roles = Named(row.Roles) }), user => user.Id, http)
        );

        IReadOnlyList<RoleOfUser> Named(Guid[] ids)
        {
            if (ids is not [var only])
                return ByName(ids);
            if (!single.TryGetValue(only, out var named))
                single[only] = named = ByName(ids);
            return named;
        }

        IReadOnlyList<RoleOfUser> ByName(IEnumerable<Guid> ids) =>
            RoleOfUser.ByName(ids.Select(roles.ById).OfType<Role>().Select(role => new RoleOfUser(role.Id, role.Name)));
    }

    private static NpgsqlBatchCommand Statement(
        PageRequest page,
        string? email,
        string? role,
        bool? isActive,
        string? status,
        string? q
    )
    {
        var statement = new NpgsqlBatchCommand();
        var sql = new StringBuilder(All);
        if (page.After is { } after)
            sql.Append(" AND u.id < ").Append(Given(after));
        if (email is not null)
            sql.Append(" AND u.email_normalized = ").Append(Given(User.Normalize(email)));
        if (role is not null)
            sql.Append(
                    " AND EXISTS (SELECT FROM user_roles AS a JOIN roles AS r ON r.tenant_id = a.tenant_id AND r.id = a.role_id WHERE a.tenant_id = u.tenant_id AND a.user_id = u.id AND r.name = "
                )
                .Append(Given(role))
                .Append(')');
        if (isActive is { } active)
            sql.Append(" AND u.is_active = ").Append(Given(active));
        if (q is not null)
            sql.Append(" AND strpos(u.search, ").Append(Given(q.Trim().ToLowerInvariant())).Append(") > 0");
        if (status is not null)
            sql.Append(
                EnumText.To<UserStatus>(status) switch
                {
                    UserStatus.Active => " AND u.is_active AND u.password_hash IS NOT NULL",
                    UserStatus.Invited => " AND u.is_active AND u.password_hash IS NULL",
                    _ => " AND NOT u.is_active",
                }
            );
        // The usual page is a statement of its own: by a parameter PostgreSQL would think of a tenth of all rows, and plan anew each time in the hope of fewer.
        sql.Append(" ORDER BY u.id DESC LIMIT ")
            .Append(page.Limit == PageRequest.UsualItems ? $"{PageRequest.UsualItems + 1}" : Given(page.Limit + 1));
        statement.CommandText = sql.ToString();
        return statement;

        string Given<T>(T value)
        {
            statement.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
            return $"${statement.Parameters.Count}";
        }
    }
}
