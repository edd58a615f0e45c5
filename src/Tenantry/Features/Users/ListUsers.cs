using System.ComponentModel;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Users;

/// <summary>Lists the users of the tenant, newest first.</summary>
public static class ListUsers
{
    /// <summary>The filters of the list. They can be combined.</summary>
    public sealed class Filter
    {
        [FromQuery(Name = "email"), Description("Returns the user with this e-mail address, whatever its case.")]
        public string? Email { get; init; }

        [FromQuery(Name = "role"), Description("Returns users with the role of this name, in any case.")]
        public string? Role { get; init; }

        [FromQuery(Name = "is_active"), Description("Returns active (`true`) or deactivated (`false`) users.")]
        public bool? IsActive { get; init; }

        [FromQuery(Name = "status"), OneOf(typeof(UserStatus))]
        [Description("Returns users of a status: `active`, `invited`, `unverified` or `deactivated`.")]
        public string? Status { get; init; }

        [
            FromQuery(Name = "has_signed_in"),
            Description("Returns users who have signed in (`true`), or who have never done so (`false`).")
        ]
        public bool? HasSignedIn { get; init; }

        [
            FromQuery(Name = "q"),
            Description("Returns users whose address or name contains a text, in any case, with or without accents.")
        ]
        public string? Q { get; init; }
    }

    /// <summary>
    /// Reads backwards along pk_users (tenant_id, id), or by ux_users_email. The roles of each user are a lookup in
    /// pk_user_roles: a join would read the roles of all users of the tenant to match them with fifty.
    /// </summary>
    private const string All = $$"""
        SELECT {{UserDocument.Columns}},
               CASE WHEN u.metadata <> '{}' THEN {{DatabaseFunctions.ShownJson}}(u.metadata, 65536) END,
               ARRAY(SELECT a.role_id FROM user_roles AS a WHERE a.tenant_id = u.tenant_id AND a.user_id = u.id)
        FROM users AS u
        WHERE true
        """;

    public static async Task<Results<Ok<Page<UserDocument>>, Invalid>> Handle(
        PageRequest page,
        [AsParameters] Filter filter,
        TenantContext context,
        ReadSource source,
        RoleCache cache,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var roles = await cache.Get(cancel);
        Role? role = null;
        if (filter.Role is { } name)
        {
            // A role that another instance created within milliseconds is not cached here yet.
            role = roles.Find(name) ?? (roles = await cache.Ask(cancel)).Find(name);
            if (role is null)
                return TypedResults.Ok(new Page<UserDocument>([], null));
        }
        var rows = await context.Query(
            source.Database,
            Statement(page, filter, role?.Id, context.Tenant),
            static row =>
                (
                    User: UserDocument.Read(row) with
                    {
                        // Most users have none: neither the database nor this reads a document for them.
                        Metadata = row.IsDBNull(UserDocument.ColumnCount)
                            ? User.NoMetadata
                            : row.GetFieldValue<JsonElement>(UserDocument.ColumnCount),
                    },
                    Roles: row.GetFieldValue<Guid[]>(UserDocument.ColumnCount + 1)
                ),
            cancel
        );
        // A role that another instance created and granted within milliseconds is not cached here yet.
        if (rows.Exists(row => Array.Exists(row.Roles, id => roles.ById(id) is null)))
            roles = await cache.Ask(cancel);
        // Most users of a page have the same single role: its document is created once.
        var single = new Dictionary<Guid, IReadOnlyList<AssignedRole>>();
        return TypedResults.Ok(
            page.ToPage(
                rows.ConvertAll(row => (row.User with { Roles = Documents(row.Roles) }).In(context.Tenant)),
                user => user.Id,
                http
            )
        );

        IReadOnlyList<AssignedRole> Documents(Guid[] ids)
        {
            if (ids is not [var only])
                return ByName(ids);
            if (!single.TryGetValue(only, out var documents))
                single[only] = documents = ByName(ids);
            return documents;
        }

        IReadOnlyList<AssignedRole> ByName(IEnumerable<Guid> ids) =>
            AssignedRole.ByName(
                ids.Select(roles.ById).OfType<Role>().Select(role => new AssignedRole(role.Id, role.Name))
            );
    }

    private static NpgsqlBatchCommand Statement(PageRequest page, Filter filter, Guid? role, ResolvedTenant tenant)
    {
        var (email, isActive) = (filter.Email, filter.IsActive);
        var (status, q) = (filter.Status, filter.Q);
        var statement = new NpgsqlBatchCommand();
        var sql = new StringBuilder(All);
        if (page.After is { } after)
            sql.Append(" AND u.id < ").Append(Value(after));
        if (email is not null)
            sql.Append(" AND u.email_normalized = ").Append(Value(EmailAddress.Key(email)));
        if (role is not null)
            sql.Append(
                    " AND EXISTS (SELECT FROM user_roles AS a WHERE a.tenant_id = u.tenant_id AND a.user_id = u.id AND a.role_id = "
                )
                .Append(Value(role.Value))
                .Append(')');
        if (isActive is { } active)
            sql.Append(" AND u.is_active = ").Append(Value(active));
        if (filter.HasSignedIn is { } hasSignedIn)
            sql.Append(hasSignedIn ? " AND u.last_login_at IS NOT NULL" : " AND u.last_login_at IS NULL");
        if (q?.Trim() is { Length: > 0 } text)
        {
            sql.Append($" AND (strpos({SearchKeys.OfUser}, {DatabaseFunctions.SearchKey}(")
                .Append(Value(text))
                .Append(")) > 0");
            // An address is stored with its domain in ASCII, and found by each spelling.
            if (EmailAddress.IsValid(text))
                sql.Append(" OR u.email_normalized = ").Append(Value(EmailAddress.Key(text)));
            sql.Append(')');
        }
        if (status is not null)
            sql.Append(
                EnumText.Parse<UserStatus>(status) switch
                {
                    UserStatus.Active when tenant.VerificationRequired =>
                        " AND u.is_active AND u.password_hash IS NOT NULL AND u.email_verified",
                    UserStatus.Active => " AND u.is_active AND u.password_hash IS NOT NULL",
                    UserStatus.Unverified => tenant.VerificationRequired
                        ? " AND u.is_active AND u.password_hash IS NOT NULL AND NOT u.email_verified"
                        : " AND false",
                    UserStatus.Invited => " AND u.is_active AND u.password_hash IS NULL",
                    _ => " AND NOT u.is_active",
                }
            );
        // The default limit is written into the statement: with a parameter PostgreSQL estimates a tenth of all rows,
        // and plans again each time because it expects fewer.
        sql.Append(" ORDER BY u.id DESC LIMIT ")
            .Append(page.Limit == PageRequest.DefaultLimit ? $"{PageRequest.DefaultLimit + 1}" : Value(page.Limit + 1));
        statement.CommandText = sql.ToString();
        return statement;

        string Value<T>(T value)
        {
            statement.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
            return $"${statement.Parameters.Count}";
        }
    }
}
