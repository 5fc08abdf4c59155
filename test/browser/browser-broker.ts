import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserServer } from "playwright-core";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Asked for a page, it answers where the browser of this run listens, or 503 and why there is none. */
    browserBroker: string;
  }
}

/**
 * One browser for the whole run, started when the first test asks for it: a run without such tests pays nothing.
 */
export default async function browserBroker(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<BrowserServer> | null = null;
  const broker = createServer((_request, response) => {
    starting ??= startBrowser();
    starting.then(
      (browser) => response.end(browser.wsEndpoint()),
      (cause: unknown) => response.writeHead(503).end(noBrowser(cause)),
    );
  });
  await new Promise<void>((resolve) => broker.listen(0, "127.0.0.1", resolve));
  const address = broker.address();
  if (address === null || typeof address === "string") throw new Error("the broker has no port");
  project.provide("browserBroker", `http://127.0.0.1:${address.port}/`);
  return async () => {
    broker.close();
    await starting?.then(
      (browser) => browser.close(),
      () => {},
    );
  };
}

/** As root there is no sandbox; without a display there is no GPU. What is tested is our own page only. */
const ARGUMENTS = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--font-render-hinting=none"];

async function startBrowser(): Promise<BrowserServer> {
  const given = process.env["TANDEM_TEST_BROWSER"];
  if (given !== undefined && given !== "") return launch(given);
  // The one that `npm ci` brings is for Linux on x64; elsewhere the machine's own Chrome does.
  if (process.platform !== "linux" || process.arch !== "x64") return launch(null);
  const packed = await import("@sparticuz/chromium");
  const path = await packed.default.executablePath();
  try {
    return await launch(path);
  } catch (cause) {
    if (!String(cause).includes("shared libraries")) throw cause;
    // A bare Linux lacks the libraries that it brings for another one.
    await packed.inflate(
      join(import.meta.dirname, "../../node_modules/@sparticuz/chromium/bin/al2023.tar.br"),
    );
    packed.setupLambdaEnvironment(join(tmpdir(), "al2023", "lib"));
    return launch(path);
  }
}

async function launch(path: string | null): Promise<BrowserServer> {
  const { chromium } = await import("playwright-core");
  const which = path === null ? { channel: "chrome" } : { executablePath: path };
  return chromium.launchServer({ ...which, args: ARGUMENTS, headless: true, host: "127.0.0.1" });
}

function noBrowser(cause: unknown): string {
  const [why = ""] = String(cause).split("\n");
  return `The tests in a browser need one, and it does not start on this machine: ${why}\n  fix: Install Chrome or Chromium and name its program: TANDEM_TEST_BROWSER=/usr/bin/chromium npm test`;
}
