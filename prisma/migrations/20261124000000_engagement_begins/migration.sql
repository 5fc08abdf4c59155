-- Since when what people do is read, by kind. Klaviyo has no metric before its first event: a metric that shows later
-- begins where its kind began, so that the event it shows with is read too.
CREATE TABLE engagement_begin (
  connection_id integer NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  kind text NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (connection_id, kind)
);

INSERT INTO engagement_begin (connection_id, kind, at)
SELECT connection_id, kind, min(floor) FROM engagement_stream GROUP BY connection_id, kind;
