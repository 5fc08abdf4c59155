import { defineConfig } from "prisma/config";

// Generating uses no schema engine, but Prisma would download one first, which closed networks cannot. Any program will
// do in its place. `migrate` is left alone: whoever runs that needs the real one.
if (process.argv.includes("generate")) process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= process.execPath;

/** For `prisma generate`, and for those who run `prisma migrate deploy` themselves; Tandem migrates at start. */
export default defineConfig({
  schema: "schema.prisma",
  migrations: { path: "migrations" },
  datasource: { url: process.env["DATABASE_URL"] ?? "" },
});
