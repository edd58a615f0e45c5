using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>A parameter of the wrong type is named, whichever operation it belongs to.</summary>
public sealed class ParameterTypeTests(SharedService shared) : IClassFixture<SharedService>
{
    [Fact]
    public async Task Every_parameter_of_a_query_that_cannot_be_read_is_named_with_what_it_should_be()
    {
        var platform = await shared.Service.Platform();
        var faults = new List<string>();
        var tried = 0;
        foreach (
            var endpoint in shared
                .Service.Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
        )
        {
            if (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") != true)
                continue;
            var path = System.Text.RegularExpressions.Regex.Replace(
                endpoint.RoutePattern.RawText!,
                @"\{[^}]*int\}",
                "1"
            );
            path = System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]*\}", $"{Guid.NewGuid()}");
            foreach (var parameter in endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>())
            {
                var query = parameter
                    .ParameterInfo.GetCustomAttributes(false)
                    .OfType<FromQueryAttribute>()
                    .FirstOrDefault();
                if (query is null || parameter.ParameterInfo.ParameterType == typeof(string) || !parameter.HasTryParse)
                    continue;
                var name = query.Name ?? parameter.Name;
                var answer = await platform.Get($"{path}?{name}=x");
                tried++;
                if (answer.Status != 400 || answer.Json["errors"]?[name]?.AsArray().Count != 1)
                    faults.Add($"{path}?{name}=x: {answer.Status} {answer.Text}");
            }
        }

        faults.ShouldBeEmpty();
        tried.ShouldBeGreaterThan(15);
    }
}
