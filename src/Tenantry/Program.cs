using Tenantry.Commands;
using Tenantry.Features.Access;
using Tenantry.Features.AuditEvents;
using Tenantry.Features.Auth;
using Tenantry.Features.Files;
using Tenantry.Features.Health;
using Tenantry.Features.Notifications;
using Tenantry.Features.Roles;
using Tenantry.Features.Tenants;
using Tenantry.Features.Users;
using Tenantry.Foundation.Access;
using Tenantry.Foundation.Audit;
using Tenantry.Foundation.Cache;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Idempotency;
using Tenantry.Foundation.Limits;
using Tenantry.Foundation.Observability;
using Tenantry.Foundation.Outbox;
using Tenantry.Foundation.Passwords;
using Tenantry.Foundation.Redis;
using Tenantry.Foundation.Replicas;
using Tenantry.Foundation.Settings;
using Tenantry.Foundation.Stores;
using Tenantry.Foundation.Tenancy;
using Tenantry.Foundation.Tokens;
using Tenantry.Foundation.Turns;

namespace Tenantry;

/// <summary>The table of contents: what the service is made of, and the way of a request through it.</summary>
public static class Program
{
    public static Task<int> Main(string[] args) => CommandLine.Run(args, settings => Build(settings));

    /// <param name="settings">as read from the environment</param>
    /// <param name="replace">for tests: a clock of their own</param>
    public static WebApplication Build(ServiceSettings settings, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = settings.Environment.ToString() });
        builder.Configuration.Sources.Clear(); // one source of settings: ServiceSettings
        builder.AddHost(settings);

        builder.Services.AddTelemetry(settings);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddJson();
        builder.Services.AddProblemAnswers();
        builder.Services.AddValidation();
        builder.Services.AddDatabase(settings);
        builder.Services.AddRedis();
        builder.Services.AddCache(settings);
        builder.Services.AddReplicas();
        builder.Services.AddTenancy();
        builder.Services.AddTokens();
        builder.Services.AddAccess();
        builder.Services.AddLimits();
        builder.Services.AddAudit();
        builder.Services.AddApiDocument(AccessRules.Describe);
        builder.Services.AddOutbox();
        builder.Services.AddSingleton<SharedGates>();
        builder.Services.AddPasswords();
        builder.Services.AddAuth();
        builder.Services.AddUsers();
        builder.Services.AddRoles();
        builder.Services.AddTenants();
        builder.Services.AddNotifications(settings);
        builder.Services.AddStores(settings);
        builder.Services.AddFiles(settings);
        builder.Services.AddAuditEvents();
        builder.Services.AddSingleton<Readiness>();
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        app.FollowSettings();
        app.UseAnswerHeaders();
        app.UseMiddleware<RequestLog>();
        app.UseProblemAnswers();
        app.UseMetrics();
        app.UseForwardedHeaders();
        app.UseOneNameForAHost();
        app.UseHttpsOnly();
        app.UseMiddleware<LimitedPreflights>();
        app.UseCors();
        app.UseApiPages();
        app.UseMethodOverrides(Tus.Override(settings));
        app.UseRouting();
        app.UseDeprecations();
        app.UseRequestTimeouts();
        // Only the API knows tenants: health and documentation must answer whatever the database does.
        app.UseWhen(http => http.Request.Path.StartsWithSegments(settings.ApiPath), api =>
        {
            api.UseMiddleware<CountedRequests>();
            api.UseMiddleware<BearerToken>();
            api.UseMiddleware<TenantOfRequest>();
            api.UseMiddleware<LimitedRequests>();
            api.UseMiddleware<ReadsOfRequest>();
        });
        app.UseMiddleware<AuditedRefusals>();
        app.UseMiddleware<AccessRules>();
        app.UseStorableQuery();
        app.UseJsonInUtf8();
        app.UseMiddleware<TurnsOfRequest>();
        app.UseMiddleware<IdempotentRequests>();

        var api = app.MapGroup(settings.ApiPath).DecideTwice();
        api.MapAuth();
        api.MapTenants();
        api.MapUsers();
        api.MapRoles();
        api.MapAccess();
        api.MapNotifications();
        api.MapFiles(settings);
        api.MapAuditEvents();
        if (settings.Store.Bucket is null)
        {
            app.MapDiskStore();
            app.MapDirectUploads();
        }
        app.MapWellKnown();
        app.MapLinkPages(settings);
        app.MapHealth();
        app.MapProblemPages().Public("documentation");
        app.MapOpenApi(OpenApi.DocumentPath).Public("documentation");
        if (settings.IsDevelopment)
            app.MapDevMailbox();
        return app;
    }
}
