import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import type { Held } from "./postmaster.ts";
import { embeddedUrl } from "./postmaster.ts";
import { DATABASE_PATIENCE } from "./timed-client.ts";

/** The role that Tandem works as. It owns the database and is no superuser, so it reads no file and runs no program. */
const RUN_ROLE = "tandem_app";

const PASSWORD_FILE = "tandem_app.password";

/** What the role may do beyond its own database; see `EmbeddedOptions`. */
interface RoleRights {
  readonly careless?: boolean;
  readonly makesDatabases?: boolean;
}

/** Two processes may start on one folder at the same moment. */
const PREPARING_LOCK = 7_263_364;

/**
 * Makes the database `tandem` and the role that owns it, where they are not there. What an earlier version made as the
 * superuser is given to that role.
 *
 * @returns the address at which Tandem works
 */
export async function prepareDatabase(held: Held, data: string, rights: RoleRights): Promise<string> {
  const { connection } = held;
  await connection.query("SELECT pg_advisory_lock($1)", [PREPARING_LOCK]);
  try {
    const password = await runPassword(data);
    await makeRole(connection, password, rights);
    const there = await connection.query("SELECT FROM pg_database WHERE datname = 'tandem'");
    await connection.query(
      there.rowCount === 0
        ? `CREATE DATABASE tandem OWNER ${RUN_ROLE}`
        : `ALTER DATABASE tandem OWNER TO ${RUN_ROLE}`,
    );
    if (there.rowCount !== 0) await giveAll(held);
    return embeddedUrl({ ...held, password }, "tandem", RUN_ROLE);
  } finally {
    await connection.query("SELECT pg_advisory_unlock($1)", [PREPARING_LOCK]);
  }
}

/** Kept beside the superuser's, and as unreadable to others. */
async function runPassword(data: string): Promise<string> {
  const path = join(data, PASSWORD_FILE);
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    const password = randomBytes(18).toString("base64url");
    await writeFile(path, `${password}\n`, { mode: 0o600 });
    return password;
  }
}

async function makeRole(
  connection: Client,
  password: string,
  { careless, makesDatabases }: RoleRights,
): Promise<void> {
  const { rowCount } = await connection.query("SELECT FROM pg_roles WHERE rolname = $1", [RUN_ROLE]);
  const databases = makesDatabases === true ? "CREATEDB" : "NOCREATEDB";
  const options = `LOGIN NOSUPERUSER NOCREATEROLE ${databases} PASSWORD ${connection.escapeLiteral(password)}`;
  await connection.query(`${rowCount === 0 ? "CREATE" : "ALTER"} ROLE ${RUN_ROLE} ${options}`);
  // Tests restore a database with its triggers off.
  if (careless === true)
    await connection.query(`GRANT SET ON PARAMETER session_replication_role TO ${RUN_ROLE}`);
}

/** Gives the role everything in the database that the superuser owns and PostgreSQL itself did not make. */
async function giveAll(held: Held): Promise<void> {
  const client = new Client({
    connectionString: embeddedUrl(held, "tandem"),
    connectionTimeoutMillis: DATABASE_PATIENCE.connectMs,
    query_timeout: DATABASE_PATIENCE.longMs,
  });
  await client.connect();
  try {
    const { rows } = await client.query<{ statement: string }>(OWNED_BY_SUPERUSER);
    for (const { statement } of rows) await client.query(`${statement} OWNER TO ${RUN_ROLE}`);
  } finally {
    await client.end();
  }
}

/** A sequence of a column, and a type of a table, follow their table. */
const OWNED_BY_SUPERUSER = `
  WITH own AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
  )
  SELECT format('ALTER SCHEMA %I', nspname) AS statement FROM own JOIN pg_namespace USING (oid, nspname)
  WHERE nspowner = current_user::regrole
  UNION ALL
  SELECT format('ALTER %s %I.%I', CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, nspname, relname)
  FROM pg_class JOIN own ON own.oid = relnamespace
  WHERE relowner = current_user::regrole AND relkind IN ('r', 'p', 'v', 'S')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('a', 'i') AND relkind = 'S')
  UNION ALL
  SELECT format('ALTER ROUTINE %s', pg_proc.oid::regprocedure) FROM pg_proc JOIN own ON own.oid = pronamespace
  WHERE proowner = current_user::regrole
  UNION ALL
  SELECT format('ALTER TYPE %I.%I', nspname, typname) FROM pg_type JOIN own ON own.oid = typnamespace
  WHERE typowner = current_user::regrole AND typtype IN ('e', 'd')`;
