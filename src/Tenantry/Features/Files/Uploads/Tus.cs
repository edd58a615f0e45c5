using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// Resumable uploads under <c>/files/tus</c> by the tus protocol 1.0 (https://tus.io/protocols/resumable-upload): core,
/// creation, expiration, checksum, termination.
/// </summary>
public static class Tus
{
    public const string Path = "/files/tus";
    public const string Version = "1.0.0";
    public const string ContentType = "application/offset+octet-stream";
    public const string Resumable = "Tus-Resumable";
    public const string Offset = "Upload-Offset";
    public const string Length = "Upload-Length";
    public const string Metadata = "Upload-Metadata";
    public const string Expires = "Upload-Expires";
    public const string Checksum = "Upload-Checksum";

    private const string Versions = "Tus-Version";
    private const string Extensions = "Tus-Extension";
    private const string MaxSize = "Tus-Max-Size";
    private const string Algorithms = "Tus-Checksum-Algorithm";

    /// <summary>The protocol allows a POST with <c>X-HTTP-Method-Override</c> in place of PATCH and DELETE.</summary>
    public static MethodOverride Override(ServiceSettings settings) =>
        new(settings.ApiPath + Path, ["PATCH", "DELETE"]);

    /// <summary>Not part of the OpenAPI document: the protocol has a specification and clients of its own.</summary>
    public static void MapTus(this IEndpointRouteBuilder api, ServiceSettings settings)
    {
        var tus = api.MapGroup(Path).WithTags("Files").ExcludeFromDescription();
        tus.MapMethods("/", ["OPTIONS"], (HttpContext http) => Describe(http, settings))
            .Anonymous("the response contains only what the server supports")
            .NotAudited("nothing changes");
        var uploads = tus.MapGroup("").AddEndpointFilter(RequireVersion);
        uploads
            .MapPost("/", CreateTusUpload.Handle)
            .Requires(Permissions.FilesCreate)
            .Audited("file.uploaded")
            .Idempotent();
        uploads.MapMethods("/{id:guid}", ["HEAD"], GetTusUpload.Handle).Requires(Permissions.FilesCreate);
        uploads
            .MapPatch("/{id:guid}", AppendToTusUpload.Handle)
            .Requires(Permissions.FilesCreate)
            .Audited("file.uploaded")
            .WithMetadata(new MaxBodySize(settings.LargestFile))
            .ThroughGate(gates => gates.Uploads)
            .DisableRequestTimeout();
        uploads
            .MapDelete("/{id:guid}", DeleteTusUpload.Handle)
            .Requires(Permissions.FilesCreate)
            .Audited("file_upload.cancelled");
    }

    private static NoContent Describe(HttpContext http, ServiceSettings settings)
    {
        var headers = http.Response.Headers;
        (headers[Resumable], headers[Versions], headers[MaxSize]) = (
            Version,
            Version,
            settings.LargestFile.ToString(CultureInfo.InvariantCulture)
        );
        (headers[Extensions], headers[Algorithms]) = (
            "creation,expiration,checksum,termination",
            string.Join(',', TusChecksum.Algorithms)
        );
        return TypedResults.NoContent();
    }

    private static ValueTask<object?> RequireVersion(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var http = call.HttpContext;
        http.Response.Headers[Resumable] = Version;
        if (http.Request.Headers[Resumable] == Version)
            return next(call);
        http.Response.Headers[Versions] = Version;
        return ValueTask.FromResult<object?>(new UnsupportedTusVersion());
    }
}

/// <summary>412: the client uses another version of the tus protocol.</summary>
public sealed class UnsupportedTusVersion()
    : Refusal(Problems.PreconditionFailed, $"The header {Tus.Resumable} must be {Tus.Version}.");
