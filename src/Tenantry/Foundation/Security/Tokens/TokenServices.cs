namespace Tenantry.Foundation.Security.Tokens;

public static class TokenServices
{
    public static void AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<KeyRing>();
        services.AddSingleton<KeyRotation>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyRotation>());
        services.AddSingleton<TokenStateCache>();
        services.AddSingleton<AccessTokens>();
    }
}
