import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { validate } from "dockerfile-utils";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
const text = (path: string): Promise<string> => readFile(join(ROOT, path), "utf8");

/** What an admin copies: the names in it have to be those that Tandem reads. */
const SETTING = /\b(?:HUBSPOT_TOKEN|KLAVIYO_API_KEY|DATABASE_URL|TANDEM_[A-Z_]+)_FILE\b/g;
const SECRETS = [
  "DATABASE_URL_FILE",
  "HUBSPOT_TOKEN_FILE",
  "KLAVIYO_API_KEY_FILE",
  "TANDEM_ADMIN_PASSWORD_FILE",
  "TANDEM_SECRET_KEY_FILE",
];

test("the Dockerfile has no mistake, and its user is a number that is not root", async () => {
  const dockerfile = await text("Dockerfile");
  expect(validate(dockerfile)).toEqual([]);
  expect(dockerfile).toMatch(/^USER 1000:1000$/m);
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
});

// The order of keys is for the reader; one service builds the image that two run.
const MATTERS_NOT = [
  "no-build-and-image",
  "service-keys-order",
  "services-alphabetical-order",
  "top-level-properties-order",
  "require-quotes-in-ports",
];

test("compose.yaml has no mistake, and needs two files and a mapping", async () => {
  const lint = join(ROOT, "node_modules", "dclint", "bin", "dclint.cjs");
  const args = [
    "compose.yaml",
    "--max-warnings",
    "0",
    ...MATTERS_NOT.flatMap((rule) => ["--disable-rule", rule]),
  ];
  const { stdout } = await run(process.execPath, [lint, ...args], { cwd: ROOT });
  expect(stdout.trim()).toBe("");
  const { services, secrets } = parse(await text("compose.yaml")) as {
    readonly services: Record<
      string,
      { readonly environment?: Record<string, string>; readonly read_only?: boolean }
    >;
    readonly secrets: Record<string, { readonly file: string }>;
  };
  expect(Object.values(secrets).map(({ file }) => file)).toEqual([
    "./secrets/hubspot_token",
    "./secrets/klaviyo_api_key",
  ]);
  expect(Object.keys(services["tandem"]?.environment ?? {}).sort()).toEqual(SECRETS);
  expect(services["tandem"]?.read_only).toBe(true);
});

test("the systemd unit is one that systemd takes, and closes what it can", async (context) => {
  const unit = join(ROOT, "deploy", "systemd", "tandem.service");
  const analyse = async (...args: string[]): Promise<string | null> =>
    run("systemd-analyze", args).then(
      ({ stdout, stderr }) => stdout + stderr,
      (error: unknown) => {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
        throw error;
      },
    );
  expect([...new Set((await text("deploy/systemd/tandem.service")).match(SETTING))].sort()).toEqual(SECRETS);
  const verified = await analyse("verify", unit);
  if (verified === null) return context.skip("this machine has no systemd-analyze");
  expect(verified).toBe("");
  const exposure = Number(
    /exposure level for tandem\.service: ([\d.]+)/.exec(
      (await analyse("security", "--offline=true", unit)) ?? "",
    )?.[1],
  );
  expect(exposure).toBeLessThan(2);
});

test("the Kubernetes example has its three probes, no root and no rights, and names what Tandem reads", async () => {
  const source = await text("deploy/kubernetes/tandem.yaml");
  const [deployment] = parseAllDocuments(source).map(
    (document) => document.toJS() as Record<string, unknown>,
  );
  expect(parseAllDocuments(source).flatMap(({ errors }) => errors)).toEqual([]);
  const { template } = (deployment ?? {})["spec"] as {
    readonly template: {
      readonly spec: {
        readonly securityContext: object;
        readonly containers: readonly Record<string, object>[];
        readonly terminationGracePeriodSeconds: number;
      };
    };
  };
  const { securityContext, containers, terminationGracePeriodSeconds } = template.spec;
  expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
  expect(terminationGracePeriodSeconds).toBeGreaterThan(30);
  const [container] = containers;
  expect(container).toMatchObject({
    startupProbe: { httpGet: { path: "/healthz" } },
    livenessProbe: { httpGet: { path: "/healthz" } },
    readinessProbe: { httpGet: { path: "/readyz" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  });
  expect([...new Set(source.match(SETTING))].sort()).toEqual(SECRETS);
});
