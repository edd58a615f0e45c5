using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Auth.Passwords;

/// <summary>Checks and hashes the passwords that users choose.</summary>
public sealed class NewPasswords(PasswordHashing hashing, BreachedPasswords breached)
{
    /// <returns>The validation message where the password is known from a data breach; null: it is not.</returns>
    public Task<string?> BreachFault(string password, CancellationToken cancel) => breached.Fault(password, cancel);

    /// <returns>The PHC string to store; null: too many hashes are waiting.</returns>
    public async Task<string?> Hash(ResolvedTenant tenant, string password, CancellationToken cancel)
    {
        using var turn = await hashing.Enter(tenant.Id, cancel);
        return turn?.Hash(password);
    }
}
