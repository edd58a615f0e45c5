using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;

namespace Tenantry.Foundation.Aws;

/// <summary>A request, before it is signed.</summary>
internal sealed class AwsRequest(
    HttpMethod method,
    string path,
    string contentType,
    byte[]? body,
    string? target = null
) : AmazonWebServiceRequest
{
    public HttpMethod Method => method;

    public string Path => path;

    public string ContentType => contentType;

    public byte[]? Body => body;

    /// <summary>In X-Amz-Target, where the path does not say what to do.</summary>
    public string? Target => target;
}

/// <summary>A response, in any of the protocols.</summary>
internal sealed class AwsResponse : AmazonWebServiceResponse
{
    public string Body { get; init; } = "";

    public string? RequestId
    {
        get;
        init => field = value is { Length: > 0 } ? value : null;
    }

    public string? ErrorType
    {
        get;
        init => field = value is { Length: > 0 } ? value : null;
    }

    /// <summary>Removes the namespaces of an element: they carry no information here.</summary>
    /// <exception cref="XmlException">it is none</exception>
    public static XElement Xml(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text)); // allows no DTD
        var root = XElement.Load(reader);
        foreach (var element in root.DescendantsAndSelf())
        {
            element.Name = element.Name.LocalName;
            element.Attributes().Where(attribute => attribute.IsNamespaceDeclaration).Remove();
        }
        return root;
    }

    /// <summary>
    /// The reason why AWS refused. A load balancer or proxy in front of the service may respond in another format, or
    /// with an empty body.
    /// </summary>
    public (string Code, string Message) Fault()
    {
        string? code = null,
            message = null;
        try
        {
            if (Body.AsSpan().TrimStart().StartsWith('<'))
            {
                var error = Xml(Body).DescendantsAndSelf("Error").FirstOrDefault();
                (code, message) = (error?.Element("Code")?.Value, error?.Element("Message")?.Value);
            }
            else if (JsonElement.Parse(Body.Length > 0 ? Body : "{}") is { ValueKind: JsonValueKind.Object } json)
            {
                code = Text(json, "__type") ?? Text(json, "code");
                message = Text(json, "message") ?? Text(json, "Message");
            }
        }
        catch (Exception e) when (e is XmlException or JsonException) { }
        // In JSON the header is the one that AWS's own clients trust. Both may carry a namespace before and an address
        // behind: aws.ses#Throttled:http://...
        code = (ErrorType ?? code)?.Split('#')[^1].Split(':')[0];
        return (
            code is { Length: > 0 } ? code : AwsException.UnreadableAnswer,
            message ?? "The answer does not say why."
        );
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
