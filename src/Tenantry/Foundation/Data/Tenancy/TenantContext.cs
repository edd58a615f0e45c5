using System.Diagnostics;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Observability;

namespace Tenantry.Foundation.Data.Tenancy;

/// <summary>
/// For whom a request works. Set once, by <see cref="TenantResolution"/>; nothing below it reads a header or a claim.
/// </summary>
public sealed class TenantContext
{
    private ResolvedTenant? tenant;
    private Caller? caller;
    private bool isActing;
    private bool needsPermissions;
    private ActingCaller? acting;

    /// <summary>Whether the request has a tenant at all; the documentation and the health of the service have none.</summary>
    public bool IsSet => tenant is not null;

    public Guid TenantId => Tenant.Id;

    public ResolvedTenant Tenant => tenant ?? throw new TenantMissingException();

    /// <summary>Whether header or host name the tenant, rather than DEFAULT_TENANT. A token in a body must not contradict them.</summary>
    public bool IsNamed { get; private set; }

    /// <summary>Who is signed in. Null: nobody.</summary>
    public Caller? Caller => caller;

    /// <summary>Who is signed in, where the endpoint demands that somebody is.</summary>
    public Caller SignedIn =>
        caller
        ?? throw new InvalidOperationException("The endpoint takes anonymous callers: there may be nobody signed in.");

    /// <summary>
    /// Against whom the request's changes are held, once an endpoint that demands a caller has let them in. Null: nobody. Where the endpoint demands a permission, all that the caller held then must be held to the end:
    /// handlers decide by others, too (nobody gives what they have not).
    /// </summary>
    public ActingCaller? Acting =>
        !isActing
            ? null
            : acting ??= new ActingCaller(TenantId, caller!.SessionId, caller.UserId) { Permissions = Relied };

    /// <summary>Whether there is one.</summary>
    public bool IsActing => isActing;

    /// <summary>Before which moment the caller was known to be good, as <c>TokenStateCache.Now</c> tells time.</summary>
    internal (int? Period, long Change) KnownAt { get; set; }

    private string[] Relied => needsPermissions ? caller!.SortedPermissions : [];

    /// <summary>The rows of this tenant and of no other that a statement reads, as <see cref="QueryAsTenant"/> sends it. It cannot write.</summary>
    public Task<List<T>> Rows<T>(
        NpgsqlDataSource database,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    ) => database.ReadAs(TenantId, statement, read, cancel);

    /// <summary>The same for a statement that is a change by itself, of the caller.</summary>
    public Task<List<T>> Change<T>(
        NpgsqlDataSource database,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    ) =>
        database.ChangeAs(
            TenantId,
            Acting
                ?? throw new InvalidOperationException(
                    "The endpoint demands no caller against whom a change could be held."
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

    /// <summary>The endpoint demands the caller, and has let them in.</summary>
    /// <param name="byPermission">whether it demands a permission</param>
    internal void Act(bool byPermission)
    {
        (isActing, needsPermissions) = (true, byPermission);
        if (acting is not null)
            acting.Permissions = Relied;
    }

    /// <summary>The same caller and tenant as the rows say now: they were asked again while the request was under way.</summary>
    internal void Renew(ResolvedTenant resolved, Caller now, (int? Period, long Change) knownAt) =>
        (tenant, caller, KnownAt) = (resolved, now, knownAt);
}

/// <summary>Who is signed in, as the access token says.</summary>
public sealed record Caller(Guid TenantId, Guid UserId, Guid SessionId, string Role, IReadOnlySet<string> Permissions)
{
    public IReadOnlySet<string> Permissions
    {
        get;
        init => (field, SortedPermissions) = (value, Sorted(value));
    } = Permissions;

    /// <summary>In the order of the alphabet, as they are shown; sorted once for all requests of a token.</summary>
    public string[] SortedPermissions { get; private init; } = Sorted(Permissions);

    private Digest? digest;

    public bool May(string permission) => Permissions.Contains(permission);

    /// <summary>Changes with whatever is shown of the caller beside rows: session, role, permissions and the tenant's name. Of one token all requests show the same.</summary>
    public string DigestIn(ResolvedTenant tenant)
    {
        var known = digest;
        if (
            known is null
            || known.SessionId != SessionId
            || known.Role != Role
            || known.Permissions != SortedPermissions
            || known.TenantName != tenant.Name
        )
            digest = known = new Digest(
                SessionId,
                Role,
                SortedPermissions,
                tenant.Name,
                ETag.Digest([SessionId.ToString(), Role, tenant.Name, .. SortedPermissions])
            );
        return known.Text;
    }

    private sealed record Digest(Guid SessionId, string Role, string[] Permissions, string TenantName, string Text);

    private static string[] Sorted(IReadOnlySet<string> permissions) => [.. permissions.Order(StringComparer.Ordinal)];
}

/// <summary>What the rest of the house needs to know of a tenant on each request.</summary>
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

/// <summary>The request names no tenant, an unknown one, or one that is switched off. All three are the same 404.</summary>
public sealed class TenantMissingException() : Exception("The request has no tenant.");
