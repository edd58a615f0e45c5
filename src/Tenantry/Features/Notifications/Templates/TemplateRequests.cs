using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>
/// The templates of a tenant. What is kept has been parsed: a fault is told to whoever writes it, not to whoever sends. Every wording is kept, and can be brought back.
/// </summary>
public sealed class TemplateRequests(
    TenantContext context,
    TenantDb db,
    MessageCache known,
    AuditTrail audit,
    ServiceSettings settings,
    TimeProvider clock,
    IHttpContextAccessor accessor
)
{
    private const int MostTranslations = 50;

    /// <param name="Name">Small letters, digits, `_`, `-` and `.`; that of a system template replaces it. It stays.</param>
    /// <param name="Type">By what its messages go. It stays.</param>
    /// <param name="Locale">The language of subject and bodies; the tenant's where it is not given.</param>
    /// <param name="Subject">Of a mail; the title of a push message. Liquid.</param>
    /// <param name="Body">As text. Liquid.</param>
    /// <param name="TextBody">The same, under its longer name.</param>
    /// <param name="HtmlBody">Of a mail, as HTML. Liquid; values are escaped.</param>
    /// <param name="Translations">By language tag, subject and bodies in other languages.</param>
    /// <param name="Variables">What it is filled with. Not given: whatever the texts use, each of it needed.</param>
    /// <param name="IsActive">Whether it can be sent; true where it is not given.</param>
    public sealed record Request(
        [ShortText(100)] string? Name,
        Channel? Type,
        [LanguageTag] string? Locale,
        string? Subject,
        string? Body,
        string? TextBody,
        string? HtmlBody,
        IReadOnlyDictionary<string, Texts>? Translations,
        IReadOnlyList<TemplateVariable>? Variables,
        bool? IsActive
    ) : IExample<Request>
    {
        public static Request Example =>
            new(
                "order_sent",
                Channel.Email,
                "en",
                "Your order {{ order }}",
                "Your order {{ order }} is on its way and arrives on {{ arrives | date: '%d.%m.%Y' }}.",
                null,
                null,
                new Dictionary<string, Texts>
                {
                    ["de"] = new(
                        "Ihre Bestellung {{ order }}",
                        "Ihre Bestellung {{ order }} ist unterwegs.",
                        null,
                        null
                    ),
                },
                [
                    new TemplateVariable("order", VariableType.String, true, null, "Its number."),
                    new TemplateVariable("arrives", VariableType.Date, true, null, null),
                ],
                true
            );
    }

    /// <param name="Subject">Of a mail; the title of a push message.</param>
    /// <param name="Body">As text.</param>
    /// <param name="TextBody">The same, under its longer name.</param>
    /// <param name="HtmlBody">As HTML.</param>
    public sealed record Texts(string? Subject, string? Body, string? TextBody, string? HtmlBody);

    /// <param name="Id">Of the template.</param>
    /// <param name="Name">What senders call it by.</param>
    /// <param name="Type">By what its messages go.</param>
    /// <param name="Locale">The language of subject and bodies.</param>
    /// <param name="Subject">Of a mail; the title of a push message.</param>
    /// <param name="Body">As text.</param>
    /// <param name="HtmlBody">As HTML.</param>
    /// <param name="Translations">By language tag.</param>
    /// <param name="Variables">What it is filled with.</param>
    /// <param name="IsActive">Whether it can be sent.</param>
    /// <param name="IsSystem">Whether it replaces a mail that the service sends by itself.</param>
    /// <param name="IsSecurity">Whether it words a mail with a link or a code; only holders of `templates:security` change it.</param>
    /// <param name="Problem">Why the service sends its own words instead of these; null: nothing is known to be wrong with them.</param>
    /// <param name="ProblemAt">When a mail last went out in the service's own words, to the hour.</param>
    /// <param name="Revision">Counts the wordings.</param>
    /// <param name="CreatedAt">When it was made.</param>
    /// <param name="UpdatedAt">When it was changed last.</param>
    public sealed record Document(
        Guid Id,
        string Name,
        Channel Type,
        string Locale,
        string? Subject,
        string? Body,
        string? HtmlBody,
        JsonElement Translations,
        JsonElement Variables,
        bool IsActive,
        bool IsSystem,
        bool IsSecurity,
        string? Problem,
        DateTimeOffset? ProblemAt,
        int Revision,
        DateTimeOffset CreatedAt,
        DateTimeOffset UpdatedAt
    ) : IExample<Document>
    {
        public static Document Example =>
            new(
                Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70822"),
                "order_sent",
                Channel.Email,
                "en",
                "Your order {{ order }}",
                "Your order {{ order }} is on its way.",
                null,
                JsonElement.Parse("{}"),
                JsonElement.Parse("""[{"name":"order","type":"string","required":true}]"""),
                true,
                false,
                false,
                null,
                null,
                1,
                NotificationDocument.Example.CreatedAt,
                NotificationDocument.Example.CreatedAt
            );

        internal static Document Of(Template row)
        {
            var system = SystemTemplates.Find(row.Name);
            // What a version before took is told before a mail meets it.
            var fault = system is null ? null : CachedTemplate.Of(RowOf(row)).Fault;
            return new(
                row.Id,
                row.Name,
                row.Type,
                row.Locale,
                row.Subject,
                row.Body,
                row.HtmlBody,
                row.Translations,
                row.Variables,
                row.IsActive,
                system is not null,
                system is SecurityTemplate,
                fault ?? row.Problem,
                row.ProblemAt,
                row.Revision,
                row.CreatedAt,
                row.UpdatedAt
            );
        }
    }

    /// <param name="Name">By which a tenant replaces it.</param>
    /// <param name="When">It is sent.</param>
    /// <param name="Subject">As it is where nobody replaces it.</param>
    /// <param name="Body">The same.</param>
    /// <param name="Variables">What every wording is filled with.</param>
    /// <param name="Action">Of a security mail: what the service writes in place of `{{ action }}`.</param>
    public sealed record SystemDocument(
        string Name,
        string When,
        string Subject,
        string Body,
        IReadOnlyList<TemplateVariable> Variables,
        ActionKind? Action
    );

    /// <param name="Revision">Of the wording.</param>
    /// <param name="Locale">The language of subject and bodies.</param>
    /// <param name="Subject">As it was.</param>
    /// <param name="Body">As it was.</param>
    /// <param name="HtmlBody">As it was.</param>
    /// <param name="Translations">As they were.</param>
    /// <param name="Variables">As they were.</param>
    /// <param name="CreatedBy">Who worded it so.</param>
    /// <param name="CreatedAt">When.</param>
    public sealed record VersionDocument(
        int Revision,
        string Locale,
        string? Subject,
        string? Body,
        string? HtmlBody,
        JsonElement Translations,
        JsonElement Variables,
        Guid? CreatedBy,
        DateTimeOffset CreatedAt
    );

    /// <param name="TemplateVars">What it is filled with.</param>
    /// <param name="Locale">In which language; the template's own where it is not given.</param>
    public sealed record PreviewRequest(JsonElement? TemplateVars, [LanguageTag] string? Locale)
        : IExample<PreviewRequest>
    {
        public static PreviewRequest Example =>
            new(JsonElement.Parse("""{"order":"4711","arrives":"2026-02-02"}"""), "de-CH");
    }

    /// <param name="Subject">In one line.</param>
    /// <param name="Body">As text.</param>
    /// <param name="HtmlBody">As HTML.</param>
    /// <param name="Encoding">Of an SMS: `gsm7`, or `ucs2` where a character is not in that alphabet.</param>
    /// <param name="Segments">Of an SMS: as many are paid for.</param>
    public sealed record PreviewResponse(
        string? Subject,
        string? Body,
        string? HtmlBody,
        SmsEncoding? Encoding,
        int? Segments
    );

    public static async Task<Results<Ok<Page<Document>>, Invalid>> List(
        PageRequest page,
        [FromQuery] string? name,
        [FromQuery] string? type,
        [FromQuery(Name = "is_active")] bool? isActive,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var byType = FilterText.Of<Channel>("type", type, errors);
        if (errors.Count > 0)
            return new Invalid(errors);
        var rows = db.Set<Template>()
            .AsNoTracking()
            .Where(row =>
                (page.After == null || row.Id < page.After)
                && (name == null || row.Name == name)
                && (byType == null || row.Type == byType)
                && (isActive == null || row.IsActive == isActive)
            )
            .OrderByDescending(row => row.Id)
            .Take(page.Limit + 1)
            .AsAsyncEnumerable();
        var filled = await page.Fill(
            rows,
            row => BytesOf(row.Subject, row.Body, row.HtmlBody, row.Translations, row.Variables),
            row => row.Id,
            http,
            cancel
        );
        return TypedResults.Ok(new Page<Document>([.. filled.Items.Select(Document.Of)], filled.NextCursor));
    }

    /// <summary>They are in the code: one page holds them all.</summary>
    public static Ok<Page<SystemDocument>> ListSystem() =>
        TypedResults.Ok(
            new Page<SystemDocument>(
                [
                    .. SystemTemplates.All.Select(template => new SystemDocument(
                        template.Name,
                        template.When,
                        template.Subject,
                        template.Body,
                        template.Variables,
                        (template as SecurityTemplate)?.Action
                    )),
                ],
                null
            )
        );

    public static async Task<Results<Ok<Document>, NotModified, Missing>> Read(
        Guid id,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    ) =>
        await db.Set<Template>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel) is not { } row
            ? NoSuchTemplate()
        : ETag.IsKnown(http, row.Version) ? new NotModified()
        : TypedResults.Ok(Document.Of(row));

    public static Task<Results<Created<Document>, Invalid, Denied, Conflicting>> Make(
        Request body,
        TemplateRequests templates,
        CancellationToken cancel
    ) => templates.Make(body, cancel);

    public static Task<Results<Ok<Document>, Invalid, Missing, Denied, Stale>> Replace(
        Guid id,
        Request body,
        TemplateRequests templates,
        CancellationToken cancel
    ) => templates.Replace(id, body, cancel);

    public static Task<Results<NoContent, Missing, Denied, Stale>> Delete(
        Guid id,
        TemplateRequests templates,
        CancellationToken cancel
    ) => templates.Delete(id, cancel);

    public static async Task<Results<Ok<Page<VersionDocument>>, Missing>> Versions(
        Guid id,
        PageRequest page,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (!await db.Set<Template>().AnyAsync(row => row.Id == id, cancel))
            return NoSuchTemplate();
        var rows = db.Set<TemplateVersion>()
            .AsNoTracking()
            .Where(row => row.TemplateId == id && (page.After == null || row.Id < page.After))
            .OrderByDescending(row => row.Id)
            .Take(page.Limit + 1)
            .AsAsyncEnumerable();
        var cut = await page.Fill(
            rows,
            row => BytesOf(row.Subject, row.Body, row.HtmlBody, row.Translations, row.Variables),
            row => row.Id,
            http,
            cancel
        );
        return TypedResults.Ok(
            new Page<VersionDocument>(
                [
                    .. cut.Items.Select(row => new VersionDocument(
                        row.Revision,
                        row.Locale,
                        row.Subject,
                        row.Body,
                        row.HtmlBody,
                        row.Translations,
                        row.Variables,
                        row.CreatedBy,
                        row.CreatedAt
                    )),
                ],
                cut.NextCursor
            )
        );
    }

    public static Task<Results<Ok<Document>, Missing, Denied, Conflicting>> Restore(
        Guid id,
        int revision,
        TemplateRequests templates,
        CancellationToken cancel
    ) => templates.Restore(id, revision, cancel);

    public static async Task<Results<Ok<PreviewResponse>, Invalid, Missing, Conflicting>> Preview(
        Guid id,
        PreviewRequest body,
        TenantDb db,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (await db.Set<Template>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel) is not { } row)
            return NoSuchTemplate();
        var known = CachedTemplate.Of(RowOf(row));
        if (known.Compiled is not { } template)
            return Problems.Conflicting($"The template cannot be used as it is: {known.Fault}.");
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        template.Check(body.TemplateVars, errors);
        if (errors.Count > 0)
            return new Invalid(errors);
        try
        {
            IReadOnlyList<string> wanted = body.Locale is { } locale ? [locale] : [];
            var parts = SystemTemplates.Find(row.Name) is SecurityTemplate security
                ? template.RenderSecurity(
                    body.TemplateVars,
                    security.Example(settings.AppBaseUrl),
                    wanted,
                    clock.GetUtcNow()
                )
                : template.Render(body.TemplateVars, wanted, clock.GetUtcNow());
            var sms = row.Type == Channel.Sms ? SmsText.Of(parts.Text ?? "") : null;
            return TypedResults.Ok(
                new PreviewResponse(parts.Subject, parts.Text, parts.Html, sms?.Encoding, sms?.Segments)
            );
        }
        catch (TemplateLimitException e)
        {
            return Problems.Invalid("template_vars", "cannot be filled in: " + e.Message);
        }
    }

    private async Task<Results<Created<Document>, Invalid, Denied, Conflicting>> Make(
        Request body,
        CancellationToken cancel
    )
    {
        var now = clock.GetUtcNow();
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (body.Name is null || !IsName(body.Name))
            errors["name"] =
            [
                "must begin with a small letter and have up to 100 small letters, digits, '_', '-' and '.'",
            ];
        if (body.Type is null)
            errors["type"] = [$"must be one of {EnumText.All<Channel>()}"];
        if (errors.Count > 0)
            return new Invalid(errors);
        if (Lacked(body.Name!) is { } lacked)
            return lacked;
        var row = new Template
        {
            TenantId = context.TenantId,
            Name = body.Name!,
            Type = body.Type!.Value,
            Locale = "en",
            CreatedAt = now,
            UpdatedAt = now,
        };
        var own = body.Locale is null ? await known.Settings(db, cancel) : null;
        if (Apply(body, row, own?.Locale, now) is { } invalid)
            return invalid;
        db.Add(row);
        db.Add(TemplateVersion.Of(row, context.SignedIn.UserId));
        audit.Add(db, row.Id);
        await db.SaveChangesAsync(cancel);
        known.Changed(context.TenantId);
        accessor.HttpContext!.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
        return TypedResults.Created($"{settings.ApiPath}/notifications/templates/{row.Id}", Document.Of(row));
    }

    private async Task<Results<Ok<Document>, Invalid, Missing, Denied, Stale>> Replace(
        Guid id,
        Request body,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        if (await Take(id, cancel) is not { } row)
            return NoSuchTemplate();
        if (Lacked(row.Name) is { } lacked)
            return lacked;
        if (!ETag.Holds(accessor.HttpContext!, row.Version))
            return new Stale();
        if (body.Name is not null && body.Name != row.Name)
            return Problems.Invalid("name", "stays: whoever sends calls the template by it");
        if (body.Type is not null && body.Type != row.Type)
            return Problems.Invalid("type", "stays: make another template");
        if (Apply(body, row, row.Locale, clock.GetUtcNow()) is { } invalid)
            return invalid;
        await Keep(row, cancel);
        await transaction.CommitAsync(cancel);
        known.Changed(context.TenantId);
        accessor.HttpContext!.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
        return TypedResults.Ok(Document.Of(row));
    }

    /// <summary>As a new wording: the one that is replaced is kept too.</summary>
    private async Task<Results<Ok<Document>, Missing, Denied, Conflicting>> Restore(
        Guid id,
        int revision,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        if (await Take(id, cancel) is not { } row)
            return NoSuchTemplate();
        if (Lacked(row.Name) is { } lacked)
            return lacked;
        if (
            await db.Set<TemplateVersion>()
                .AsNoTracking()
                .SingleOrDefaultAsync(version => version.TemplateId == id && version.Revision == revision, cancel)
            is not { } was
        )
            return Problems.Missing("The template has no such version.");
        (row.Locale, row.Subject, row.Body, row.HtmlBody, row.Translations, row.Variables) = (
            was.Locale,
            was.Subject,
            was.Body,
            was.HtmlBody,
            was.Translations,
            was.Variables
        );
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        Compile(row, SystemTemplates.Find(row.Name), clock.GetUtcNow(), errors);
        if (errors.Count > 0)
            return Problems.Conflicting(
                $"That wording is not one that this version takes: {CompiledTemplate.Told(errors)}."
            );
        await Keep(row, cancel);
        await transaction.CommitAsync(cancel);
        known.Changed(context.TenantId);
        accessor.HttpContext!.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
        return TypedResults.Ok(Document.Of(row));
    }

    private async Task<Results<NoContent, Missing, Denied, Stale>> Delete(Guid id, CancellationToken cancel)
    {
        if (await db.Set<Template>().SingleOrDefaultAsync(row => row.Id == id, cancel) is not { } row)
            return NoSuchTemplate();
        if (Lacked(row.Name) is { } lacked)
            return lacked;
        if (!ETag.Holds(accessor.HttpContext!, row.Version))
            return new Stale();
        db.Remove(row);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        known.Changed(context.TenantId);
        return TypedResults.NoContent();
    }

    private static long BytesOf(
        string? subject,
        string? body,
        string? html,
        JsonElement translations,
        JsonElement variables
    ) =>
        (subject?.Length ?? 0)
        + (body?.Length ?? 0)
        + (html?.Length ?? 0)
        + JsonMarshal.GetRawUtf8Value(translations).Length
        + JsonMarshal.GetRawUtf8Value(variables).Length;

    private async Task Keep(Template row, CancellationToken cancel)
    {
        (row.Revision, row.UpdatedAt, row.Problem, row.ProblemAt) = (row.Revision + 1, clock.GetUtcNow(), null, null);
        db.Add(TemplateVersion.Of(row, context.SignedIn.UserId));
        audit.Add(db, row.Id);
        await db.SaveChangesAsync(cancel);
    }

    private Task<Template?> Take(Guid id, CancellationToken cancel) =>
        db.Set<Template>()
            .FromSql($"SELECT *, xmin FROM notification_templates WHERE id = {id} FOR UPDATE")
            .SingleOrDefaultAsync(cancel);

    /// <summary>Writes the request into the row.</summary>
    /// <returns>what is wrong with it; null: it is parsed, and good</returns>
    private static Invalid? Apply(Request body, Template row, string? locale, DateTimeOffset now)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var system = SystemTemplates.Find(row.Name);
        if (body is { Body: not null, TextBody: not null })
            errors["text_body"] = ["is body under another name: give one of them"];
        if (Locale.Normalized(body.Locale ?? locale ?? row.Locale) is { } language)
            row.Locale = language;
        else
            errors["locale"] = ["must be a language tag, like en or de-CH"];
        (row.Subject, row.Body, row.HtmlBody, row.IsActive) = (
            body.Subject,
            body.Body ?? body.TextBody,
            body.HtmlBody,
            body.IsActive ?? true
        );
        DemandForm(row.Type, new Texts(row.Subject, row.Body, null, row.HtmlBody), "", errors);
        if (system is not null && row.Type != Channel.Email)
            errors["type"] = ["must be email: the service sends this one as a mail"];

        var translations = new Dictionary<string, TemplateTexts>(StringComparer.Ordinal);
        foreach (var (tag, texts) in body.Translations ?? new Dictionary<string, Texts>())
        {
            if (Locale.Normalized(tag) is not { } normalized || texts is null || translations.ContainsKey(normalized))
                errors[$"translations.{tag}"] = ["must be texts under a language tag, like de or de-CH, each once"];
            else
            {
                DemandForm(row.Type, texts, $"translations.{tag}.", errors);
                translations[normalized] = new TemplateTexts(
                    texts.Subject,
                    texts.Body ?? texts.TextBody,
                    texts.HtmlBody
                );
            }
        }
        if (translations.Count > MostTranslations)
            errors["translations"] = [$"must be {MostTranslations} at most"];
        row.Translations = JsonSerializer.SerializeToElement(translations, CompiledTemplate.Json);

        if (system is not null && body.Variables is not null)
            errors["variables"] = ["must be left out: the service fills this one, see templates/system"];
        CheckVariables(body.Variables ?? [], errors);
        if (errors.Count > 0)
            return new Invalid(errors);
        var variables = system?.Variables ?? body.Variables ?? UsedBy(row, translations.Values);
        row.Variables = JsonSerializer.SerializeToElement(variables, CompiledTemplate.Json);
        Compile(row, system, now, errors);
        return errors.Count == 0 ? null : new Invalid(errors);
    }

    private static void DemandForm(Channel type, Texts texts, string place, Dictionary<string, string[]> errors)
    {
        var text = texts.Body ?? texts.TextBody;
        if (type == Channel.Email && string.IsNullOrWhiteSpace(texts.Subject))
            errors[place + "subject"] = ["is needed"];
        if (type == Channel.Sms && texts.Subject is not null)
            errors[place + "subject"] = ["must be left out: an SMS has none"];
        if (type != Channel.Email && texts.HtmlBody is not null)
            errors[place + "html_body"] = ["must be left out: only a mail has one"];
        if (string.IsNullOrWhiteSpace(text) && (type != Channel.Email || string.IsNullOrWhiteSpace(texts.HtmlBody)))
            errors[place + "body"] = ["is needed"];
    }

    private static void CheckVariables(IReadOnlyList<TemplateVariable> variables, Dictionary<string, string[]> errors)
    {
        if (variables.Count > TemplateVariable.Most)
            errors["variables"] = [$"must be {TemplateVariable.Most} at most"];
        for (var i = 0; i < variables.Count; i++)
        {
            var variable = variables[i];
            if (variable?.Name is null || !TemplateVariable.IsName(variable.Name))
                errors[$"variables[{i}].name"] =
                [
                    "must begin with a small letter and have up to 64 small letters, digits and '_'",
                ];
            else if (variables.Take(i).Any(other => other?.Name == variable.Name))
                errors[$"variables[{i}].name"] = ["is there twice"];
            else if (variable.Default is { } otherwise && variable.Fault(otherwise) is { } fault)
                errors[$"variables[{i}].default"] = [fault];
            else if (variable.Description?.Length > 500)
                errors[$"variables[{i}].description"] = ["must have 500 characters at most"];
        }
    }

    /// <summary>Nobody declared any: what the texts use is what they need.</summary>
    private static IReadOnlyList<TemplateVariable> UsedBy(Template row, IEnumerable<TemplateTexts> translations) =>
        [
            .. translations
                .Append(new TemplateTexts(row.Subject, row.Body, row.HtmlBody))
                .SelectMany(texts => new[] { texts.Subject, texts.Body, texts.HtmlBody })
                .OfType<string>()
                .SelectMany(source =>
                    TemplateText.TryParse(source, out var text, out _) ? text.Variables : new HashSet<string>()
                )
                .Where(TemplateVariable.IsName)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Take(TemplateVariable.Most)
                .Select(name => new TemplateVariable(name)),
        ];

    /// <summary>Adds what is wrong with the texts. Those of the service's own mails are tried out too: nobody is there to see what is wrong when they are sent.</summary>
    private static void Compile(
        Template row,
        SystemTemplate? system,
        DateTimeOffset now,
        Dictionary<string, string[]> errors
    )
    {
        if (CompiledTemplate.TryCompile(RowOf(row), errors) is { } compiled && system is not null)
            compiled.Try(system, now, errors);
    }

    /// <summary>
    /// The service's own mails carry links that prove who follows them, or warn of a stolen session or a changed
    /// password, to Admins too. Whoever words them could hide the alarm, or ask for a password in the service's name.
    /// </summary>
    private Denied? Lacked(string name) =>
        SystemTemplates.Find(name) is not null && !context.SignedIn.May(Permissions.TemplatesSecurity)
            ? Problems.Denied(
                Problems.PermissionDenied,
                $"Needs {Permissions.TemplatesSecurity}: this template words a mail that the service sends by itself."
            )
            : null;

    private static TemplateRow RowOf(Template row) =>
        new(row.Name, row.Type, row.Locale, row.Subject, row.Body, row.HtmlBody, row.Translations, row.Variables);

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 100
        && char.IsAsciiLetterLower(text[0])
        && text.All(character =>
            char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '_' or '-' or '.'
        );

    private static Missing NoSuchTemplate() => Problems.Missing("There is no such template.");
}
