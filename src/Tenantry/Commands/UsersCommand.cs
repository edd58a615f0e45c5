using Microsoft.Extensions.Options;
using Tenantry.Features.Users;
using Tenantry.Foundation.Tenancy;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Tenantry.Commands;

/// <summary><c>tenantry users import</c>.</summary>
public static class UsersCommand
{
    public static async Task Import(Func<WebApplication> build, string file, string slug, bool isPartial, CancellationToken cancel)
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        var services = app.Services;
        if (await services.GetRequiredService<TenantDirectory>().ByName(slug, cancel) is not { } tenant)
            throw new OperatorException($"There is no tenant '{slug}'.");
        if (file != "-" && !File.Exists(file))
            throw new OperatorException($"There is no file '{file}'.");

        using var lines = file == "-" ? Console.In : new StreamReader(file);
        var json = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        ImportUsers.Result result;
        try
        {
            result = await services.GetRequiredService<ImportUsers>().Run(tenant, lines, isPartial, (number, fault) => Console.Error.WriteLine($"line {number}: {fault}"), json, cancel);
        }
        catch (Exception e) when (e is ImportOvertakenException or ImportOverQuotaException)
        {
            throw new OperatorException(e.Message);
        }
        Console.WriteLine($"{result.Taken} users imported into {tenant.Slug}, {result.Refused} lines refused.");
        if (result.Refused > 0)
            throw new OperatorException(isPartial ? "The lines above did not come in." : "Nothing was imported. Mend the lines above, or import the others with --partial.");
    }
}
