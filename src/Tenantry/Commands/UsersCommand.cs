using Microsoft.Extensions.Options;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Storage;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Tenantry.Commands;

/// <summary><c>tenantry users import</c>.</summary>
public static class UsersCommand
{
    public static async Task Import(
        Func<WebApplication> build,
        string file,
        string slug,
        ImportUsers.Options terms,
        CancellationToken cancel
    )
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        var services = app.Services;
        if (await services.GetRequiredService<TenantDirectory>().ByName(slug, cancel) is not { } tenant)
            throw new OperatorException($"There is no tenant '{slug}'.");
        if (file != "-" && !File.Exists(file))
            throw new OperatorException($"There is no file '{file}'.");
        if (
            terms.Hashes.Pepper is not null
            && services.GetRequiredService<ServiceSettings>().ImportedPasswordPepper is null
        )
            throw new OperatorException(
                "--pepper needs the setting IMPORTED_PASSWORD_PEPPER, here and on every instance: sign-ins verify with it."
            );

        await using var lines = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        var json = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        ImportUsers.Result result;
        try
        {
            result = await services
                .GetRequiredService<ImportUsers>()
                .Run(
                    tenant,
                    lines,
                    terms,
                    (number, fault) => Console.Error.WriteLine($"line {number}: {fault}"),
                    json,
                    cancel
                );
        }
        catch (Exception e) when (e is ImportOvertakenException or ImportOverQuotaException)
        {
            throw new OperatorException(e.Message);
        }
        catch (LineTooLongException e)
        {
            throw new OperatorException($"The file cannot be imported: {e.Message}. Nothing was imported.");
        }
        Console.WriteLine($"{result.Taken} users imported into {tenant.Slug}, {result.Refused} lines refused.");
        if (result.Hashes.ToString() is { Length: > 0 } hashes)
            Console.WriteLine(hashes);
        if (result.Unverified > 0)
            Console.WriteLine(
                $"Reset: email_verified of {result.Unverified} users, who must verify their addresses here. --trust imports the file's values."
            );
        if (result.Refused > 0)
            throw new OperatorException(
                terms.IsPartial
                    ? "The lines above were not imported."
                    : "Nothing was imported. Correct the lines above, or import the others with --partial."
            );
    }
}
