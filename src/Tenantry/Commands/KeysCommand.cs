using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Commands;

/// <summary>
/// <c>tenantry keys rotate</c>: creates a key that signs access tokens. Running instances learn of it by a change
/// notification.
/// </summary>
public static class KeysCommand
{
    public static async Task Rotate(
        Func<WebApplication> build,
        bool dropOld,
        int publishedFirst,
        CancellationToken cancel
    )
    {
        if (dropOld && publishedFirst > 0)
            throw new OperatorException(
                "--drop-old leaves no key that could sign in the meantime: --publish-first does not go with it."
            );
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        var key = await app
            .Services.GetRequiredService<KeyRing>()
            .Rotate(_ => true, TimeSpan.FromMinutes(publishedFirst), dropOld, cancel);
        Console.WriteLine(
            $"Key {key!.KeyId} signs {(publishedFirst > 0 ? $"from {key.SignsFrom:u}" : "from now on")}. "
                + (
                    dropOld
                        ? "The others are gone, and so is every access token they signed."
                        : "Those before verify until their last token has expired."
                )
        );
    }
}
