using Microsoft.AspNetCore.Http.Metadata;
using Tenantry.Features.Files.Downloads;
using Tenantry.Features.Files.Links;
using Tenantry.Features.Files.Reconciliation;
using Tenantry.Features.Files.Scanning;
using Tenantry.Features.Files.Uploads;
using Tenantry.Foundation.Auditing;
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
        services.AddScoped<UploadAdmission>();
        services.AddSingleton<StoreFailures>();
        services.AddScoped<DirectUploadParts>();
        services.AddSingleton<SignedUploads>();
        services.AddScoped<TusUploads>();
        services.AddScoped<TusParts>();
        services.AddScoped<TusCompletion>();
        services.AddScoped<SharedFiles>();
        services.AddSingleton<ObjectRemovalWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<ObjectRemovalWorker>());
        services.AddSingleton<FileObjectPairs>();
        services.AddSingleton<OrphanObjects>();
        services.AddSingleton<UnfinishedObjects>();
        services.AddSingleton<StorageRecount>();
        services.AddSingleton<FileReconciler>();
        services.AddSingleton<NightlyReconciliation>();
        services.AddHostedService(provider => provider.GetRequiredService<NightlyReconciliation>());
        if (settings.Clamd is not { } clamd)
            return;
        services.AddSingleton(new Clamd(clamd));
        services.AddSingleton<FileScanWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<FileScanWorker>());
    }

    public static void MapFiles(this IEndpointRouteBuilder api, ServiceSettings settings)
    {
        var files = api.MapGroup("/files").WithTags("Files");
        MapUploads(files, settings);
        MapStoredFiles(files);
        MapLinks(api, files);
        api.MapTus(settings);
    }

    /// <summary>Outside the API, as the addresses of a bucket are: the parts of direct uploads are sent here.</summary>
    public static void MapDirectUploads(this IEndpointRouteBuilder routes) =>
        routes
            .MapPut(DiskAddress.Path + "/{tenant:guid}/{id:guid}", UploadPart.Handle)
            .ExcludeFromDescription()
            .Public("the signature is the permission")
            .DisableRequestTimeout()
            .NotAudited("completing the upload is");

    private static void MapUploads(RouteGroupBuilder files, ServiceSettings settings)
    {
        files
            .MapPost("/upload", UploadFile.Handle)
            .Requires(Permissions.FilesCreate)
            .Audited("file.uploaded")
            .Idempotent()
            .Costs(5)
            .ThroughGate(gates => gates.Uploads)
            .WithMetadata(
                new MaxBodySize(settings.LargestFile + UploadAdmission.MaxFormOverhead),
                UploadFile.BeforeBody,
                new TakesFile()
            )
            .DisableRequestTimeout()
            .WithSummary("Upload a file")
            .WithDescription(
                "Uploads a file in one request. In a form, the part `file` is the last one, after the optional fields `metadata` (a JSON object) and `tags`. Otherwise the body is the file: its name is in `Content-Disposition`, and `tags` and `metadata` are in the query. The service streams the bytes to the object store, and returns the file."
            );
        files
            .MapPost("/uploads", StartDirectUpload.Handle)
            .Requires(Permissions.FilesCreate)
            .Audited("file_upload.announced")
            .Idempotent()
            .WithSummary("Start a direct upload")
            .WithDescription(
                "Begins an upload whose bytes the client sends to the object store itself. Returns signed requests for exactly this size, in several parts for a large file. Send them, then complete the upload within an hour. Until then the file does not exist. Its bytes count against the quota from the start."
            );
        files
            .MapPost("/uploads/{id:guid}/complete", CompleteDirectUpload.Handle)
            .Requires(Permissions.FilesCreate)
            .Audited("file.uploaded")
            .Idempotent()
            .ThroughGate(gates => gates.Uploads)
            .DisableRequestTimeout()
            .WithSummary("Complete a direct upload")
            .WithDescription(
                "Checks the size, the SHA-256 and the media type of the bytes in the object store. Creates the file and returns it. Only the user who started the upload can complete it."
            );
        files
            .MapDelete("/uploads/{id:guid}", CancelDirectUpload.Handle)
            .Requires(Permissions.FilesCreate)
            .Audited("file_upload.cancelled")
            .WithSummary("Cancel a direct upload")
            .WithDescription(
                "Ends the upload and removes the bytes that have arrived. Only the user who started the upload can cancel it."
            );
    }

    private static void MapStoredFiles(RouteGroupBuilder files)
    {
        files
            .MapGet("/", ListFiles.Handle)
            .Requires(Permissions.FilesRead)
            .AllowStaleReads()
            .WithSummary("List files")
            .WithDescription(
                "Returns the files of the tenant, newest first. Filters that are combined must all match."
            );
        files
            .MapGet("/settings", GetFileSettings.Handle)
            .Requires(Permissions.TenantsRead)
            .WithSummary("Get the file settings")
            .WithDescription("Returns the media types of files that the tenant does not accept.");
        files
            .MapPut("/settings", ReplaceFileSettings.Handle)
            .Requires(Permissions.TenantsManage)
            .Audited("file_settings.changed")
            .WithSummary("Replace the file settings")
            .WithDescription(
                "Replaces the media types that the tenant does not accept. Uploads of these types are refused from then on. Existing files stay."
            );
        files
            .MapGet("/{id:guid}", GetFile.Handle)
            .Requires(Permissions.FilesRead)
            .WithSummary("Get a file")
            .WithDescription(
                "Returns the name, type, size and other metadata of a file. Its bytes are returned by `/download`."
            );
        files
            .MapMethods("/{id:guid}/download", ["GET", "HEAD"], DownloadFile.Handle)
            .Requires(Permissions.FilesRead)
            .Produces(302)
            .WithSummary("Download a file")
            .WithDescription(
                "Redirects to a signed address of the object store, which supports `Range`. With `redirect=false` the response contains the address. A file whose virus scan is not complete, or has found a threat, cannot be downloaded (409)."
            );
        files
            .MapPatch("/{id:guid}", UpdateFile.Handle)
            .Requires(Permissions.FilesUpdate, Permissions.FilesManage)
            .Audited("file.changed")
            .WithSummary("Update a file")
            .WithDescription(
                "Changes the name, metadata or tags of a file. Omitted members stay. Files of other users require `files:manage`."
            );
        files
            .MapPost("/{id:guid}/scan", ScanFile.Handle)
            .Requires(Permissions.FilesManage)
            .Audited("file.scan_requested")
            .Costs(5)
            .WithSummary("Scan a file for viruses again")
            .WithDescription(
                "Queues the file for another virus scan, for example after an update of the signatures or a false alarm. The file cannot be downloaded until the scan is complete."
            );
        files
            .MapDelete("/{id:guid}", DeleteFile.Handle)
            .Requires(Permissions.FilesDelete, Permissions.FilesManage)
            .Audited("file.deleted")
            .WithSummary("Delete a file")
            .WithDescription(
                "Deletes a file and its share links. Its bytes are removed a moment later, and download addresses stop working then. Files of other users require `files:manage`."
            );
    }

    private static void MapLinks(IEndpointRouteBuilder api, RouteGroupBuilder files)
    {
        files
            .MapPost("/{id:guid}/links", CreateFileLink.Handle)
            .Requires(Permissions.FilesUpdate, Permissions.FilesManage)
            .Audited("file_link.created")
            .Idempotent()
            .WithSummary("Create a share link")
            .WithDescription(
                "Creates a link by which a recipient without an account can download the file. The link can have an expiry, a maximum number of downloads and a password. Its address is returned only here. Files of other users require `files:manage`."
            );
        files
            .MapGet("/{id:guid}/links", ListFileLinks.Handle)
            .Requires(Permissions.FilesUpdate, Permissions.FilesManage)
            .WithSummary("List the share links of a file")
            .WithDescription(
                "Returns the share links of the file, newest first, including those that have ended. Files of other users require `files:manage`."
            );
        files
            .MapDelete("/links/{id:guid}", RevokeFileLink.Handle)
            .Requires(Permissions.FilesUpdate, Permissions.FilesManage)
            .Audited("file_link.ended")
            .WithSummary("Revoke a share link")
            .WithDescription("Ends the link at once. Links to files of other users require `files:manage`.");
        api.MapGet(SharedFiles.Path, OpenFileLink.Handle)
            .AllowsDecoratedAddress()
            .Anonymous("the link is the permission")
            .WithMetadata(SharedFiles.People)
            .WithTags("Files")
            .Limited(Rate.SignIn)
            .Audited("file_link.used")
            .Produces(302)
            .Produces<string>(200, "text/html")
            .WithSummary("Open a share link")
            .WithDescription(
                "Redirects to the file and counts a download. A link with a password returns a page that asks for it. A browser gets refusals as pages."
            );
        api.MapPost(SharedFiles.Path, OpenFileLinkWithPassword.Handle)
            .AllowsDecoratedAddress()
            .Anonymous("the link is the permission")
            .WithMetadata(SharedFiles.People)
            .WithTags("Files")
            .Limited(Rate.SignIn)
            .Audited("file_link.used")
            .Produces(302)
            .DisableAntiforgery()
            .WithSummary("Open a share link with a password")
            .WithDescription(
                "Checks the password that the page of the link sends, and redirects to the file. A browser gets refusals as pages; after a wrong password the page asks again."
            );
    }
}

/// <summary>The largest body of an endpoint that streams it, which is not limited by memory.</summary>
public sealed record MaxBodySize(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
