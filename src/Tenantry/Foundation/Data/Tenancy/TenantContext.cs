using System.Diagnostics;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Observability;

namespace Tenantry.Foundation.Data.Tenancy;

/// <summary>
/// The tenant and the caller of a request. <see cref="TenantResolution"/> sets it once; no other code reads the header
/// or the claims.
/// </summary>
public sealed class TenantContext
{
    private ResolvedTenant? tenant;
    private Caller? caller;
    private bool isActing;
    private bool needsPermissions;
    private ActingCaller? acting;

    /// <summary>Whether the request has a tenant; requests for documentation and health have none.</summary>
    public bool IsSet => tenant is not null;

    public Guid TenantId => Tenant.Id;

    public ResolvedTenant Tenant => tenant ?? throw new TenantMissingException();

    /// <summary>
    /// Whether the header or the host names the tenant, not DEFAULT_TENANT. A token in a body must not contradict them.
    /// </summary>
    public bool IsNamed { get; private set; }

    /// <summary>The signed-in caller. Null: the request is anonymous.</summary>
    public Caller? Caller => caller;

    /// <summary>The signed-in caller of an endpoint that requires one.</summary>
    public Caller SignedIn =>
        caller
        ?? throw new InvalidOperationException(
            "The endpoint allows anonymous callers: there may be no signed-in caller."
        );

    /// <summary>
    /// The caller whose rights are checked again at each change, after the endpoint admitted them. Null: the endpoint
    /// requires no caller. Where it requires a permission, the caller must keep all permissions until the end: handlers
    /// decide by others too (a user cannot grant a permission that they do not have).
    /// </summary>
    public ActingCaller? Acting =>
        !isActing
            ? null
            : acting ??= new ActingCaller(TenantId, caller!.SessionId, caller.UserId)
            {
                Permissions = RequiredPermissions,
            };

    /// <summary>Whether <see cref="Acting"/> is set.</summary>
    public bool IsActing => isActing;

    /// <summary>When the caller was last found to be valid, in the time of <c>TokenStateCache.Now</c>.</summary>
    internal (int? Period, long Change) KnownAt { get; set; }

    private string[] RequiredPermissions => needsPermissions ? caller!.SortedPermissions : [];

    /// <summary>
    /// Runs a statement that reads rows of this tenant alone, with <see cref="TenantQueries"/>. It cannot write.
    /// </summary>
    public Task<List<T>> Query<T>(
        NpgsqlDataSource database,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    ) => database.ReadOnlyQueryAs(TenantId, statement, read, cancel);

    /// <summary>Runs a single statement that is a change by the caller.</summary>
    public Task<List<T>> Change<T>(
        NpgsqlDataSource database,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    ) =>
        database.ChangeAsCaller(
            TenantId,
            Acting
                ?? throw new InvalidOperationException(
                    "The endpoint requires no caller, so a change cannot be checked."
                ),
            statement,
            read,
            cancel
        );

    public void Set(ResolvedTenant resolved, Caller? signedIn, bool isNamed)
    {
        if (tenant is not null)
            throw new InvalidOperationException("The tenant of a request is set once.");
        tenant = resolved;
        caller = signedIn;
        IsNamed = isNamed;
        Activity.Current?.SetTag(Spans.Tenant, resolved.Id).SetTag(Spans.User, signedIn?.UserId);
    }

    /// <summary>Records that the endpoint requires a caller and admitted this one.</summary>
    /// <param name="byPermission">Whether the endpoint requires a permission.</param>
    internal void Act(bool byPermission)
    {
        (isActing, needsPermissions) = (true, byPermission);
        if (acting is not null)
            acting.Permissions = RequiredPermissions;
    }

    /// <summary>Replaces caller and tenant by those that were read again during the request.</summary>
    internal void Renew(ResolvedTenant resolved, Caller now, (int? Period, long Change) knownAt) =>
        (tenant, caller, KnownAt) = (resolved, now, knownAt);
}

/// <summary>The signed-in user, as the access token states.</summary>
public sealed record Caller(Guid TenantId, Guid UserId, Guid SessionId, string Role, IReadOnlySet<string> Permissions)
{
    public IReadOnlySet<string> Permissions
    {
        get;
        init => (field, SortedPermissions) = (value, Sorted(value));
    } = Permissions;

    /// <summary>In alphabetical order; sorted once for all requests of a token.</summary>
    public string[] SortedPermissions { get; private init; } = Sorted(Permissions);

    private Digest? digest;

    public bool Has(string permission) => Permissions.Contains(permission);

    /// <summary>
    /// A hash of the caller's data in answers: session, role, permissions and the name of the tenant. It is computed
    /// once for all requests of a token.
    /// </summary>
    public string DigestIn(ResolvedTenant tenant)
    {
        var current = digest;
        if (
            current is null
            || current.SessionId != SessionId
            || current.Role != Role
            || current.Permissions != SortedPermissions
            || current.TenantName != tenant.Name
        )
            digest = current = new Digest(
                SessionId,
                Role,
                SortedPermissions,
                tenant.Name,
                ETag.Digest([SessionId.ToString(), Role, tenant.Name, .. SortedPermissions])
            );
        return current.Text;
    }

    private sealed record Digest(Guid SessionId, string Role, string[] Permissions, string TenantName, string Text);

    private static string[] Sorted(IReadOnlySet<string> permissions) => [.. permissions.Order(StringComparer.Ordinal)];
}

/// <summary>The properties of a tenant that requests need.</summary>
public sealed record ResolvedTenant(
    Guid Id,
    string Slug,
    string Name,
    bool IsActive,
    SubscriptionTier SubscriptionTier,
    Registration Registration,
    bool VerificationRequired,
    bool MailOnNewDevice,
    int? SessionIdleDays,
    int? SessionDays,
    IReadOnlyList<string> AllowedOrigins,
    int? RateLimitPerMinute
);

/// <summary>The request names no tenant, an unknown one, or an inactive one. All three get the same 404.</summary>
public sealed class TenantMissingException() : Exception("The request has no tenant.");
