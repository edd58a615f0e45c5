using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Tenantry.Tests.Harness;

/// <summary>
/// SNS, as far as messages are sent through it: topics, text messages, and the endpoints of push notifications.
/// </summary>
public sealed partial class FakeSns(string region)
{
    private const string Account = "123456789012";
    private const int MaxMessageBytes = 256 * 1024;

    private static readonly XNamespace Xml = "http://sns.amazonaws.com/doc/2010-03-31/";

    private readonly ConcurrentDictionary<string, bool> topics = new();
    private readonly ConcurrentDictionary<string, bool> applications = new();
    private readonly ConcurrentDictionary<string, string> waitingSubscriptions = new();
    private readonly ConcurrentDictionary<string, Endpoint> endpoints = new();

    /// <summary>An address of a device, at a platform that pushes.</summary>
    public sealed record Endpoint(string Application, string Token, string? CustomUserData, bool IsEnabled);

    public IReadOnlyDictionary<string, Endpoint> Endpoints => endpoints;

    /// <returns>its ARN</returns>
    public string NewTopic(string name = "news")
    {
        var arn = $"arn:aws:sns:{region}:{Account}:{name}";
        topics[arn] = true;
        return arn;
    }

    /// <returns>its ARN</returns>
    public string NewApplication(string name = "tenantry", string platform = "GCM")
    {
        var arn = $"arn:aws:sns:{region}:{Account}:app/{platform}/{name}";
        applications[arn] = true;
        return arn;
    }

    /// <summary>Somebody subscribed, and has to confirm it.</summary>
    /// <returns>the token that is sent to them</returns>
    public string Subscribe(string topic)
    {
        var token = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray());
        waitingSubscriptions[token] = topic;
        return token;
    }

    /// <summary>As the platform's feedback does, when the app was removed from the device.</summary>
    public void Disable(string endpoint) => endpoints[endpoint] = endpoints[endpoint] with { IsEnabled = false };

    internal static AwsCall Read(HttpRequest request, byte[] body)
    {
        var parameters = QueryHelpers
            .ParseQuery(Encoding.UTF8.GetString(body))
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        parameters.Remove("Action", out var action);
        parameters.Remove("Version", out var version);
        return new AwsCall
        {
            Service = "sns",
            Operation =
                action is not null && version == "2010-03-31"
                    ? action
                    : $"{action ?? "nothing"} of version {version ?? "none"}",
            Parameters = parameters,
            Headers = request.Headers.ToDictionary(
                header => header.Key,
                header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase
            ),
        };
    }

    internal static string Error(AwsFault fault) =>
        new XElement(
            Xml + "ErrorResponse",
            new XElement(
                Xml + "Error",
                new XElement(Xml + "Type", fault.Status < 500 ? "Sender" : "Receiver"),
                new XElement(Xml + "Code", fault.Code),
                new XElement(Xml + "Message", fault.Message)
            ),
            new XElement(Xml + "RequestId", Guid.NewGuid())
        ).ToString();

    internal (AwsCall Call, string? MessageId, string Text) Do(AwsCall call)
    {
        var id = call.Operation == "Publish" ? Guid.NewGuid().ToString() : null;
        object[]? result = call.Operation switch
        {
            "Publish" => Publish(call.Parameters, id!),
            "CreatePlatformEndpoint" => CreatePlatformEndpoint(call.Parameters),
            "GetEndpointAttributes" => GetEndpointAttributes(call.Parameters),
            "SetEndpointAttributes" => SetEndpointAttributes(call.Parameters),
            "DeleteEndpoint" => DeleteEndpoint(call.Parameters),
            "ConfirmSubscription" => ConfirmSubscription(call.Parameters),
            _ => throw new AwsRefusalException(
                "InvalidAction",
                $"The action {call.Operation} is not valid for this web service."
            ),
        };
        var text = new XElement(
            Xml + (call.Operation + "Response"),
            result is null ? null : new XElement(Xml + (call.Operation + "Result"), result),
            new XElement(Xml + "ResponseMetadata", new XElement(Xml + "RequestId", Guid.NewGuid()))
        ).ToString();
        return (call, id, text);
    }

    private object[] Publish(IReadOnlyDictionary<string, string> parameters, string id)
    {
        Known(
            parameters,
            "PhoneNumber",
            "TopicArn",
            "TargetArn",
            "Message",
            "Subject",
            "MessageStructure",
            "MessageAttributes.entry.",
            "MessageDeduplicationId",
            "MessageGroupId"
        );
        var targets = new[] { "PhoneNumber", "TopicArn", "TargetArn" }.Where(parameters.ContainsKey).ToList();
        if (targets.Count != 1)
            throw Invalid(
                targets.Count == 0
                    ? "TopicArn or TargetArn Reason: no value for required parameter"
                    : "Only one of TopicArn, TargetArn or PhoneNumber can be given"
            );
        var target = parameters[targets[0]];
        if (targets[0] == "PhoneNumber")
        {
            if (!PhoneNumber().IsMatch(target))
                throw Invalid($"PhoneNumber Reason: {target} is not valid to publish to");
        }
        else if (target.Contains(":endpoint/", StringComparison.Ordinal) && targets[0] == "TargetArn")
        {
            if (!endpoints.TryGetValue(target, out var endpoint))
                throw Invalid("TargetArn Reason: No endpoint found for the target arn specified");
            if (!endpoint.IsEnabled)
                throw new AwsRefusalException("EndpointDisabled", "Endpoint is disabled");
        }
        else if (!topics.ContainsKey(target))
            throw new AwsRefusalException("NotFound", "Topic does not exist", 404);

        if (!parameters.TryGetValue("Message", out var message) || message.Length == 0)
            throw Invalid("Empty message");
        if (Encoding.UTF8.GetByteCount(message) > MaxMessageBytes)
            throw Invalid("Message too long");
        if (
            parameters.TryGetValue("Subject", out var subject)
            && (subject.Length is 0 or > 100 || subject.Any(char.IsControl))
        )
            throw Invalid("Subject");
        if (parameters.TryGetValue("MessageStructure", out var structure))
            Structured(structure, message);
        Attributes(parameters);
        return [new XElement(Xml + "MessageId", id)];
    }

    private static void Structured(string structure, string message)
    {
        if (structure != "json")
            throw Invalid("MessageStructure Reason: Invalid value");
        try
        {
            var json = JsonElement.Parse(message);
            if (!json.TryGetProperty("default", out _))
                throw Invalid("Message Structure - No default entry in JSON message body");
            if (json.EnumerateObject().Any(entry => entry.Value.ValueKind != JsonValueKind.String))
                throw Invalid("Message Structure - JSON message body failed to parse");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Invalid("Message Structure - JSON message body failed to parse");
        }
    }

    /// <summary>Numbered from 1 without a gap, each with a name, a type and one value.</summary>
    private static void Attributes(IReadOnlyDictionary<string, string> parameters)
    {
        var left = parameters
            .Keys.Where(key => key.StartsWith("MessageAttributes.entry.", StringComparison.Ordinal))
            .ToHashSet();
        for (var number = 1; left.Count > 0; number++)
        {
            var entry = $"MessageAttributes.entry.{number.ToString(CultureInfo.InvariantCulture)}.";
            if (!left.Remove(entry + "Name") || !left.Remove(entry + "Value.DataType"))
                throw new AwsRefusalException(
                    "ParameterValueInvalid",
                    $"The message attribute {number} must contain a name and a non-empty message attribute type."
                );
            var kind = parameters[entry + "Value.DataType"].Split('.')[0];
            if (
                kind is not ("String" or "Number" or "Binary")
                || !left.Remove(entry + (kind == "Binary" ? "Value.BinaryValue" : "Value.StringValue"))
            )
                throw new AwsRefusalException(
                    "ParameterValueInvalid",
                    $"The message attribute '{parameters[entry + "Name"]}' must contain non-empty message attribute value for message attribute type '{kind}'."
                );
        }
    }

    private object[] CreatePlatformEndpoint(IReadOnlyDictionary<string, string> parameters)
    {
        Known(parameters, "PlatformApplicationArn", "Token", "CustomUserData", "Attributes.entry.");
        var application = Required(parameters, "PlatformApplicationArn");
        var token = Required(parameters, "Token");
        if (!applications.ContainsKey(application))
            throw new AwsRefusalException("NotFound", "PlatformApplication does not exist", 404);
        var attributes = Map(parameters);
        var data = parameters.GetValueOrDefault("CustomUserData") ?? attributes.GetValueOrDefault("CustomUserData");
        var isEnabled = attributes.GetValueOrDefault("Enabled", "true") == "true";
        lock (endpoints)
        {
            var (arn, known) = endpoints.FirstOrDefault(pair =>
                pair.Value.Application == application && pair.Value.Token == token
            );
            if (known is null)
            {
                arn = $"{application.Replace(":app/", ":endpoint/", StringComparison.Ordinal)}/{Guid.NewGuid()}";
                endpoints[arn] = new Endpoint(application, token, data, isEnabled);
            }
            else if (
                known.CustomUserData != data
                || (attributes.ContainsKey("Enabled") && known.IsEnabled != isEnabled)
            )
                throw Invalid(
                    $"Token Reason: Endpoint {arn} already exists with the same Token, but different attributes."
                );
            return [new XElement(Xml + "EndpointArn", arn)];
        }
    }

    private object[] GetEndpointAttributes(IReadOnlyDictionary<string, string> parameters)
    {
        Known(parameters, "EndpointArn");
        var endpoint = Existing(Required(parameters, "EndpointArn"));
        var attributes = new Dictionary<string, string?>
        {
            ["Enabled"] = endpoint.IsEnabled ? "true" : "false",
            ["Token"] = endpoint.Token,
            ["CustomUserData"] = endpoint.CustomUserData,
        };
        return
        [
            new XElement(
                Xml + "Attributes",
                attributes
                    .Where(pair => pair.Value is not null)
                    .Select(pair => new XElement(
                        Xml + "entry",
                        new XElement(Xml + "key", pair.Key),
                        new XElement(Xml + "value", pair.Value)
                    ))
            ),
        ];
    }

    private object[]? SetEndpointAttributes(IReadOnlyDictionary<string, string> parameters)
    {
        Known(parameters, "EndpointArn", "Attributes.entry.");
        var arn = Required(parameters, "EndpointArn");
        var attributes = Map(parameters);
        if (attributes.Count == 0)
            throw Invalid("Attributes Reason: no value for required parameter");
        lock (endpoints)
        {
            var endpoint = Existing(arn);
            endpoints[arn] = endpoint with
            {
                Token = attributes.GetValueOrDefault("Token", endpoint.Token),
                CustomUserData = attributes.GetValueOrDefault("CustomUserData", endpoint.CustomUserData!),
                IsEnabled = attributes.TryGetValue("Enabled", out var enabled) ? enabled == "true" : endpoint.IsEnabled,
            };
        }
        return null;
    }

    private object[]? DeleteEndpoint(IReadOnlyDictionary<string, string> parameters)
    {
        Known(parameters, "EndpointArn");
        endpoints.TryRemove(Required(parameters, "EndpointArn"), out _); // one that is not there is deleted too
        return null;
    }

    private object[] ConfirmSubscription(IReadOnlyDictionary<string, string> parameters)
    {
        Known(parameters, "TopicArn", "Token", "AuthenticateOnUnsubscribe");
        var topic = Required(parameters, "TopicArn");
        if (!topics.ContainsKey(topic))
            throw new AwsRefusalException("NotFound", "Topic does not exist", 404);
        if (!waitingSubscriptions.TryGetValue(Required(parameters, "Token"), out var awaited) || awaited != topic)
            throw Invalid("Token");
        return [new XElement(Xml + "SubscriptionArn", $"{topic}:{Guid.NewGuid()}")];
    }

    private Endpoint Existing(string arn) =>
        endpoints.TryGetValue(arn, out var endpoint)
            ? endpoint
            : throw new AwsRefusalException("NotFound", "Endpoint does not exist", 404);

    private static void Known(IReadOnlyDictionary<string, string> parameters, params string[] names)
    {
        var unknown = parameters
            .Keys.Where(key =>
                !names.Any(name => name.EndsWith('.') ? key.StartsWith(name, StringComparison.Ordinal) : key == name)
            )
            .ToList();
        if (unknown.Count > 0)
            throw new AwsRefusalException(
                "UnknownParameter",
                $"AWS has no such parameter here: {string.Join(", ", unknown)}."
            );
    }

    private static string Required(IReadOnlyDictionary<string, string> parameters, string name) =>
        parameters.TryGetValue(name, out var value) && value.Length > 0
            ? value
            : throw Invalid($"{name} Reason: no value for required parameter");

    private static Dictionary<string, string> Map(IReadOnlyDictionary<string, string> parameters)
    {
        var map = new Dictionary<string, string>();
        for (var number = 1; parameters.TryGetValue($"Attributes.entry.{number}.key", out var key); number++)
        {
            if (key is not ("Enabled" or "Token" or "CustomUserData"))
                throw Invalid($"Attributes Reason: Invalid attribute name: {key}");
            map[key] = parameters.GetValueOrDefault($"Attributes.entry.{number}.value", "");
        }
        return
            parameters.Keys.Count(key => key.StartsWith("Attributes.entry.", StringComparison.Ordinal)) == 2 * map.Count
            ? map
            : throw Invalid("Attributes");
    }

    private static AwsRefusalException Invalid(string what) => new("InvalidParameter", "Invalid parameter: " + what);

    [GeneratedRegex(@"^\+[1-9]\d{6,14}\z")]
    private static partial Regex PhoneNumber();
}
