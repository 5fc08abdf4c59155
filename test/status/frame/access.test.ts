import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readAccess } from "../../../src/status/frame/access/access.ts";
import { passwordProblem } from "../../../src/status/frame/access/password-strength.ts";
import { usersFileInTheOpen } from "../../../src/status/frame/access/users-file.ts";
import { trustedProxy } from "../../../src/status/frame/access/trusted-proxy.ts";
import { hashPassword } from "../../../src/status/frame/access/password.ts";

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "tandem-users-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "users");
  writeFileSync(path, text);
  return path;
}

const OIDC = {
  TANDEM_OIDC_ISSUER: "https://id.example.com",
  TANDEM_OIDC_CLIENT_ID: "tandem",
  TANDEM_OIDC_CLIENT_SECRET: "s",
  TANDEM_PUBLIC_URL: "https://tandem.example.com",
};

test("without any setting nobody is asked who they are", () => {
  expect(readAccess({}).open).toBe(true);
  expect(readAccess({ TANDEM_ADMIN_PASSWORD: "long enough it is" }).open).toBe(false);
});

test.each([
  ["an empty password", () => ({ TANDEM_ADMIN_PASSWORD: "" })],
  ["an empty users file", () => ({ TANDEM_USERS_FILE: file("") })],
  ["a users file of remarks", () => ({ TANDEM_USERS_FILE: file("# nobody yet\n\n") })],
  ["no name of a users file", () => ({ TANDEM_USERS_FILE: "" })],
  ["an empty issuer", () => ({ TANDEM_OIDC_ISSUER: "" })],
  [
    "OIDC settings without an issuer",
    () => ({ ...OIDC, TANDEM_OIDC_ISSUER: "", TANDEM_OIDC_ADMINS: "@a.example" }),
  ],
  ["one person for OIDC and nothing else", () => ({ TANDEM_OIDC_ADMINS: "ann@example.com" })],
  ["an address for people and no way in", () => ({ TANDEM_PUBLIC_URL: "https://tandem.example.com" })],
  [
    "OIDC settings without an issuer beside a password",
    () => ({ TANDEM_ADMIN_PASSWORD: "long enough it is", TANDEM_OIDC_CLIENT_ID: "tandem" }),
  ],
])("%s leaves no page open, and is told with its fix", (_name, env) => {
  expect(() => readAccess(env())).toThrow(/\n {2}fix: /);
});

test("one setting that is empty is no mistake where somebody can sign in", () => {
  const env = { TANDEM_ADMIN_PASSWORD: "long enough it is", TANDEM_OIDC_ISSUER: "", TANDEM_USERS_FILE: "" };
  expect(readAccess(env).open).toBe(false);
});

test("a users file names people with their roles, beside remarks and empty lines", async () => {
  const hash = await hashPassword("a password for all");
  const path = file(`# people\n\nann operator ${hash}\nbob viewer ${hash}\n`);
  const { users } = readAccess({ TANDEM_USERS_FILE: path });
  expect(users()).toEqual([
    { name: "ann", role: "operator", hash },
    { name: "bob", role: "viewer", hash },
  ]);
});

test("what cannot be used is told with its fix, and no secret is repeated", async () => {
  const hash = await hashPassword("a password for all");
  const wrong = {
    short: { TANDEM_ADMIN_PASSWORD: "hunter2" },
    gone: { TANDEM_USERS_FILE: "/nowhere/users" },
    role: { TANDEM_USERS_FILE: file(`ann boss ${hash}`) },
    plain: { TANDEM_USERS_FILE: file("ann admin hunter2-in-the-open") },
    twice: { TANDEM_USERS_FILE: file(`ann admin ${hash}\nann viewer ${hash}`) },
    half: { TANDEM_OIDC_ISSUER: "https://id.example.com" },
    nobody: OIDC,
    path: { TANDEM_PUBLIC_URL: "https://example.com/tandem" },
    proxy: { TANDEM_ADMIN_PASSWORD: "long enough it is", TANDEM_TRUSTED_PROXY: "proxy.example.com" },
    everybody: { TANDEM_ADMIN_PASSWORD: "long enough it is", TANDEM_TRUSTED_PROXY: "0.0.0.0/0" },
    long: { TANDEM_ADMIN_PASSWORD: "a b".repeat(400) },
    breached: { TANDEM_ADMIN_PASSWORD: "Password2024!" },
    repeated: { TANDEM_ADMIN_PASSWORD: "abcabcabcabcabc" },
    key: { TANDEM_SECRET_KEY: "0Zx4mB7qTn2vLc9wRd5yKs8hJf3gPa6" },
    plainKey: { TANDEM_SECRET_KEY: "change-me".repeat(5).slice(0, 9).padEnd(40, "e") },
    nowhere: { ...OIDC, TANDEM_OIDC_ADMINS: "@a.example", TANDEM_PUBLIC_URL: undefined },
    shared: {
      ...OIDC,
      TANDEM_OIDC_ISSUER: "https://login.microsoftonline.com/common/v2.0",
      TANDEM_OIDC_ADMINS: "@a.example",
      TANDEM_OIDC_TRUST_EMAIL: "true",
    },
    trust: { ...OIDC, TANDEM_OIDC_ADMINS: "@a.example", TANDEM_OIDC_TRUST_EMAIL: "maybe" },
    network: { TANDEM_ADMIN_PASSWORD: "long enough it is", TANDEM_TRUSTED_PROXY: "10.0.0.0/33" },
    script: { TANDEM_PUBLIC_URL: "javascript:alert(1)" },
  };
  for (const env of Object.values(wrong)) expect(() => readAccess(env)).toThrow(/\n {2}fix: /);
  for (const env of [wrong.short, wrong.plain]) expect(() => readAccess(env)).not.toThrow(/hunter2/);
});

test.each(["correct horse battery", "ünïcødé wörds", "           x"])(
  "the password %j may be used",
  (password) => expect(passwordProblem(password)).toBeNull(),
);

test.each([
  ["short", "shorter than 12 characters"],
  ["😀😀😀😀😀😀", "shorter than 12 characters"],
  ["123456789012", "digits only"],
  ["qwerty123456", "breached"],
  ["!!Password1234", "breached"],
  ["zzzzzzzzzzzzzz", "repeats"],
])("the password %j: %s", (password, problem) => {
  expect(passwordProblem(password)).toContain(problem);
});

test("a users file that others can read is warned of", () => {
  const path = file("");
  chmodSync(path, 0o600);
  expect(usersFileInTheOpen({ TANDEM_USERS_FILE: path })).toBeNull();
  chmodSync(path, 0o644);
  expect(usersFileInTheOpen({ TANDEM_USERS_FILE: path })).toContain(`fix: chmod 600 ${path}`);
  expect(usersFileInTheOpen({})).toBeNull();
});

test("a trusted proxy is an address, or one of a network", () => {
  const trusts = trustedProxy("127.0.0.1, 10.0.0.0/8 ::1 fd00::/8");
  for (const address of ["127.0.0.1", "::ffff:127.0.0.1", "10.255.0.1", "::1", "fd12::5"])
    expect([address, trusts(address)]).toEqual([address, true]);
  for (const address of ["127.0.0.2", "11.0.0.1", "::2", "unix:", ""])
    expect([address, trusts(address)]).toEqual([address, false]);
});

test("the highest role comes first, no matter who has it", () => {
  const env = {
    ...OIDC,
    TANDEM_OIDC_VIEWERS: "@example.com",
    TANDEM_OIDC_ADMINS: "Ann@example.com, bob@example.com",
  };
  expect(readAccess(env).oidc?.people).toEqual([
    { who: "ann@example.com", role: "admin" },
    { who: "bob@example.com", role: "admin" },
    { who: "@example.com", role: "viewer" },
  ]);
});
