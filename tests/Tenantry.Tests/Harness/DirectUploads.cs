namespace Tenantry.Tests.Harness;

/// <summary>Sends what a direct upload's announcement asks for.</summary>
public static class DirectUploads
{
    private static readonly HttpClient Http = new();

    /// <param name="service">where addresses of the disk store lead; null: as they are</param>
    /// <param name="announced">the answer to the announcement</param>
    /// <param name="bytes">of the file</param>
    /// <param name="parts">so many of them</param>
    /// <returns>the status of each request</returns>
    public static async Task<List<int>> Send(Uri? service, Answer announced, byte[] bytes, int parts = int.MaxValue)
    {
        var (statuses, sent) = (new List<int>(), 0);
        foreach (var part in announced.Json["requests"]!.AsArray().Take(parts))
        {
            var (size, url) = (part!.Number("size"), new Uri(part.Text("url")));
            using var request = new HttpRequestMessage(
                new HttpMethod(part.Text("method")),
                service is null ? url : new Uri(service, url.PathAndQuery)
            );
            request.Content = new ByteArrayContent(bytes, sent, size);
            foreach (var (name, value) in part!["headers"]!.AsObject().Where(header => header.Key != "Content-Length"))
            {
                if (!request.Headers.TryAddWithoutValidation(name, value!.GetValue<string>()))
                    request.Content.Headers.TryAddWithoutValidation(name, value!.GetValue<string>());
            }
            using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
            statuses.Add((int)answer.StatusCode);
            sent += size;
        }
        return statuses;
    }
}
