using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Files.Links;

/// <summary>Checks the password of a share link, and redirects to its file.</summary>
public static class OpenFileLinkWithPassword
{
    public static async Task<Results<RedirectHttpResult, Missing, Conflicting, Unauthenticated, Unavailable>> Handle(
        [FromQuery, Description("The token of the share link.")] string? token,
        [FromForm, Description("The password of the share link.")] string? password,
        SharedFiles files,
        PasswordHashing hashing,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (await files.Find(token, cancel) is not { } shared)
            return SharedFiles.NotFound();
        await using var db = shared.Db;
        if (shared.Link.PasswordHash is { } hash)
        {
            using var turn = await hashing.Enter(shared.File.TenantId, hash, cancel);
            if (turn is null)
                return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);
            if (password is not { Length: <= 128 } || !turn.Verify(password, hash))
            {
                SharedFilePage.AskAgain(http, shared.File);
                return Problems.Unauthenticated(
                    Problems.AuthenticationFailed,
                    "The password of the share link is wrong."
                );
            }
        }
        return (await files.Download(shared, cancel)).Result switch
        {
            RedirectHttpResult redirect => redirect,
            Conflicting conflicting => conflicting,
            _ => SharedFiles.NotFound(),
        };
    }
}
