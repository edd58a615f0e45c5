using System.Text.Json;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>
/// An e-mail that the service sends by itself. A tenant replaces its texts with a template of the same name.
/// </summary>
/// <param name="Name">its name</param>
/// <param name="When">the event after which it is sent</param>
/// <param name="Subject">Liquid</param>
/// <param name="Body">Liquid</param>
/// <param name="Variables">the variables of its texts</param>
public record SystemTemplate(
    string Name,
    string When,
    string Subject,
    string Body,
    IReadOnlyList<TemplateVariable> Variables
)
{
    /// <summary>Values to test a template with: a text that fails with these would fail with others.</summary>
    private static readonly JsonElement Sample = JsonElement.Parse(
        """
        {"tenant_name":"Example","first_name":"Ada","device":"Firefox on Linux","address":"192.0.2.1","time":"2026-01-31 08:00 UTC"}
        """
    );

    // Lazy: the compiler reads the list of all system templates, which contains this one.
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

    /// <summary>Values for all variables, and for the required ones alone.</summary>
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
/// An e-mail with a link or code that proves its reader's identity. Its templates mark the place of the link or code
/// with
/// <c>{{ action }}</c>, and have no variables but names: see <see cref="ActionText"/>.
/// </summary>
/// <param name="Name">its name</param>
/// <param name="When">the event after which it is sent</param>
/// <param name="Subject">Liquid</param>
/// <param name="Body">Liquid, with the place of the action</param>
/// <param name="Action">whether it contains a link or a code</param>
public sealed record SecurityTemplate(string Name, string When, string Subject, string Body, ActionKind Action)
    : SystemTemplate(Name, When, Subject, Body, SystemTemplates.Names)
{
    /// <summary>An example to preview a template with: the real link or code is shown to the recipient alone.</summary>
    public MailAction Example(Uri installation) =>
        new(Action, Action == ActionKind.Link ? new Uri(installation, "/example?token=example").ToString() : "123456");
}

/// <summary>All e-mails that the service sends by itself.</summary>
public static class SystemTemplates
{
    private const string Greeting = "{% if first_name %}Hello {{ first_name }},{% else %}Hello,{% endif %}\n\n";

    private static readonly TemplateVariable Tenant = Text("tenant_name", "The display name of the tenant.");
    private static readonly TemplateVariable FirstName = new(
        "first_name",
        VariableType.String,
        false,
        null,
        "The first name of the user, if it is known."
    );

    /// <summary>The only variables of a security mail.</summary>
    internal static readonly IReadOnlyList<TemplateVariable> Names = [Tenant, FirstName];

    public static readonly SecurityTemplate VerifyEmail = new(
        "verify_email",
        "A user must confirm an e-mail address.",
        "Confirm your e-mail address for {{ tenant_name }}",
        Greeting
            + """
            Please confirm that this e-mail address belongs to you. The link is valid for 24 hours:

            {{ action }}

            If you did not create an account at {{ tenant_name }}, you can ignore this e-mail.
            """,
        ActionKind.Link
    );

    public static readonly SystemTemplate AddressTaken = new(
        "address_taken",
        "A person registered with an e-mail address that already has an account.",
        "Your account at {{ tenant_name }}",
        """
        Hello,

        You, or someone else, tried to create an account at {{ tenant_name }} with this e-mail address. You already have an account: please sign in with your password.

        If this was not you, you do not need to do anything.
        """,
        [Tenant]
    );

    public static readonly SecurityTemplate PasswordReset = new(
        "password_reset",
        "A person requested a password reset.",
        "Reset your password for {{ tenant_name }}",
        Greeting
            + """
            You, or someone else, asked to reset your password at {{ tenant_name }}. Choose a new password here. The link is valid for one hour:

            {{ action }}

            If this was not you, you do not need to do anything. Your password has not changed.
            """,
        ActionKind.Link
    );

    public static readonly SecurityTemplate SetPassword = new(
        "set_password",
        "A user who has no password needs one.",
        "Set your password for {{ tenant_name }}",
        Greeting
            + """
            Your account at {{ tenant_name }} has no password. Set one here. The link is valid for one hour:

            {{ action }}

            If you do not want to use the account, you can ignore this e-mail.
            """,
        ActionKind.Link
    );

    public static readonly SecurityTemplate EmailChange = new(
        "email_change",
        "A user wants to change to another e-mail address. It is sent to the new address.",
        "Confirm your new e-mail address for {{ tenant_name }}",
        Greeting
            + """
            You, or someone else, asked to use this e-mail address for an account at {{ tenant_name }}. Confirm it here. The link is valid for 24 hours:

            {{ action }}

            If this was not you, you can ignore this e-mail. Nothing has changed.
            """,
        ActionKind.Link
    );

    public static readonly SecurityTemplate EmailChanged = new(
        "email_changed",
        "A user changed to another e-mail address. It is sent to the former address.",
        "Your e-mail address at {{ tenant_name }} was changed",
        Greeting
            + """
            Your account at {{ tenant_name }} has just changed to another e-mail address. If this was you, you do not need to do anything.

            If this was not you, someone else may have access to your account. Undo the change here within seven days. It ends all sessions, and you set a new password:

            {{ action }}
            """,
        ActionKind.Link
    );

    public static readonly SystemTemplate EmailReplaced = new(
        "email_replaced",
        "An administrator changed the e-mail address of a user. It is sent to the former address.",
        "Your e-mail address at {{ tenant_name }} was changed",
        Greeting
            + """
            An administrator of {{ tenant_name }} has changed the e-mail address of your account. You have been signed out on all devices.

            If you did not expect this, please contact {{ tenant_name }}.
            """,
        [Tenant, FirstName]
    );

    public static readonly SystemTemplate PasswordChanged = new(
        "password_changed",
        "A user's password was changed.",
        "Your password at {{ tenant_name }} was changed",
        Greeting
            + """
            Your password at {{ tenant_name }} has just been changed, and you have been signed out on all other devices.

            If this was not you, someone else may have access to your account. Please contact your administrator immediately.
            """,
        [Tenant, FirstName]
    );

    public static readonly SystemTemplate SessionReused = new(
        "session_reused",
        "A refresh token was reused, and its session was revoked.",
        "You have been signed out of {{ tenant_name }}",
        Greeting
            + """
            One of your sessions at {{ tenant_name }} was used in two places at once. Someone may have copied it, so we have ended that session. Please sign in again.

            If you receive this message often, please change your password.
            """,
        [Tenant, FirstName]
    );

    public static readonly SystemTemplate AccountDeleted = new(
        "account_deleted",
        "A user deleted their own account.",
        "Your account at {{ tenant_name }} has been deleted",
        Greeting
            + """
            Your account at {{ tenant_name }} has just been deleted, as you requested. You have been signed out on all devices.

            If this was not you, please contact {{ tenant_name }}.
            """,
        [Tenant, FirstName]
    );

    public static readonly SystemTemplate NewDevice = new(
        "new_device",
        "A user signed in from a new device, and the tenant has this message switched on.",
        "New sign-in at {{ tenant_name }}",
        Greeting
            + """
            Your account at {{ tenant_name }} was used to sign in from a new device:

            {{ device }}
            from {{ address }}, {{ time }}

            If this was you, you do not need to do anything. If it was not you, please change your password immediately. This ends all sessions.
            """,
        [
            Tenant,
            FirstName,
            Text("device", "Browser and system of the device, as the service knows them."),
            Text("address", "The IP address of the device."),
            Text("time", "The time of the sign-in, in UTC."),
        ]
    );

    public static readonly SecurityTemplate Invitation = new(
        "invitation",
        "A user is invited.",
        "You are invited to {{ tenant_name }}",
        Greeting
            + """
            You are invited to join {{ tenant_name }}. Choose your password here. The link is valid for seven days:

            {{ action }}

            If you did not expect this invitation, you can ignore this e-mail.
            """,
        ActionKind.Link
    );

    public static readonly IReadOnlyList<SystemTemplate> All =
    [
        VerifyEmail,
        AddressTaken,
        PasswordReset,
        SetPassword,
        EmailChange,
        EmailChanged,
        EmailReplaced,
        PasswordChanged,
        SessionReused,
        AccountDeleted,
        NewDevice,
        Invitation,
    ];

    public static SystemTemplate? Find(string name) => All.FirstOrDefault(template => template.Name == name);

    private static TemplateVariable Text(string name, string description) =>
        new(name, VariableType.String, true, null, description);
}
