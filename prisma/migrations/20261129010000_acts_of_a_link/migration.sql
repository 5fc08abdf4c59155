-- A contact's history shows what people did about it; the audit names contacts by their numbers.
CREATE INDEX audit_of_link ON audit USING gin (string_to_array(about ->> 'links', ' '));
