using Tenantry.Foundation.Settings;

namespace Tenantry.Foundation.Passwords;

public static class PasswordServices
{
    public static void AddPasswords(this IServiceCollection services)
    {
        services.AddSingleton(provider => new PasswordHashing(provider.GetRequiredService<ServiceSettings>().PasswordCost));
        services.AddHttpClient<BreachedPasswords>(http => http.Timeout = BreachedPasswords.Patience).RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false }); // what is asked goes to nobody else
    }
}
