-- Notes of a contact that are nothing of ours. Tandem reads each of them once, when it looks for its own before it makes one.
ALTER TABLE engagement_contact ADD COLUMN others text[] NOT NULL DEFAULT '{}';

-- Which of our own entries a reference of the sink stands for.
CREATE INDEX engagement_reference ON engagement (connection_id, reference) WHERE reference IS NOT NULL;
