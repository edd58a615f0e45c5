using System.ComponentModel;
using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Notifications.Suppressions;

/// <summary>
/// Shows a page with a button that unsubscribes. Opening the link changes nothing, because mail scanners open links
/// too.
/// </summary>
public static class ShowUnsubscribePage
{
    public static Results<ContentHttpResult, Invalid> Handle(
        [FromQuery, Description("The token of the unsubscribe link.")] string? token,
        UnsubscribeLink link,
        HttpContext http
    ) =>
        link.Open(token) is not { } target
            ? UnsubscribeLink.InvalidToken()
            : WebPage.Show(
                http,
                "Unsubscribe",
                $"""<form method="post"><p>{WebUtility.HtmlEncode(target.Recipient)} will get no more of these messages.</p><button name="List-Unsubscribe" value="One-Click">Unsubscribe</button></form>"""
            );
}
