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
        AddBearerAuthentication(services);
    }

    /// <summary>
    /// The services of ASP.NET Core's authentication and authorization. <c>AddAuthentication()</c> would also start
    /// Data
    /// Protection, which writes a key ring to the disk of each instance; nothing here uses it.
    /// </summary>
    private static void AddBearerAuthentication(IServiceCollection services)
    {
        services.AddAuthenticationCore(authentication =>
        {
            authentication.DefaultScheme = BearerAuthentication.SchemeName;
            authentication.AddScheme<BearerAuthentication>(BearerAuthentication.SchemeName, displayName: null);
        });
        services.AddTransient<BearerAuthentication>();
        services.AddAuthorization();
    }
}
