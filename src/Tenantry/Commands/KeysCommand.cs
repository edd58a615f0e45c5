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
                "--publish-first cannot be used with --drop-old, which leaves no key to sign with in the meantime."
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
                        ? "The other keys are deleted, and every access token that they signed is invalid."
                        : "The previous keys verify tokens until the last one has expired."
                )
        );
    }
}
