using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>By what a message goes.</summary>
public enum Channel
{
    Email,
    Sms,
    Push,
}

/// <summary>
/// How a tenant words a message that it sends more than once. Under the name of a system template it replaces that one.
/// </summary>
public sealed class Template : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>What senders call it by, for ever.</summary>
    [Audited]
    public required string Name { get; init; }

    [Audited]
    public required Channel Type { get; init; }

    /// <summary>The language of <see cref="Body"/>; others stand in <see cref="Translations"/>.</summary>
    public required string Locale { get; set; }

    [Audited]
    public string? Subject { get; set; }

    /// <summary>As text.</summary>
    public string? Body { get; set; }
    public string? HtmlBody { get; set; }

    /// <summary>By language tag, the same three parts.</summary>
    [CallersJson(CallersJsonAttribute.Texts)]
    public JsonElement Translations { get; set; }

    /// <summary>A list of what it can be filled with.</summary>
    [CallersJson(CallersJsonAttribute.Texts)]
    public JsonElement Variables { get; set; }

    [Audited]
    public bool IsActive { get; set; } = true;

    /// <summary>Counts the changes; each is kept as a <see cref="TemplateVersion"/>.</summary>
    [Audited]
    public int Revision { get; set; } = 1;

    /// <summary>
    /// Why a mail of the service went out in the service's own words instead. Null: none did since this wording was
    /// written.
    /// </summary>
    public string? Problem { get; set; }

    /// <summary>When that was found last; to the hour.</summary>
    public DateTimeOffset? ProblemAt { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public uint Version { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Template>
    {
        public void Configure(EntityTypeBuilder<Template> template)
        {
            template.ToTable("notification_templates");
            template
                .Property(t => t.Type)
                .HasConversion(channel => EnumText.ToText(channel), text => EnumText.Parse<Channel>(text));
            template
                .HasIndex(t => new { t.TenantId, t.Name })
                .IsUniqueWithConflict(
                    "ux_notification_templates_name",
                    "name",
                    "A template with this name already exists."
                );
            template.Property(t => t.Version).IsRowVersion();
        }
    }
}

/// <summary>How a template was worded once. Never changed.</summary>
public sealed class TemplateVersion : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid TemplateId { get; init; }
    public required int Revision { get; init; }
    public required string Locale { get; init; }
    public string? Subject { get; init; }
    public string? Body { get; init; }
    public string? HtmlBody { get; init; }

    [CallersJson(CallersJsonAttribute.Texts)]
    public required JsonElement Translations { get; init; }

    [CallersJson(CallersJsonAttribute.Texts)]
    public required JsonElement Variables { get; init; }

    /// <summary>Who worded it so.</summary>
    public Guid? CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The template as it is now.</summary>
    public static TemplateVersion Of(Template template, Guid? by) =>
        new()
        {
            TenantId = template.TenantId,
            TemplateId = template.Id,
            Revision = template.Revision,
            Locale = template.Locale,
            Subject = template.Subject,
            Body = template.Body,
            HtmlBody = template.HtmlBody,
            Translations = template.Translations,
            Variables = template.Variables,
            CreatedBy = by,
            CreatedAt = template.UpdatedAt,
        };

    private sealed class Mapping : IEntityTypeConfiguration<TemplateVersion>
    {
        public void Configure(EntityTypeBuilder<TemplateVersion> version)
        {
            version.ToTable("notification_template_versions").GrantToServingRole("SELECT, INSERT, DELETE");
            version
                .HasIndex(v => new
                {
                    v.TenantId,
                    v.TemplateId,
                    v.Revision,
                })
                .IsUnique()
                .HasDatabaseName("ux_notification_template_versions_revision");
            version
                .HasOne<Template>()
                .WithMany()
                .HasForeignKey(v => new { v.TenantId, v.TemplateId })
                .OnDelete(DeleteBehavior.Cascade);
        }
    }
}
