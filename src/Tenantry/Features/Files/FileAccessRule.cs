using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Files;

/// <summary>A file may be changed by its owner, and by callers with the permission <c>files:manage</c>.</summary>
internal static class FileAccessRule
{
    public static bool MayChange(TenantContext context, StoredFile file) =>
        file.UserId == context.SignedIn.UserId || context.SignedIn.Has(Permissions.FilesManage);

    public static Denied NotOwner() =>
        Problems.Denied(
            Problems.PermissionDenied,
            $"The file belongs to another user. To change it you need the permission {Permissions.FilesManage}."
        );

    public static Missing NotFound() => Problems.Missing("The file does not exist.");
}
