using CsCheck;
using MimeKit.Text;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Tests.Foundation.Messaging.Templates;

/// <summary>What of HTML a security mail may hold, held against a tokenizer that we did not write.</summary>
public sealed class PlainMarkupTests
{
    private const string Mark = "place-of-the-action";

    private static readonly string[] Pieces =
    [
        "<",
        ">",
        "</",
        "/>",
        "=",
        "\"",
        "'",
        " ",
        "\n",
        "&",
        "&lt;",
        "!--",
        "-->",
        "<!",
        "<!doctype html>",
        "?",
        "p",
        "a",
        "div",
        "img",
        "br",
        "hr",
        "table",
        "script",
        "style",
        "textarea",
        "title",
        "xmp",
        "plaintext",
        "svg",
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<br>",
        "<b>",
        "</b>",
        "<td style=\"color:red\">",
        "</td>",
        "<a href=x>",
        "<img src=x>",
        " style=\"",
        " class='x'",
        " href=\"",
        " src=",
        "url(",
        "(",
        "\\",
        "text",
        "<p ",
        "<![CDATA[",
        "]]>",
    ];

#if !MUTATION // a score must not depend on chance
    [Fact]
    public void Accepted_markup_is_only_formatting_to_another_tokenizer_and_has_the_action_in_text() =>
        Gen.Select(Markup, Markup)
            .Sample(
                (before, after) =>
                {
                    if (PlainMarkup.Fault(before, after) is not null)
                        return;
                    var tokenizer = new HtmlTokenizer(new StringReader($"{before}{Mark}{after}"));
                    var seen = 0;
                    while (tokenizer.ReadNextToken(out var token))
                    {
                        switch (token)
                        {
                            case HtmlDataToken data:
                                data.GetType().ShouldBe(typeof(HtmlDataToken)); // no script, no CDATA
                                seen += data.Data.Contains(Mark, StringComparison.Ordinal) ? 1 : 0;
                                break;
                            case HtmlTagToken tag:
                                tag.Id.ShouldNotBeOneOf(
                                    HtmlTagId.A,
                                    HtmlTagId.Image,
                                    HtmlTagId.Script,
                                    HtmlTagId.Style,
                                    HtmlTagId.TextArea,
                                    HtmlTagId.Title,
                                    HtmlTagId.Xmp,
                                    HtmlTagId.PlainText,
                                    HtmlTagId.Unknown
                                );
                                foreach (var attribute in tag.Attributes)
                                {
                                    attribute.Name.ShouldNotBeOneOf("href", "src", "background", "action");
                                    (attribute.Value ?? "").ShouldNotContain(Mark);
                                    if (attribute.Name == "style")
                                        attribute.Value!.ShouldNotContain("(");
                                }
                                break;
                            default:
                                token.ShouldBeOfType<HtmlDocTypeToken>(); // and no comment
                                break;
                        }
                    }
                    seen.ShouldBe(1);
                },
                iter: 20_000
            );
#endif

    [Theory]
    [InlineData("<p>", "</p>")]
    [InlineData("<!DOCTYPE html>\n<html lang=\"en\"><body style='margin:0; color: #333'>", "</body></html>")]
    [InlineData(
        "<table width=\"100%\" cellpadding=\"0\"><tbody><tr><td align=\"center\" valign=\"top\">",
        "</td></tr></tbody></table>"
    )]
    [InlineData("1 &lt; 2 <br> <hr/> ", "")]
    [InlineData("", "")]
    public void Formatting_is_taken(string before, string after) => PlainMarkup.Fault(before, after).ShouldBeNull();

    private static Gen<string> Markup =>
        Gen.Int[0, Pieces.Length - 1].Array[0, 12].Select(picked => string.Concat(picked.Select(one => Pieces[one])));
}
