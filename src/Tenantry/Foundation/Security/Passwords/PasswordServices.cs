using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Security.Passwords;

public static class PasswordServices
{
    public static void AddPasswords(this IServiceCollection services)
    {
        services.AddSingleton(provider => new PasswordHashing(
            provider.GetRequiredService<ServiceSettings>().PasswordCost,
            provider.GetRequiredService<SharedGates>().PasswordHashes,
            provider.GetRequiredService<SharedGates>().SlowPasswordHashes,
            provider.GetRequiredService<ServiceSettings>().ImportedPasswordPepper
        ));
        services
            .AddHttpClient<BreachedPasswords>(http => http.Timeout = BreachedPasswords.Patience)
            .RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false }); // a redirect would send the hash prefix to another host
    }
}
