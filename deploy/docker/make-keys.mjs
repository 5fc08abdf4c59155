// Makes what only this installation knows, once: its key, the database's password and the first password of the status
// page. What is there stays. Argument: the folder, which Tandem and the database read and nobody else.
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder = "/keys"] = process.argv.slice(2);
const random = () => randomBytes(24).toString("base64url");
const password = random();
const files = {
  secret_key: randomBytes(32).toString("base64"),
  admin_password: random(),
  database_password: password,
  database_url: `postgres://tandem:${password}@database:5432/tandem`,
};

// The address holds the database's password: both are made together or not at all.
const made = Object.keys(files).filter((name) => !existsSync(join(folder, name)));
if (made.includes("database_url") !== made.includes("database_password")) {
  process.stderr.write(`${folder} has one of database_url and database_password and lacks the other.\n`);
  process.stderr.write("  fix: Restore both from the backup of this folder.\n");
  process.exit(78);
}
for (const name of made) writeFileSync(join(folder, name), files[name], { mode: 0o644, flag: "wx" });
if (made.includes("admin_password"))
  process.stdout.write(
    `Sign in on the status page as admin with: ${files.admin_password}\nBack up ${folder}: without it the database cannot be opened.\n`,
  );
