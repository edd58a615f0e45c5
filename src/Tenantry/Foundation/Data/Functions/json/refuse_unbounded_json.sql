-- Refuses JSON of a caller that exceeds the limit of its column, whichever statement writes it.
--
-- Callers: triggers below
-- Rights:  the caller's own; EXECUTE: tenantry_serving, tenantry_doors
-- Index:   none: no table is read

CREATE OR REPLACE FUNCTION refuse_unbounded_json()
RETURNS trigger
LANGUAGE plpgsql
SET search_path TO 'public', 'pg_temp'
AS $$
BEGIN
    RAISE EXCEPTION 'JSON in %.% is larger than % bytes, or contains a number of more than 40 digits', TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1]
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, COLUMN = TG_ARGV[0], CONSTRAINT = 'json_is_bounded';
END
$$;

CREATE OR REPLACE TRIGGER bound_metadata BEFORE UPDATE OF metadata ON file_uploads
    FOR EACH ROW
    WHEN ((NEW.metadata IS DISTINCT FROM OLD.metadata) AND (NOT json_is_bounded(NEW.metadata, 65536)))
    EXECUTE FUNCTION refuse_unbounded_json('metadata', '65536');

CREATE OR REPLACE TRIGGER bound_metadata_of_new BEFORE INSERT ON file_uploads
    FOR EACH ROW
    WHEN (NOT json_is_bounded(NEW.metadata, 65536))
    EXECUTE FUNCTION refuse_unbounded_json('metadata', '65536');

CREATE OR REPLACE TRIGGER bound_metadata BEFORE UPDATE OF metadata ON files
    FOR EACH ROW
    WHEN ((NEW.metadata IS DISTINCT FROM OLD.metadata) AND (NOT json_is_bounded(NEW.metadata, 65536)))
    EXECUTE FUNCTION refuse_unbounded_json('metadata', '65536');

CREATE OR REPLACE TRIGGER bound_metadata_of_new BEFORE INSERT ON files
    FOR EACH ROW
    WHEN (NOT json_is_bounded(NEW.metadata, 65536))
    EXECUTE FUNCTION refuse_unbounded_json('metadata', '65536');

CREATE OR REPLACE TRIGGER bound_translations BEFORE UPDATE OF translations ON notification_template_versions
    FOR EACH ROW
    WHEN ((NEW.translations IS DISTINCT FROM OLD.translations) AND (NOT json_is_bounded(NEW.translations, 2097152)))
    EXECUTE FUNCTION refuse_unbounded_json('translations', '2097152');

CREATE OR REPLACE TRIGGER bound_translations_of_new BEFORE INSERT ON notification_template_versions
    FOR EACH ROW
    WHEN (NOT json_is_bounded(NEW.translations, 2097152))
    EXECUTE FUNCTION refuse_unbounded_json('translations', '2097152');

CREATE OR REPLACE TRIGGER bound_variables BEFORE UPDATE OF variables ON notification_template_versions
    FOR EACH ROW
    WHEN ((NEW.variables IS DISTINCT FROM OLD.variables) AND (NOT json_is_bounded(NEW.variables, 2097152)))
    EXECUTE FUNCTION refuse_unbounded_json('variables', '2097152');

CREATE OR REPLACE TRIGGER bound_variables_of_new BEFORE INSERT ON notification_template_versions
    FOR EACH ROW
    WHEN (NOT json_is_bounded(NEW.variables, 2097152))
    EXECUTE FUNCTION refuse_unbounded_json('variables', '2097152');

CREATE OR REPLACE TRIGGER bound_translations BEFORE UPDATE OF translations ON notification_templates
    FOR EACH ROW
    WHEN ((NEW.translations IS DISTINCT FROM OLD.translations) AND (NOT json_is_bounded(NEW.translations, 2097152)))
    EXECUTE FUNCTION refuse_unbounded_json('translations', '2097152');

CREATE OR REPLACE TRIGGER bound_translations_of_new BEFORE INSERT ON notification_templates
    FOR EACH ROW
    WHEN (NOT json_is_bounded(NEW.translations, 2097152))
    EXECUTE FUNCTION refuse_unbounded_json('translations', '2097152');

CREATE OR REPLACE TRIGGER bound_variables BEFORE UPDATE OF variables ON notification_templates
    FOR EACH ROW
    WHEN ((NEW.variables IS DISTINCT FROM OLD.variables) AND (NOT json_is_bounded(NEW.variables, 2097152)))
    EXECUTE FUNCTION refuse_unbounded_json('variables', '2097152');

CREATE OR REPLACE TRIGGER bound_variables_of_new BEFORE INSERT ON notification_templates
    FOR EACH ROW
    WHEN (NOT json_is_bounded(NEW.variables, 2097152))
    EXECUTE FUNCTION refuse_unbounded_json('variables', '2097152');

CREATE OR REPLACE TRIGGER bound_metadata BEFORE UPDATE OF metadata ON resumable_uploads
    FOR EACH ROW
    WHEN ((NEW.metadata IS DISTINCT FROM OLD.metadata) AND (NOT json_is_bounded(NEW.metadata, 65536)))
    EXECUTE FUNCTION refuse_unbounded_json('metadata', '65536');

CREATE OR REPLACE TRIGGER bound_metadata_of_new BEFORE INSERT ON resumable_uploads
    FOR EACH ROW
    WHEN (NOT json_is_bounded(NEW.metadata, 65536))
    EXECUTE FUNCTION refuse_unbounded_json('metadata', '65536');

CREATE OR REPLACE TRIGGER bound_metadata BEFORE UPDATE OF metadata ON tenants
    FOR EACH ROW
    WHEN ((NEW.metadata IS DISTINCT FROM OLD.metadata) AND (NOT json_is_bounded(NEW.metadata, 65536)))
    EXECUTE FUNCTION refuse_unbounded_json('metadata', '65536');

CREATE OR REPLACE TRIGGER bound_metadata_of_new BEFORE INSERT ON tenants
    FOR EACH ROW
    WHEN (NOT json_is_bounded(NEW.metadata, 65536))
    EXECUTE FUNCTION refuse_unbounded_json('metadata', '65536');

CREATE OR REPLACE TRIGGER bound_metadata BEFORE UPDATE OF metadata ON users
    FOR EACH ROW
    WHEN ((NEW.metadata IS DISTINCT FROM OLD.metadata) AND (NOT json_is_bounded(NEW.metadata, 65536)))
    EXECUTE FUNCTION refuse_unbounded_json('metadata', '65536');

CREATE OR REPLACE TRIGGER bound_metadata_of_new BEFORE INSERT ON users
    FOR EACH ROW
    WHEN (NOT json_is_bounded(NEW.metadata, 65536))
    EXECUTE FUNCTION refuse_unbounded_json('metadata', '65536');
