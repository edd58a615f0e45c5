using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Files.Downloads;
using Tenantry.Features.Files.Links;
using Tenantry.Features.Files.Reconciliation;
using Tenantry.Features.Files.Scanning;
using Tenantry.Features.Files.Uploads;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Storage;
using Tenantry.Foundation.Storage.Scanning;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Files;

/// <summary>The files of a tenant, under <c>/api/v1/files</c>.</summary>
public static class FilesEndpoints
{
    public const string MeterName = "Tenantry.Files";

    public static void AddFiles(this IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<NewFile>();
        services.AddScoped<UploadFile>();
        services.AddScoped<TusUpload>();
        services.AddScoped<DirectUpload>();
        services.AddScoped<SharedFile>();
        services.AddSingleton<RemovedObjects>();
        services.AddHostedService(provider => provider.GetRequiredService<RemovedObjects>());
        services.AddSingleton<FileReconciler>();
        services.AddSingleton<NightlyReconciliation>();
        services.AddHostedService(provider => provider.GetRequiredService<NightlyReconciliation>());
        if (settings.Clamd is not { } clamd)
            return;
        services.AddSingleton(new Clamd(clamd));
        services.AddSingleton<ScannedFiles>();
        services.AddHostedService(provider => provider.GetRequiredService<ScannedFiles>());
    }

    public static void MapFiles(this IEndpointRouteBuilder api, ServiceSettings settings)
    {
        var files = api.MapGroup("/files").WithTags("Files");
        files
            .MapPost("/upload", UploadFile.Handle)
            .Requires(Permissions.FilesCreate)
            .Audited("file.uploaded")
            .Idempotent()
            .Costs(5)
            .InTurns(gates => gates.Uploads)
            .WithMetadata(
                new MostBody(settings.LargestFile + UploadFile.MostAround),
                UploadFile.BeforeBody,
                new TakesFile()
            )
            .DisableRequestTimeout()
            .WithSummary("Upload a file")
            .WithDescription(
                "As the part `file` of a form, after the fields `metadata` (a JSON object) and `tags`; or as the body itself, with its name in `Content-Disposition` and `tags` and `metadata` in the query. It goes through to the store as it comes."
            );
        files
            .MapPost("/uploads", DirectUpload.Announce)
            .Requires(Permissions.FilesCreate)
            .Audited("file_upload.announced")
            .Idempotent()
            .WithSummary("Announce a file that goes to the store directly")
            .WithDescription(
                "Answers with the signed requests that send it, for exactly this size, type and checksum; a large one goes in parts. It is no file before it is complete; one that is not within the hour is swept."
            );
        files
            .MapPost("/uploads/{id:guid}/complete", DirectUpload.Complete)
            .Requires(Permissions.FilesCreate)
            .Audited("file.uploaded")
            .Idempotent()
            .InTurns(gates => gates.Uploads)
            .DisableRequestTimeout()
            .WithSummary("Complete an upload")
            .WithDescription("Looks at what has arrived: size, checksum, first bytes. From then on it is a file.");
        files
            .MapDelete("/uploads/{id:guid}", DirectUpload.Cancel)
            .Requires(Permissions.FilesCreate)
            .Audited("file_upload.cancelled")
            .WithSummary("Cancel an upload")
            .WithDescription("With what has arrived of it.");
        files
            .MapGet("/", ListFiles.Handle)
            .Requires(Permissions.FilesRead)
            .MayBeStale()
            .WithSummary("List files")
            .WithDescription(
                "Newest first. `name` finds a part of the name; `type` a media type or all of a kind (`image/*`); `tag`, `user_id`, `from`, `to`, `min_size` and `max_size` narrow it down."
            );
        files
            .MapGet("/settings", FileRules.Read)
            .Requires(Permissions.TenantsRead)
            .WithSummary("Read the settings of files")
            .WithDescription("Of the tenant.");
        files
            .MapPut("/settings", FileRules.Replace)
            .Requires(Permissions.TenantsManage)
            .Audited("file_settings.changed")
            .WithSummary("Change the settings of files")
            .WithDescription("`refused_types`: what is not taken from now on. What is there stays.");
        files
            .MapGet("/{id:guid}", Read)
            .Requires(Permissions.FilesRead)
            .WithSummary("Read what is known of a file")
            .WithDescription("Not its bytes: see download.");
        files
            .MapMethods("/{id:guid}/download", ["GET", "HEAD"], DownloadFile.Handle)
            .Requires(Permissions.FilesRead)
            .Produces(302)
            .WithSummary("Download a file")
            .WithDescription(
                "302 to an address of the store that is good for `expires_in` seconds (300 where not given), or with `redirect=false` the address. `disposition=inline` shows in place what no browser runs. The address takes `Range`."
            );
        files
            .MapPatch("/{id:guid}", ChangeFile.Handle)
            .Requires(Permissions.FilesUpdate, Permissions.FilesManage)
            .Audited("file.changed")
            .WithSummary("Change name, metadata or tags")
            .WithDescription("What is not given stays. One's own files; with `files:manage` everybody's.");
        files
            .MapPost("/{id:guid}/scan", ScanFile.Handle)
            .Requires(Permissions.FilesManage)
            .Audited("file.scan_requested")
            .Costs(5)
            .WithSummary("Scan a file again")
            .WithDescription(
                "As after new signatures, or when what was found was none. Until the scanner has passed it, nobody gets it."
            );
        files
            .MapDelete("/{id:guid}", ChangeFile.Delete)
            .Requires(Permissions.FilesDelete, Permissions.FilesManage)
            .Audited("file.deleted")
            .WithSummary("Delete a file")
            .WithDescription(
                "With its links. The bytes go a moment later, and addresses given out end with them. One's own files; with `files:manage` everybody's."
            );
        files
            .MapPost("/{id:guid}/links", FileLinks.Make)
            .Requires(Permissions.FilesUpdate, Permissions.FilesManage)
            .Audited("file_link.created")
            .Idempotent()
            .WithSummary("Share a file")
            .WithDescription(
                "By a link for whoever has it, for a time, so often, with a password: as it is asked for. The link is told once."
            );
        files
            .MapGet("/{id:guid}/links", FileLinks.List)
            .Requires(Permissions.FilesUpdate, Permissions.FilesManage)
            .WithSummary("List the links of a file")
            .WithDescription("Newest first, those that are over too.");
        files
            .MapDelete("/links/{id:guid}", FileLinks.End)
            .Requires(Permissions.FilesUpdate, Permissions.FilesManage)
            .Audited("file_link.ended")
            .WithSummary("End a link")
            .WithDescription("At once.");
        api.MapTus(settings);
        api.MapGet(SharedFile.Path, SharedFile.Ask)
            .Anonymous("the link is the permission")
            .WithTags("Files")
            .Limited(Rate.SignIn)
            .Audited("file_link.used")
            .Produces(302)
            .Produces<string>(200, "text/html")
            .WithSummary("Follow a link")
            .WithDescription("To the file, or to a page that asks for the password.");
        api.MapPost(SharedFile.Path, SharedFile.Take)
            .Anonymous("the link is the permission")
            .WithTags("Files")
            .Limited(Rate.SignIn)
            .Audited("file_link.used")
            .Produces(302)
            .DisableAntiforgery()
            .WithSummary("Follow a link with a password")
            .WithDescription("As the form of the page sends it.");
    }

    /// <summary>Beside the API, as a bucket would be: where the parts of announced files are sent to.</summary>
    public static void MapDirectUploads(this IEndpointRouteBuilder routes) =>
        routes
            .MapPut(DiskAddress.Path + "/{tenant:guid}/{id:guid}", UploadPart.Handle)
            .ExcludeFromDescription()
            .Public("the signature is the permission")
            .DisableRequestTimeout()
            .NotAudited("completing the upload is");

    private static async Task<Results<Ok<FileDocument>, NotModified, Missing>> Read(
        Guid id,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    ) =>
        await db.Set<StoredFile>()
            .AsNoTracking()
            .Where(file => file.Id == id)
            .Select(FileDocument.ShownWithVersion)
            .SingleOrDefaultAsync(cancel)
            is not { } row
            ? ChangeFile.NoSuchFile()
        : ETag.IsKnown(http, row.Version) ? new NotModified()
        : TypedResults.Ok(row.Document);
}

/// <summary>What streams may be larger than what is read into memory.</summary>
public sealed record MostBody(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
