-- Returns the form in which texts are searched, whatever the collation of the database: compatibility characters are
-- replaced (NFKD), letters of all scripts folded to one case by ICU, accents and invisible characters removed, and
-- Latin letters that Unicode does not decompose replaced by those that people type. The form of a form is itself.
--
-- Callers: ListUsers.cs, SearchKeys.cs, TenantDb.cs; door_list_tenants.sql, fill_search_key.sql
-- Rights:  the caller's own; EXECUTE: tenantry_serving, tenantry_doors
-- Index:   none: no table is read

-- Without SET, so that the planner can put the expression into the statement. The names in it are bound here, not when
-- it is called.
CREATE OR REPLACE FUNCTION search_key(value text)
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN octet_length(value) = char_length(value) THEN lower(value COLLATE "C")
    ELSE normalize(
        regexp_replace(
            replace(replace(replace(
                translate(
                    -- The first lower() is for capitals such as ẞ, which are their own upper case and fold to "ss".
                    lower(upper(lower(normalize(value, NFKD) COLLATE "und-x-icu"))),
                    'łđøħŧıςðŋ', 'ldohtiσdn'),
                'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
            -- Accents of Latin, Greek, Cyrillic, Hebrew and Arabic; joiners, directions, selectors. Vowel signs of other
            -- scripts are letters of their words, and stay.
            '[\u00AD\u0300-\u036F\u0483-\u0489\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u0897-\u089F\u08CA-\u08E1\u08E3-\u08FF\u180B-\u180F\u1AB0-\u1AFF\u1DC0-\u1DFF\u200B-\u200F\u202A-\u202E\u2060-\u206F\u20D0-\u20FF\uFE00-\uFE0F\uFE20-\uFE2F\uFEFF]+',
            '', 'g'),
        NFC) COLLATE "C"
END;
