-- When each lane of a connection last began, whichever process ran it, by the database's own clock. Whether a lane is due
-- is decided from this, so that what was missed while nobody ran is caught up once.
CREATE TABLE "lane_start" (
    "connection_id" INTEGER NOT NULL,
    "lane" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lane_start_pkey" PRIMARY KEY ("connection_id", "lane"),
    CONSTRAINT "lane_start_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connection" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
