import type { Command } from "commander";
import { usersFileInTheOpen } from "../../status/frame/access/users-file.ts";
import type { App, CommonOptions } from "../app.ts";
import { withEngine } from "../engine.ts";
import { databaseInTheOpen } from "../environment.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXIT } from "../exit-code.ts";
import { json } from "../json.ts";
import { hostSetting, pageAccess, portOption, portSetting } from "../listening.ts";
import { mappingFile } from "../load-mapping.ts";
import { refuseUnfitMapping } from "./refuse-unfit-mapping.ts";
import { serve } from "./serve.ts";

interface StartOptions extends CommonOptions {
  readonly port?: number;
  readonly host?: string;
  readonly metricsPort?: number;
  /** False with `--no-web`. */
  readonly web: boolean;
  /** False with `--no-worker`. */
  readonly worker: boolean;
}

const USUAL_PORT = 8080;

export function startCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("start")
    .description("Run the daemon: sync on schedule and serve the status page.")
    .option("--port <port>", "of the status page (default: PORT, else 8080)", portOption)
    .option(
      "--host <address>",
      "where the status page listens (default: HOST, else 127.0.0.1; others need a sign-in)",
    )
    .option("--metrics-port <port>", "Serve /metrics on this port too, for it alone.", portOption)
    .option("--no-web", "no status page")
    .option("--no-worker", "no runs, only the status page")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<StartOptions>();
      const port = options.web ? (options.port ?? portSetting(app) ?? USUAL_PORT) : null;
      const host = options.host ?? hostSetting(app);
      const access = pageAccess(app);
      for (const warning of [usersFileInTheOpen(app.env), databaseInTheOpen(app)])
        if (warning !== null) app.talk(warning);
      // The schedule's log tells of runs; a progress line would only get into its way.
      await withEngine(app, { ...options, quiet: true }, async (deps, mapping, loaded) => {
        await serve(app, deps, loaded, {
          file: mappingFile(app, options),
          port,
          ...(host === null ? {} : { host }),
          access,
          metricsPort: options.metricsPort ?? null,
          worker: options.worker,
          ...(options.worker ? { beforeRuns: () => refuseUnfitMapping(app, options, deps, loaded) } : {}),
          ready: (url) => {
            if (options.json) app.out(json({ connection: mapping.name, url }));
            app.talk(url === null ? "tandem is running\n" : `tandem is running; status page: ${url}\n`);
          },
        });
      });
      exit(EXIT.done);
    });
}
