namespace Tenantry.Foundation.Tokens;

public static class TokenServices
{
    public static void AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<KeyRing>();
        services.AddSingleton<KeyRotation>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyRotation>());
        services.AddSingleton<Revocations>();
        services.AddSingleton<AccessTokens>();
    }
}
