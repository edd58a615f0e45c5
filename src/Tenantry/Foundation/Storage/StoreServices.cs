using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Foundation.Storage;

public static class StoreServices
{
    public static void AddStores(this IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton<IExceptionMapper, StoreErrorMapper>();
        if (settings.Store.Bucket is { } bucket)
        {
            services.AddSingleton<IObjectStore>(_ => new S3Store(
                bucket,
                new AwsAccess(
                    bucket.Region,
                    settings.Aws.AccessKeyId,
                    settings.Aws.SecretAccessKey,
                    bucket.Endpoint,
                    bucket.Timeout
                )
            ));
            return;
        }
        services.AddSingleton<DiskSignatures>();
        services.AddSingleton(provider => new DiskStore(settings.Store, provider.GetRequiredService<DiskSignatures>()));
        services.AddSingleton<IObjectStore>(provider => provider.GetRequiredService<DiskStore>());
    }

    /// <summary>
    /// Maps the signed addresses of the disk store. Like those of a bucket, they are not part of the API document.
    /// </summary>
    public static void MapDiskStore(this IEndpointRouteBuilder routes)
    {
        routes
            .MapMethods(DiskAddress.Path + "/{tenant:guid}/{id:guid}", ["GET", "HEAD"], DiskEndpoints.Give)
            .ExcludeFromDescription()
            .Public("the signature is the permission")
            .DisableRequestTimeout();
    }
}
