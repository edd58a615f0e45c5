using Microsoft.AspNetCore.Authentication.JwtBearer;
using TaskList;

// A task list for many tenants that leaves people, roles, files and mail to Tenantry. What it keeps itself is its tasks.
var tenantry = new Uri(Environment.GetEnvironmentVariable("TENANTRY_URL") ?? "http://localhost:8000");
var port = Environment.GetEnvironmentVariable("TASKS_PORT") ?? "8100";
var page = $"http://localhost:{port}";
if (args is ["prepare"])
    return await Prepare.Run(tenantry, page);

var builder = WebApplication.CreateSlimBuilder(
    new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production }
);
builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddProblemDetails();
builder.Services.AddSingleton(new TaskStores(Environment.GetEnvironmentVariable("TASKS_DATA") ?? ".local/tasks/data"));
builder.Services.AddHttpContextAccessor();
builder.Services.AddHttpClient<TenantryApi>(http => http.BaseAddress = new Uri(tenantry, "/api/v1/"));

// Tokens are verified here, with Tenantry's public keys: no call to it, and no secret shared with it.
builder
    .Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
    .AddJwtBearer(options =>
    {
        options.Authority = tenantry.ToString();
        options.Audience = "tenantry";
        options.RequireHttpsMetadata = !tenantry.IsLoopback;
        options.MapInboundClaims = false;
        options.TokenValidationParameters.ValidTypes = ["at+jwt"];
        options.TokenValidationParameters.ValidAlgorithms = ["ES256"];
    });
builder
    .Services.AddAuthorizationBuilder()
    .AddPolicy(Rights.Assign, policy => policy.RequireClaim("permissions", "notifications:send"))
    .AddPolicy(Rights.Delete, policy => policy.RequireClaim("permissions", "files:manage"));

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.Use(
    (http, next) =>
    {
        // The page runs its own scripts alone, and talks to itself and to Tenantry alone.
        http.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' {tenantry.GetLeftPart(UriPartial.Authority)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.CacheControl = "no-cache";
        return next(http);
    }
);
app.UseDefaultFiles();
app.UseStaticFiles();
app.UseAuthentication();
app.UseAuthorization();
app.MapGet("/config.json", () => new { tenantry = tenantry.GetLeftPart(UriPartial.Authority) });
app.MapTasks();
await app.RunAsync();
return 0;
