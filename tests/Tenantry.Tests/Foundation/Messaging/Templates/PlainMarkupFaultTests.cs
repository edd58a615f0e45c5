using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Tests.Foundation.Messaging.Templates;

/// <summary>Each rule for the HTML of a security mail, with the text of its refusal.</summary>
public sealed class PlainMarkupFaultTests
{
    private const string NoTag = "contains a comment, a declaration, or a '<' that must be written as &lt;";
    private const string EndTag = "contains an incomplete end tag";
    private const string Style = "contains a style in <p> with one of ( \\ @ &; a security mail must load nothing";

    public static TheoryData<string, string, string> Refused =>
        new()
        {
            { "<a class='x'>", "</a>", "contains <a>; a security mail may contain only formatting" },
            { "<h7>", "</h7>", "contains <h7>; a security mail may contain only formatting" },
            { "<x-y:z>", "", "contains <x-y:z>; a security mail may contain only formatting" },
            {
                "<" + new string('x', 40) + ">",
                "",
                $"contains <{new string('x', 30)}>; a security mail may contain only formatting"
            },
            { "<!-- x -->", "", NoTag },
            { "1 < 2", "", NoTag },
            { "text <", "", NoTag },
            { "", "<", NoTag },
            { "<1>", "", NoTag },
            { "<->", "", NoTag },
            { "x<!doctype html>", "", NoTag },
            { "<!doctype html><!doctype html>", "", NoTag },
            { "", "<!doctype html>", NoTag },
            { "<p", "", Broken("p") },
            { "<p ", "", Broken("p") },
            { "<p class", "", Broken("p") },
            { "<p class='x", "", Broken("p") },
            { "<p class='x'", "", Broken("p") },
            { "<p class='x'id='y'>", "</p>", Broken("p") },
            { "<p class='<'>", "</p>", Broken("p") },
            { "<p class='>'>", "</p>", Broken("p") },
            { "<p class=\"", "\"></p>", Broken("p") },
            { "<p '>", "</p>", Broken("p") },
            { "<p/>", "</p>", Broken("p") },
            { "<br/ >", "", Broken("br") },
            { "<br/", "", Broken("br") },
            { "<p class=", "", "contains a value of class in <p> without quotation marks" },
            { "<p class=x>", "</p>", "contains a value of class in <p> without quotation marks" },
            {
                "<p onclick='x'>",
                "</p>",
                "contains the attribute onclick in <p>; a security mail may contain only formatting"
            },
            { "<p style='background:url(x)'>", "</p>", Style },
            { "<p style='a\\b'>", "</p>", Style },
            { "<p style='@import'>", "</p>", Style },
            { "<p STYLE='&#40;'>", "</p>", Style },
            { "</p>", "", "closes <p>, which is not the last open element" },
            { "<p><b>", "</p></b>", "closes <p>, which is not the last open element" },
            { "<br></br>", "", "closes <br>, which is not the last open element" },
            { "<p>", "</>", EndTag },
            { "<p>", "</p", EndTag },
            { "<p>", "</p x>", EndTag },
            { "<p>", "</ p>", EndTag },
            { "<p>", "</", EndTag },
            { "<p><b>", "</b>", "does not close <p>" },
            { Repeat("<p>", 101), Repeat("</p>", 101), "contains more than 100 nested elements" },
        };

    [Theory, MemberData(nameof(Refused))]
    public void Markup_that_is_not_plain_is_refused_with_the_reason(string before, string after, string fault) =>
        PlainMarkup.Fault(before, after).ShouldBe(fault);

    public static TheoryData<string, string> Accepted =>
        new()
        {
            { "  <!DOCTYPE html>\n<p>", "</p>" },
            { "<P>", "</p >" },
            { "<p\tclass = \"x\"\r\n id='y' >", "</p\n>" },
            { "<p class=\"'(@&\" style='color:red'>", "</p>" },
            { "<br><br/><br /><br class='x'/><BR><hr><col>", "<br>" },
            { "<p></p>", "<h1></h1>" },
            { "<p xml:lang='en'>", "</p>" },
            { Repeat("<p>", 100), Repeat("</p>", 100) },
            { Repeat("<p></p>", 200), "text > text" },
        };

    [Theory, MemberData(nameof(Accepted))]
    public void Plain_markup_is_accepted(string before, string after) =>
        PlainMarkup.Fault(before, after).ShouldBeNull();

    [Fact]
    public void Each_element_and_each_attribute_of_formatting_is_accepted()
    {
        foreach (
            var element in (
                "address article b blockquote body caption center code colgroup dd div dl dt em font footer h1 h2 h3 h4 h5 h6 header "
                + "html i li main ol p pre section small span strong sub sup table tbody td tfoot th thead tr u ul"
            ).Split(' ')
        )
            PlainMarkup.Fault($"<{element}>", $"</{element}>").ShouldBeNull(element);
        foreach (
            var attribute in (
                "align bgcolor border cellpadding cellspacing class color colspan dir face height id lang role rowspan size start "
                + "style valign width xml:lang"
            ).Split(' ')
        )
            PlainMarkup.Fault($"<td {attribute}='x'>", "</td>").ShouldBeNull(attribute);
    }

    private static string Broken(string element) =>
        $"contains an incomplete <{element}>, or {{{{ action }}}} within it";

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
