using System.Text.Json;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>
/// A mail that the service sends by itself. A tenant words it otherwise by a template of the same name.
/// </summary>
/// <param name="Name">of it</param>
/// <param name="When">it is sent</param>
/// <param name="Subject">Liquid</param>
/// <param name="Body">Liquid</param>
/// <param name="Variables">what it is filled with</param>
public record SystemTemplate(
    string Name,
    string When,
    string Subject,
    string Body,
    IReadOnlyList<TemplateVariable> Variables
)
{
    /// <summary>Values for trying out a wording: one that fails with these would fail with others.</summary>
    private static readonly JsonElement Sample = JsonElement.Parse(
        """
        {"tenant_name":"Example","first_name":"Ada","device":"Firefox on Linux","address":"192.0.2.1","time":"2026-01-31 08:00 UTC"}
        """
    );

    // Not at once: the compiler asks for the list of all, of which this is one.
    private readonly Lazy<CompiledTemplate> compiled = new(() =>
        CompiledTemplate.Of(
            new TemplateRow(
                Name,
                Channel.Email,
                "en",
                Subject,
                Body,
                null,
                default,
                JsonSerializer.SerializeToElement(Variables, CompiledTemplate.Json)
            )
        )
    );

    public CompiledTemplate Compiled => compiled.Value;

    /// <summary>With all of its values, and with those alone that are always there.</summary>
    internal IEnumerable<IReadOnlyDictionary<string, JsonElement>> Samples =>
        [
            Variables.ToDictionary(
                variable => variable.Name,
                variable => Sample.GetProperty(variable.Name),
                StringComparer.Ordinal
            ),
            Variables
                .Where(variable => variable.Required)
                .ToDictionary(
                    variable => variable.Name,
                    variable => Sample.GetProperty(variable.Name),
                    StringComparer.Ordinal
                ),
        ];
}

/// <summary>
/// One that carries a link or a code which proves who its reader is. Its templates say where that stands, as <c>{{
/// action }}</c>, and know nothing but names: see <see cref="ActionText"/>.
/// </summary>
/// <param name="Name">of it</param>
/// <param name="When">it is sent</param>
/// <param name="Subject">Liquid</param>
/// <param name="Body">Liquid, with the place of the action</param>
/// <param name="Action">what it asks for</param>
public sealed record SecurityTemplate(string Name, string When, string Subject, string Body, ActionKind Action)
    : SystemTemplate(Name, When, Subject, Body, SystemTemplates.Names)
{
    /// <summary>In place of the one that only its recipient sees.</summary>
    public MailAction Example(Uri installation) =>
        new(Action, Action == ActionKind.Link ? new Uri(installation, "/example?token=example").ToString() : "123456");
}

/// <summary>All mails that the service sends by itself.</summary>
public static class SystemTemplates
{
    private const string Greeting = "{% if first_name %}Hello {{ first_name }},{% else %}Hello,{% endif %}\n\n";

    private static readonly TemplateVariable Tenant = new(
        "tenant_name",
        VariableType.String,
        true,
        null,
        "Of the tenant, as people read it."
    );
    private static readonly TemplateVariable FirstName = new(
        "first_name",
        VariableType.String,
        false,
        null,
        "Of the user, where it is known."
    );

    /// <summary>All that the texts of a security mail may be filled with.</summary>
    internal static readonly IReadOnlyList<TemplateVariable> Names = [Tenant, FirstName];

    public static readonly SecurityTemplate VerifyEmail = new(
        "verify_email",
        "An address has to be confirmed.",
        "Your address at {{ tenant_name }}",
        Greeting
            + """
            please confirm that this address is yours; the link is good for 24 hours:

            {{ action }}

            If you did not ask for an account at {{ tenant_name }}, ignore this.
            """,
        ActionKind.Link
    );

    public static readonly SystemTemplate AddressTaken = new(
        "address_taken",
        "Somebody registered with an address that has an account.",
        "Your account at {{ tenant_name }}",
        """
        Hello,

        somebody, perhaps you, asked for an account at {{ tenant_name }} with this address. You have one already: sign in with your password.

        If it was not you, nothing needs to be done.
        """,
        [Tenant]
    );

    public static readonly SecurityTemplate PasswordReset = new(
        "password_reset",
        "Somebody asked for a new password.",
        "A new password for {{ tenant_name }}",
        Greeting
            + """
            somebody, perhaps you, asked for a new password at {{ tenant_name }}. Choose it here; the link is good for an hour:

            {{ action }}

            If it was not you, nothing needs to be done: your password stays as it is.
            """,
        ActionKind.Link
    );

    public static readonly SystemTemplate PasswordChanged = new(
        "password_changed",
        "A password was changed.",
        "Your password at {{ tenant_name }} was changed",
        Greeting
            + """
            your password at {{ tenant_name }} was changed just now, and you were signed out everywhere else.

            If it was not you, somebody knows your password: ask your administrator for help at once.
            """,
        [Tenant, FirstName]
    );

    public static readonly SystemTemplate SessionReused = new(
        "session_reused",
        "A refresh token was used twice.",
        "You were signed out at {{ tenant_name }}",
        Greeting
            + """
            a sign-in of yours at {{ tenant_name }} was used from two places in a way that one person's devices do not do. In case somebody copied it, it has been ended. Please sign in again.

            If you see this often, change your password.
            """,
        [Tenant, FirstName]
    );

    public static readonly SystemTemplate AccountDeleted = new(
        "account_deleted",
        "A user deleted the own account.",
        "Your account at {{ tenant_name }} is deleted",
        Greeting
            + """
            your account at {{ tenant_name }} was deleted just now, as you asked. You are signed out everywhere.

            If it was not you, ask the people at {{ tenant_name }} for help.
            """,
        [Tenant, FirstName]
    );

    public static readonly SystemTemplate NewDevice = new(
        "new_device",
        "Somebody signed in from a device that is new, where the tenant wants that told.",
        "A new sign-in at {{ tenant_name }}",
        Greeting
            + """
            somebody signed in at {{ tenant_name }} with your password, from a device that you have not used before:

            {{ device }}
            from {{ address }}, {{ time }}

            If it was you, nothing needs to be done. If not, choose a new password at once: that signs everybody out.
            """,
        [
            Tenant,
            FirstName,
            new("device", VariableType.String, true, null, "As the browser describes itself."),
            new("address", VariableType.String, true, null, "Of the network."),
            new("time", VariableType.String, true, null, "In UTC."),
        ]
    );

    public static readonly SecurityTemplate Invitation = new(
        "invitation",
        "Somebody is invited.",
        "You are invited to {{ tenant_name }}",
        Greeting
            + """
            you are invited to {{ tenant_name }}. Choose your password here; the link is good for seven days:

            {{ action }}

            If you did not expect this, ignore it.
            """,
        ActionKind.Link
    );

    public static readonly IReadOnlyList<SystemTemplate> All =
    [
        VerifyEmail,
        AddressTaken,
        PasswordReset,
        PasswordChanged,
        SessionReused,
        AccountDeleted,
        NewDevice,
        Invitation,
    ];

    public static SystemTemplate? Find(string name) => All.FirstOrDefault(template => template.Name == name);
}
