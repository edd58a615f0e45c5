namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>The quotas of a tenant of one tier. Null: unlimited.</summary>
/// <param name="Users">Users in any state, invited and deactivated ones included.</param>
/// <param name="MessagesPerMonth">Messages in a calendar month, in UTC.</param>
/// <param name="StorageBytes">The size of all files together.</param>
/// <param name="FileBytes">The size of one file.</param>
public sealed record TierQuota(int? Users, int? MessagesPerMonth, long? StorageBytes, long FileBytes)
{
    private const long Megabyte = 1024 * 1024;

    internal static TierQuota Read(SettingsReader read, string tier, int? users, int? messages, int? storage) =>
        new(
            read.Quota($"QUOTA_{tier}_USERS", users),
            read.Quota($"QUOTA_{tier}_MESSAGES_PER_MONTH", messages),
            read.Quota($"QUOTA_{tier}_STORAGE_MB", storage) * Megabyte,
            read.Number($"QUOTA_{tier}_FILE_MB", 100, 1, 5_000) * Megabyte
        );
}
