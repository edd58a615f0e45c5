using System.Globalization;
using Tenantry.Features.Users;
using Tenantry.Features.Users.Importing;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary><c>tenantry users import</c>.</summary>
public static class UsersCommand
{
    private const int LongestFault = 1_000;

    public static async Task Import(
        Func<WebApplication> build,
        string file,
        string slug,
        ImportOptions options,
        CancellationToken cancel
    )
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        var services = app.Services;
        var tenant = await NamedTenant.Find(services, slug, cancel);
        if (file != "-" && !File.Exists(file))
            throw new OperatorException($"There is no file '{file}'.");
        if (
            options.Hashes.Pepper is not null
            && services.GetRequiredService<ServiceSettings>().ImportedPasswordPepper is null
        )
            throw new OperatorException(
                "--pepper needs the setting IMPORTED_PASSWORD_PEPPER, here and on every instance: sign-ins verify with it."
            );

        await using var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        ImportResult result;
        try
        {
            result = await services
                .GetRequiredService<ImportUsers>()
                .Run(
                    tenant,
                    stream,
                    options,
                    (line, fault) => Console.Error.WriteLine($"line {line}: {Printable(fault)}"),
                    count => Console.Error.WriteLine($"{count} records read."),
                    cancel
                );
        }
        catch (ImportStoppedException e)
        {
            throw new OperatorException(Printable(e.Message));
        }
        Report(result, tenant.Slug, options);
    }

    private static void Report(ImportResult result, string tenant, ImportOptions options)
    {
        Console.WriteLine($"Format: {result.Format}.");
        Console.WriteLine(
            options.IsDryRun
                ? $"Dry run: {result.Taken} users would be imported into {tenant}, {result.Refused} lines would be refused."
                : $"{result.Taken} users imported into {tenant}, {result.Refused} lines refused."
        );
        if (result.Hashes.ToString() is { Length: > 0 } hashes)
            Console.WriteLine(hashes);
        if (result.Already > 0)
            Console.WriteLine($"{result.Already} users were already imported.");
        if (result.Skipped > 0)
            Console.WriteLine($"{result.Skipped} records were skipped, because they are no users.");
        if (result.WithoutHash > 0)
            Console.WriteLine(
                $"{result.WithoutHash} users have no password, because their hashes cannot be verified here. They request one by mail."
            );
        if (result.Unverified > 0)
            Console.WriteLine(
                $"Reset: email_verified of {result.Unverified} users, who must verify their addresses here. --trust imports the file's values."
            );
        if (result.Refused > 0)
            throw new OperatorException(
                options.IsDryRun ? "The lines above would be refused. Nothing was written."
                : options.IsPartial ? "The lines above were not imported."
                : "Nothing was imported. Correct the lines above, or import the others with --partial."
            );
        if (options.IsDryRun)
            Console.WriteLine("Nothing was written.");
    }

    /// <summary>Attack: names in the file contain control sequences that the terminal of the operator obeys.</summary>
    private static string Printable(string text)
    {
        var shown = text.Length > LongestFault ? text[..LongestFault] + "…" : text;
        return string.Concat(
            shown.Select(character =>
                char.IsControl(character)
                || char.GetUnicodeCategory(character)
                    is UnicodeCategory.Format
                        or UnicodeCategory.Surrogate
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                    ? '?'
                    : character
            )
        );
    }
}
