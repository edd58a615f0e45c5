-- Returns whether a message to a recipient has not been delivered to the development mailbox yet.
--
-- Callers: DevMailbox.cs
-- Rights:  SECURITY DEFINER as tenantry_doors; EXECUTE: tenantry_serving
-- Index:   none: development only

CREATE OR REPLACE FUNCTION door_mailbox_waits(to_recipient text)
RETURNS boolean
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
SELECT EXISTS (SELECT FROM public.notification_logs n WHERE n.status IN ('queued', 'sending') AND (n.is_ready OR n.status = 'sending')
               AND (to_recipient IS NULL OR lower(n.recipient COLLATE "und-x-icu") = lower(to_recipient COLLATE "und-x-icu")))
$$;
