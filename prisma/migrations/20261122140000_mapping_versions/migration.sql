-- Every mapping that was at work, as it stood in the file: a valid mapping holds no secret.

CREATE TABLE mapping_version (
  connection_id int NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  version       int NOT NULL,
  -- Of what decides values and scope: two versions with one hash differ in schedule, limits or words only.
  hash          text NOT NULL,
  source        text NOT NULL,
  loaded_at     timestamptz(3) NOT NULL,
  PRIMARY KEY (connection_id, version)
);
