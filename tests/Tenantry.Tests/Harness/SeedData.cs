namespace Tenantry.Tests.Harness;

/// <summary>Rows for tables that no request fills by the way.</summary>
public static class SeedData
{
    /// <summary>A row in each of the tables that messages have.</summary>
    public static Task OfMessages(Service service, Guid tenant) =>
        service.Sql(
            $$"""
            INSERT INTO devices (tenant_id, id, user_id, token, created_at, updated_at) SELECT tenant_id, gen_random_uuid(), id, 'token of ' || id, now(), now() FROM users WHERE tenant_id = '{{tenant}}';
            INSERT INTO message_counts (tenant_id, day, type, country, spread, messages, segments) VALUES ('{{tenant}}', '2026-01-01', 'sms', 'CH', 0, 1, 2);
            INSERT INTO notification_suppressions (tenant_id, id, type, recipient, reason, created_at) VALUES ('{{tenant}}', gen_random_uuid(), 'email', 'gone@example.com', 'bounce', now());
            INSERT INTO notification_settings (tenant_id, locale, redact_bodies, sms_countries, sms_per_number_per_day, sms_per_country_per_day, sms_per_day)
                VALUES ('{{tenant}}', 'de-CH', false, '{CH,DE}', 5, 100, 200);
            INSERT INTO notification_templates (tenant_id, id, name, type, locale, subject, body, translations, variables, is_active, revision, created_at, updated_at)
                VALUES ('{{tenant}}', gen_random_uuid(), 'greeting', 'email', 'en', 'Hello', 'Hello', '{}', '[]', true, 1, now(), now());
            INSERT INTO notification_template_versions (tenant_id, id, template_id, revision, locale, subject, body, translations, variables, created_at)
                SELECT tenant_id, gen_random_uuid(), id, 1, 'en', 'Hello', 'Hello', '{}', '[]', now() FROM notification_templates WHERE tenant_id = '{{tenant}}';
            """
        );

    /// <summary>A row in each of the tables that files have.</summary>
    public static Task OfFiles(Service service, Guid tenant) =>
        service.Sql(
            $$"""
            INSERT INTO files (tenant_id, id, file_key, file_name, search, mime_type, file_size, sha256, metadata, tags, scan, created_at, updated_at)
                VALUES ('{{tenant}}', gen_random_uuid(), '{{tenant}}/' || gen_random_uuid(), 'A.txt', 'a.txt', 'text/plain', 1, 'x', '{"a":1}', '{t}', 'not_scanned', now(), now());
            INSERT INTO file_links (tenant_id, id, file_id, token_hash, downloads, expires_at, created_at) SELECT tenant_id, gen_random_uuid(), id, 'x', 0, now(), now() FROM files WHERE tenant_id = '{{tenant}}';
            INSERT INTO file_uploads (tenant_id, id, user_id, object_key, parts, file_name, mime_type, file_size, sha256, metadata, tags, created_at, expires_at)
                VALUES ('{{tenant}}', gen_random_uuid(), gen_random_uuid(), '{{tenant}}/' || gen_random_uuid(), 0, 'a', 'text/plain', 1, 'x', '{}', '{}', now(), now() + interval '1 hour');
            INSERT INTO resumable_uploads (tenant_id, id, user_id, file_name, file_size, metadata, tags, received, is_file, created_at, expires_at)
                VALUES ('{{tenant}}', gen_random_uuid(), gen_random_uuid(), 'a', 2, '{}', '{}', 1, false, now(), now() + interval '1 hour');
            INSERT INTO resumable_parts (tenant_id, id, upload_id, start, size, object_key) SELECT tenant_id, gen_random_uuid(), id, 0, 1, tenant_id || '/' || gen_random_uuid() FROM resumable_uploads WHERE tenant_id = '{{tenant}}';
            INSERT INTO storage_counts (tenant_id, files, bytes) VALUES ('{{tenant}}', 1, 1);
            INSERT INTO file_settings (tenant_id, refused_types, updated_at) VALUES ('{{tenant}}', '{video/*}', now());
            """
        );

    /// <summary>A head of the audit log, which is signed by the hour.</summary>
    public static Task OfAudit(Service service, Guid tenant) =>
        service.Sql(
            $"INSERT INTO audit_heads (tenant_id, id, position, hash, signed_at, key_id, jws) VALUES ('{tenant}', gen_random_uuid(), 1, 'x', now(), 'k', 'x')"
        );
}
