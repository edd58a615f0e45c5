using System.Text.Json.Nodes;

namespace Tenantry.Commands;

/// <summary>One request that names ids or texts of the other tenant.</summary>
/// <param name="Where">The place of the id or text, for the report.</param>
/// <param name="Path">The path with its parameters filled in.</param>
/// <param name="Query">The query with its question mark, or an empty text.</param>
/// <param name="Body">The body. Null: none.</param>
/// <param name="Values">The ids and texts of the other tenant that the request contains.</param>
/// <param name="IsId">Whether they are ids, which must be refused. Texts are only searched for in the response.</param>
internal sealed record ProofRequest(
    string Where,
    string Path,
    string Query,
    JsonNode? Body,
    IReadOnlyList<string> Values,
    bool IsId
)
{
    /// <summary>The same request with ids that do not exist.</summary>
    public ProofRequest WithUnknownIds()
    {
        var (path, query, body, values) = (Path, Query, Body?.ToJsonString(), new List<string>());
        foreach (var id in Values.Where(_ => IsId))
        {
            var unknown = Guid.CreateVersion7().ToString();
            values.Add(unknown);
            (path, query, body) = (
                path.Replace(id, unknown, StringComparison.Ordinal),
                query.Replace(id, unknown, StringComparison.Ordinal),
                body?.Replace(id, unknown, StringComparison.Ordinal)
            );
        }
        return this with
        {
            Path = path,
            Query = query,
            Body = body is null ? null : JsonNode.Parse(body),
            Values = values,
        };
    }
}
