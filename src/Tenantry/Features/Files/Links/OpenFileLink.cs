using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files.Links;

/// <summary>Redirects a share link to its file, or shows a page that asks for the password.</summary>
public static class OpenFileLink
{
    public static async Task<Results<RedirectHttpResult, ContentHttpResult, Missing, Conflicting>> Handle(
        [FromQuery, Description("The token of the share link.")] string? token,
        SharedFiles files,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (await files.Find(token, cancel) is not { } shared)
            return SharedFiles.NotFound();
        await using var db = shared.Db;
        return shared.Link.PasswordHash is null
            ? (await files.Download(shared, cancel)).Result switch
            {
                RedirectHttpResult redirect => redirect,
                Conflicting conflicting => conflicting,
                _ => SharedFiles.NotFound(),
            }
            : SharedFilePage.Ask(http, shared.File);
    }
}
