namespace Tenantry.Foundation.Database;

/// <summary>
/// The functions that look across tenants: the only ones, each narrow, each listed in docs/isolation.md. They belong to a
/// role that nobody can sign in with and that may read just the columns they need.
/// </summary>
public static class Doors
{
    /// <summary>Finds a tenant by slug, verified domain or id, before anybody is signed in.</summary>
    public const string ResolveTenant = "door_resolve_tenant";

    /// <summary>Lists tenants, for whoever acts in the tenant <c>platform</c>.</summary>
    public const string ListTenants = "door_list_tenants";

    /// <summary>Shows what the development mailbox holds. It sees nothing that went out by another transport.</summary>
    public const string ReadMailbox = "door_read_mailbox";

    /// <summary>Takes the oldest request for a mail, whose tenant the worker then acts as.</summary>
    public const string TakeMailRequest = "door_take_mail_request";

    /// <summary>Takes away what has had its time: expired tokens, sessions long over, guesses of yesterday.</summary>
    public const string Sweep = "door_sweep";

    public static readonly IReadOnlyList<string> Names = [ResolveTenant, ListTenants, ReadMailbox, TakeMailRequest, Sweep];
}
