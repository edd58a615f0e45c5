-- Returns the newest messages in the development mailbox, and none of another transport.
--
-- Callers: DevMailbox.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   ix_notification_logs_mailbox

CREATE OR REPLACE FUNCTION read_development_mailbox(to_recipient text, take integer)
RETURNS TABLE (
    tenant_id uuid,
    id uuid,
    recipient text,
    type text,
    subject text,
    body text,
    html_body text,
    sealed_text bytea,
    created_at timestamptz)
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
SELECT n.tenant_id, n.id, n.recipient, n.type, n.subject, n.body, n.html_body, n.sealed_text, n.created_at
FROM public.notification_logs n
WHERE n.transport = 'mailbox' AND n.status = 'sent' AND (to_recipient IS NULL OR lower(n.recipient COLLATE "und-x-icu") = lower(to_recipient COLLATE "und-x-icu"))
ORDER BY n.created_at DESC, n.id DESC
LIMIT take
$$;
