-- How many calls Tandem makes of a system's daily quota, whichever process makes them: a restart does not begin at zero.
CREATE TABLE "api_day" (
    "connection_id" INTEGER NOT NULL,
    "side" TEXT NOT NULL CHECK ("side" IN ('hubspot', 'klaviyo')),
    -- In the time zone in which the quota begins anew.
    "day" DATE NOT NULL,
    "calls" INTEGER NOT NULL,
    -- Tandem's part of the day; NULL where the system has not told its limit.
    "allowed" INTEGER,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "api_day_pkey" PRIMARY KEY ("connection_id", "side", "day"),
    CONSTRAINT "api_day_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connection" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
