using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files.Links;

/// <summary>The page that asks for the password of a share link.</summary>
internal static class SharedFilePage
{
    private const string Fault = """<p class="fault" role="alert" id="fault">This password is wrong. Try again.</p>""";

    // The form may be redirected to the bucket, which is another origin.
    public static ContentHttpResult Ask(HttpContext http, StoredFile file) =>
        WebPage.Show(http, file.FileName, Form(fault: ""), formLeadsOn: true);

    /// <summary>Keeps the form on the page of the refusal that the handler returns next.</summary>
    public static void AskAgain(HttpContext http, StoredFile file) =>
        http.Features.Set(new PageOfRefusal(file.FileName, Form(Fault)));

    private static string Form(string fault) =>
        $"""
        <form method="post">{fault}<label for="password">The password of this file</label>
        <input type="password" id="password" name="password" autocomplete="off" required maxlength="128" autofocus{(
            fault.Length > 0 ? " aria-invalid=\"true\" aria-describedby=\"fault\"" : ""
        )}>
        <p><button>Download</button></p></form>
        """;
}
