using Tenantry.Commands;
using Tenantry.Features.AuditEvents;
using Tenantry.Features.Auth;
using Tenantry.Features.Files;
using Tenantry.Features.Files.Uploads;
using Tenantry.Features.Health;
using Tenantry.Features.Notifications;
using Tenantry.Features.Roles;
using Tenantry.Features.Tenants;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Cache;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Redis;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Foundation.Storage;
using Tenantry.Foundation.Traffic;
using Tenantry.Foundation.Traffic.Idempotency;
using Tenantry.Foundation.Traffic.Limits;
using Tenantry.Foundation.Traffic.Metering;

namespace Tenantry;

/// <summary>The services of the application, its request pipeline in order, and its endpoints.</summary>
public static class Program
{
    public static Task<int> Main(string[] args) =>
        CommandLine.Run(args, OperatorSettings.OfProcess(), settings => Build(settings));

    /// <param name="settings">The settings from the environment.</param>
    /// <param name="replace">Replaces services in tests, such as the clock.</param>
    public static WebApplication Build(ServiceSettings settings, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { EnvironmentName = settings.Environment.ToString() }
        );
        builder.Configuration.Sources.Clear(); // one source of settings: ServiceSettings
        builder.AddHost(settings);

        builder.Services.AddTelemetry(settings);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddJson();
        builder.Services.AddProblems();
        builder.Services.AddValidation();
        builder.Services.AddDatabase(settings);
        builder.Services.AddRedis();
        builder.Services.AddCache(settings);
        builder.Services.AddReplicas();
        builder.Services.AddTenancy();
        builder.Services.AddTokens();
        builder.Services.AddAccess();
        builder.Services.AddTraffic();
        builder.Services.AddAudit();
        builder.Services.AddApiDocument(AccessRules.Describe);
        builder.Services.AddOutbox();
        builder.Services.AddPasswords();
        builder.Services.AddAuth();
        builder.Services.AddUsers();
        builder.Services.AddRoles();
        builder.Services.AddTenants();
        builder.Services.AddNotifications(settings);
        builder.Services.AddStores(settings);
        builder.Services.AddFiles(settings);
        builder.Services.AddAuditEvents();
        builder.Services.AddHealth();
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        app.FollowSettings();
        app.UseResponseHeaders();
        app.UseMiddleware<RequestLog>();
        app.UseProblems();
        app.UseMetrics();
        app.UseForwardedHeaders();
        app.UseOneNameForAHost();
        app.UseMiddleware<PreflightLimiting>();
        app.UseCors(); // before all refusals: a page may read why its request was refused
        app.UseHeaderLimits();
        app.UseHttpsOnly();
        app.UseApiPages();
        app.UseMethodOverrides(Tus.Override(settings));
        app.UseRouting();
        app.UseDeprecations();
        app.UseRequestTimeouts();
        // Only the API has tenants: health and documentation must respond even if the database is unavailable.
        app.UseWhen(IsOfTheApi, api => api.UseMiddleware<RequestMetering>());
        app.UseAuthentication();
        app.UseWhen(
            IsOfTheApi,
            api =>
            {
                api.UseMiddleware<TenantResolution>();
                api.UseMiddleware<RateLimiting>();
                api.UseMiddleware<ReplicaRouting>();
            }
        );
        app.UseMiddleware<RefusalAuditing>();
        app.UseMiddleware<AccessRules>();
        app.UseAuthorization();
        app.UseQueryChecking();
        app.UseReadablePreconditions();
        app.UseJsonInUtf8();
        app.UseMiddleware<FairGating>();
        app.UseMiddleware<IdempotentRequests>();
        app.UseRetainedBodies();

        var api = app.MapGroup(settings.ApiPath).RecheckAccess().CheckQuery();
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
        app.MapHomePage(settings).Public("documentation");
        app.MapProblemPages().Public("documentation");
        app.MapOpenApi(OpenApi.DocumentPath).Public("documentation");
        if (settings.IsDevelopment)
            app.MapDevMailbox();
        return app;

        bool IsOfTheApi(HttpContext http) => http.Request.Path.StartsWithSegments(settings.ApiPath);
    }
}
