using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Tenantry.Features.Tenants;
using Tenantry.Features.Tenants.Erasure;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Storage;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// A caller who is deleted, deactivated, signed out, or loses a role or tenant while a request of theirs is under way
/// changes nothing any more. Walks the route table: a new operation that changes something is tried, or named here as
/// missing.
/// </summary>
public sealed class RevokedCallerTests(Cluster cluster)
{
    private const string Api = "/api/v1/";

    /// <summary>Each comes back after a way that can be undone; the deletion is the last.</summary>
    private static readonly Way[] Ways =
    [
        new(
            "deactivated",
            "UPDATE users SET is_active = false WHERE id = '{user}'",
            "UPDATE users SET is_active = true WHERE id = '{user}'"
        ),
        new(
            "signed out",
            "UPDATE sessions SET revoked_at = now() WHERE id = '{session}'",
            "UPDATE sessions SET revoked_at = NULL WHERE id = '{session}'; SELECT pg_notify('tenantry_changes', 'sessions {session}')"
        ),
        new(
            "without the role",
            "DELETE FROM user_roles WHERE user_id = '{user}'",
            "INSERT INTO user_roles (tenant_id, user_id, role_id, assigned_at) VALUES ('{tenant}', '{user}', '{role}', now()) ON CONFLICT DO NOTHING"
        ),
        new(
            "of a tenant that is switched off",
            "UPDATE tenants SET is_active = false WHERE id = '{tenant}'",
            "UPDATE tenants SET is_active = true WHERE id = '{tenant}'"
        ),
        new(
            "deleted",
            "DELETE FROM sessions WHERE user_id = '{user}'; DELETE FROM user_roles WHERE user_id = '{user}'; DELETE FROM users WHERE id = '{user}'",
            null
        ),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_who_is_revoked_while_the_body_comes_in_changes_nothing() =>
        await Walk(
            async (service, operation, scene, request, way) =>
            {
                if (request.Body is not { Length: > 0 })
                    return null;
                using var connection = new TcpClient();
                await connection.ConnectAsync(service.Url.Host, service.Url.Port, Cancel);
                // The server says "continue" when it begins to read the body: it has decided about the caller by then.
                await connection.GetStream().WriteAsync(Head(operation, request, scene, expects: true), Cancel);
                var said = await Line(connection);
                if (!said.Contains(" 100 ", StringComparison.Ordinal))
                    return $"answered before the body came: {said}";
                await connection.GetStream().WriteAsync(request.Body.AsMemory(0, request.Body.Length - 1), Cancel);
                await service.Sql(way.Revoke(scene));
                await Heard(scene, isRevoked: true);
                var before = await Prints(service, scene);
                await connection.GetStream().WriteAsync(request.Body.AsMemory(request.Body.Length - 1), Cancel);
                return Fault(await Rest(connection), before, await Prints(service, scene));
            }
        );

    /// <summary>
    /// As where the news of the revocation come a moment later than the request: without its triggers, the change is
    /// told to nobody.
    /// </summary>
    [Fact]
    public async Task A_caller_whose_revocation_has_not_been_heard_yet_changes_nothing() =>
        await Walk(
            async (service, operation, scene, request, way) =>
            {
                await service.Sql($"BEGIN; SET LOCAL session_replication_role = replica; {way.Revoke(scene)}; COMMIT");
                var before = await Prints(service, scene);
                using var connection = new TcpClient();
                await connection.ConnectAsync(service.Url.Host, service.Url.Port, Cancel);
                await connection
                    .GetStream()
                    .WriteAsync(
                        (byte[])[.. Head(operation, request, scene, expects: false), .. request.Body ?? []],
                        Cancel
                    );
                return Fault(await Rest(connection), before, await Prints(service, scene));
            }
        );

    /// <summary>Otherwise the refusals above could be of something else.</summary>
    [Fact]
    public async Task The_same_requests_of_a_caller_who_is_not_revoked_succeed()
    {
        await using var service = await Start();
        var faults = new List<string>();
        foreach (var operation in Operations(service))
        {
            var (scene, request) = await Set(service, operation);
            using var connection = new TcpClient();
            await connection.ConnectAsync(service.Url.Host, service.Url.Port, Cancel);
            await connection
                .GetStream()
                .WriteAsync(
                    (byte[])[.. Head(operation, request, scene, expects: false), .. request.Body ?? []],
                    Cancel
                );
            var answer = await Rest(connection);
            if (!answer.StartsWith("HTTP/1.1 2", StringComparison.Ordinal))
                faults.Add($"{operation}: {answer}");
        }
        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_operation_that_changes_something_for_a_signed_in_caller_is_tried()
    {
        await using var service = await cluster.Start();

        Operations(service)
            .Order(StringComparer.Ordinal)
            .ShouldBe(ChangingRequests.All.Keys.Order(StringComparer.Ordinal));
    }

    private async Task Walk(Func<Service, string, Scene, ChangingRequest, Way, Task<string?>> attempt)
    {
        await using var service = await Start();
        var (faults, tries) = (new List<string>(), 0);
        foreach (var operation in Operations(service))
        {
            var (scene, request) = await Set(service, operation);
            await service.Settled();
            var needsPermission = Endpoint(service, operation).Metadata.GetMetadata<PermissionAccess>() is not null;
            var isKeyed = Endpoint(service, operation).Metadata.GetMetadata<Idempotent>() is not null;
            foreach (
                var (way, key) in from way in Ways.Where(way => needsPermission || way.Name != "without the role")
                // With a retry key too: then the body is read, and the transaction begins,
                // elsewhere.
                from key in isKeyed && way.Undo is not null ? new[] { null, Guid.NewGuid().ToString() } : [null]
                select (way, key)
            )
            {
                await Heard(scene, isRevoked: false);
                var tried = key is null
                    ? request
                    : request with
                    {
                        Headers = [.. request.Headers, ("Idempotency-Key", key)],
                    };
                tries++;
                if (await attempt(service, operation, scene, tried, way) is { } fault)
                {
                    faults.Add(
                        $"{operation} by a caller {way.Name}{(key is null ? "" : ", with a retry key")}: {fault}"
                    );
                    break; // what it changed may be what the next try needs
                }
                if (way.Undo is { } undo)
                    await service.Sql(scene.In(undo));
            }
        }
        faults.ShouldBeEmpty($"{faults.Count} of {tries}");
        tries.ShouldBeGreaterThan(100);
    }

    private Task<Service> Start() =>
        cluster.Start(
            variables => (variables["CLAMD_URL"], variables["DEFAULT_TENANT"]) = ("tcp://127.0.0.1:1", "default"),
            services => services.AddSingleton<ITxtRecords, ProvenDomains>()
        );

    private static async Task<(Scene, ChangingRequest)> Set(Service service, string operation)
    {
        using var turn = await service.Services.GetRequiredService<PasswordHashing>().Enter(Guid.Empty, Cancel);
        var needs = Endpoint(service, operation).Metadata.GetMetadata<PermissionAccess>()?.Permissions ?? [];
        // Those of the platform are tried as the platform, which acts as another tenant meanwhile.
        var isPlatform =
            needs.Any(permission => permission.StartsWith("platform:", StringComparison.Ordinal))
            && operation != "PUT tenants/{id}";
        var scene = await Scene.Make(service, hash ??= turn!.Hash(Service.Password), isPlatform);
        return (scene, await ChangingRequests.All[operation](scene));
    }

    private static string? hash;

    /// <summary>Waits until the instance knows that the caller may, or may not.</summary>
    private static Task Heard(Scene scene, bool isRevoked) =>
        Eventually.Is(async () =>
        {
            var me = await scene.Caller.Get("auth/me");
            return isRevoked == (me.Status != 200 || me.Json["permissions"]!.AsArray().Count == 0);
        });

    private static IEnumerable<RouteEndpoint> Endpoints(Service service) =>
        service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static string Name(RouteEndpoint endpoint, string method) =>
        $"{method} {endpoint.RoutePattern.RawText!.Replace(":guid", "", StringComparison.Ordinal).Replace(":int", "", StringComparison.Ordinal).TrimEnd('/')[Api.Length..]}";

    private static List<string> Operations(Service service) =>
        [
            .. from endpoint in Endpoints(service)
            where
                endpoint.Metadata.GetMetadata<AccessDeclaration>() is not AnonymousAccess
                && endpoint.Metadata.GetMetadata<NotAuditedBecause>()?.Reason != "changes nothing"
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            where method is not ("GET" or "HEAD")
            select Name(endpoint, method),
        ];

    private static RouteEndpoint Endpoint(Service service, string operation) =>
        Endpoints(service)
            .Single(endpoint =>
                endpoint
                    .Metadata.GetMetadata<HttpMethodMetadata>()
                    ?.HttpMethods.Any(method =>
                        endpoint.RoutePattern.RawText!.StartsWith(Api, StringComparison.Ordinal)
                        && Name(endpoint, method) == operation
                    ) == true
            );

    private static byte[] Head(string operation, ChangingRequest request, Scene scene, bool expects)
    {
        List<string> lines =
        [
            $"{operation.Split(' ')[0]} {Api}{request.Path} HTTP/1.1",
            "Host: x",
            "Connection: close",
            $"Authorization: Bearer {scene.Token}",
            $"Content-Length: {request.Body?.Length ?? 0}",
            .. request.Body is null ? Array.Empty<string>() : [$"Content-Type: {request.Type}"],
            .. expects ? ["Expect: 100-continue"] : Array.Empty<string>(),
            .. request.Headers.Select(header => $"{header.Name}: {header.Value}"),
        ];
        return Encoding.ASCII.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n");
    }

    /// <summary>Up to the blank line.</summary>
    private static async Task<string> Line(TcpClient connection)
    {
        var said = new StringBuilder();
        var one = new byte[1];
        while (
            !said.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)
            && await connection.GetStream().ReadAsync(one, Cancel) > 0
        )
            said.Append((char)one[0]);
        return said.ToString();
    }

    private static async Task<string> Rest(TcpClient connection)
    {
        using var reader = new StreamReader(connection.GetStream());
        return await reader.ReadToEndAsync(Cancel);
    }

    private static string? Fault(
        string answer,
        IReadOnlyDictionary<string, string> before,
        IReadOnlyDictionary<string, string> after
    )
    {
        var changed = before.Where(print => after[print.Key] != print.Value).Select(print => print.Key).ToList();
        return !answer.StartsWith("HTTP/1.1 401", StringComparison.Ordinal)
            && !answer.StartsWith("HTTP/1.1 403", StringComparison.Ordinal)
            && !answer.StartsWith("HTTP/1.1 404", StringComparison.Ordinal)
                ? $"{answer.Split('\r')[0]}, changed: {string.Join(", ", changed)}; {answer.Split("\r\n\r\n")[^1]}"
            : changed.Count > 0 ? $"refused, and yet changed: {string.Join(", ", changed)}"
            : null;
    }

    /// <summary>
    /// All rows of all tenants, table by table, and the tenant's objects. But for counts of requests, and the log, in
    /// which the refusal is.
    /// </summary>
    private static async Task<IReadOnlyDictionary<string, string>> Prints(Service service, Scene scene)
    {
        await using var db = await service.Contexts.CreateDbContextAsync(Cancel);
        var tables = TenantErasure
            .Tables(db.Model)
            .Append("tenants")
            .Where(table => table != "request_days" && !table.StartsWith("audit_", StringComparison.Ordinal));
        var sql = string.Join(
            " UNION ALL ",
            tables.Select(table =>
                $"SELECT '{table}=' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS print FROM {table} t"
            )
        );
        var prints = (await service.Ask<string>($"SELECT string_agg(print, ' ') FROM ({sql}) all_tables"))!
            .Split(' ')
            .Select(print => print.Split('='))
            .ToDictionary(print => print[0], print => print[1], StringComparer.Ordinal);
        var objects = await service
            .Services.GetRequiredService<IObjectStore>()
            .List($"{scene.Tenant}/", Cancel)
            .Select(one => one.Key)
            .ToListAsync(Cancel);
        prints["objects of the store"] = string.Join(' ', objects);
        return prints;
    }

    private sealed record Way(string Name, string Sql, string? Undo)
    {
        public string Revoke(Scene scene) => scene.In(Sql);
    }
}
