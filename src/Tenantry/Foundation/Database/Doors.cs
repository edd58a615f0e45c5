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

    /// <summary>What the version before reads the development mailbox by. It goes with the next release.</summary>
    public const string ReadMailbox = "door_read_mailbox";

    /// <summary>Shows what the development mailbox holds. It sees nothing that went out by another transport.</summary>
    public const string ReadDevelopmentMailbox = "read_development_mailbox";

    /// <summary>Tells whether the development mailbox is about to get something.</summary>
    public const string MailboxWaits = "door_mailbox_waits";

    /// <summary>Says whose messages a worker sends next, and holds them for it.</summary>
    public const string ClaimMessages = "door_claim_messages";

    /// <summary>Takes away the history of messages after its time.</summary>
    public const string SweepMessages = "door_sweep_messages";

    /// <summary>Takes the oldest request for a mail, whose tenant the worker then acts as. Of the version before: it goes with the next release.</summary>
    public const string TakeMailRequest = "door_take_mail_request";

    /// <summary>Takes away what has had its time: expired tokens, sessions long over, guesses of yesterday.</summary>
    public const string Sweep = "door_sweep";

    /// <summary>Takes away uploads that were not completed in time.</summary>
    public const string SweepUploads = "door_sweep_uploads";

    /// <summary>Tells the ids of tenants, in their order.</summary>
    public const string NextTenants = "door_next_tenants";

    /// <summary>Finds a tenant whose days of grace are over, for instances of the version before <see cref="ClaimErasure"/>.</summary>
    public const string NextPurge = "door_next_purge";

    /// <summary>Hands a tenant whose days of grace are over to one instance.</summary>
    public const string ClaimErasure = "claim_erasure";

    /// <summary>Detaches or erases some rows of such a tenant in one table.</summary>
    public const string EraseRows = "erase_rows";

    /// <summary>Keeps why the erasure of such a tenant failed, and when it is tried again.</summary>
    public const string RecordErasureFailure = "record_erasure_failure";

    /// <summary>Tells which erasures failed and why, to whoever acts in the tenant <c>platform</c>.</summary>
    public const string FailedErasures = "failed_erasures";

    /// <summary>Tells how many tenants are due to be erased, and for how many of these it failed.</summary>
    public const string MeasureErasures = "measure_erasures";

    /// <summary>Erases some rows of such a tenant from one table: what <see cref="EraseRows"/> and the version before call.</summary>
    public const string PurgeRows = "door_purge_rows";

    /// <summary>Erases such a tenant itself, which the database allows once nothing refers to it.</summary>
    public const string PurgeTenant = "door_purge_tenant";

    /// <summary>Tells whether some tenant lets the pages of an origin call the API: a browser asks before it says for which.</summary>
    public const string IsAllowedOrigin = "door_is_allowed_origin";

    /// <summary>Makes the audit log's partitions of the months to come, and drops those after their time.</summary>
    public const string KeepAuditMonths = "door_keep_audit_months";

    /// <summary>Takes away a tenant's links and heads of months that were dropped.</summary>
    public const string TrimAudit = "door_trim_audit";

    /// <summary>Links an event into its tenant's chain when its transaction commits: a trigger, which nobody calls.</summary>
    public const string LinkAudit = "door_link_audit";

    /// <summary>Tells how many messages are due, and since when.</summary>
    public const string MeasureQueue = "door_measure_queue";

    /// <summary>Holds requests for a mail for a worker, one of each tenant in turn, which then acts as the tenant of each.</summary>
    public const string ClaimMailRequests = "claim_mail_requests";

    /// <summary>Tells how many entries of each queue of work are due or have failed, and since when the oldest is due.</summary>
    public const string MeasureWorkQueues = "measure_work_queues";

    /// <summary>Takes away entries of these queues that failed days ago.</summary>
    public const string SweepFailedWork = "sweep_failed_work";

    public static readonly IReadOnlyList<string> Names = [ResolveTenant, ListTenants, ReadMailbox, ReadDevelopmentMailbox, MailboxWaits, ClaimMessages, SweepMessages, TakeMailRequest, Sweep, SweepUploads, NextTenants, NextPurge, ClaimErasure, EraseRows, RecordErasureFailure, FailedErasures, MeasureErasures, PurgeRows, PurgeTenant, IsAllowedOrigin, KeepAuditMonths, TrimAudit, LinkAudit, MeasureQueue, ClaimMailRequests, MeasureWorkQueues, SweepFailedWork];
}
