namespace Tenantry.Foundation.Messaging;

public static class OutboxServices
{
    public static void AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton<MessageCache>();
        services.AddSingleton<SealedText>();
        services.AddSingleton<TemplateProblems>();
        services.AddHostedService(provider => provider.GetRequiredService<TemplateProblems>());
        services.AddSingleton<Outbox>();
    }
}
