import type { StatusDeps } from "./status-app.ts";
import { statusApp } from "./status-app.ts";

export interface StatusServerDeps extends StatusDeps {
  /** 0 takes a free one. */
  readonly port: number;
  /** Default: 127.0.0.1, and nothing else for now. */
  readonly host?: string;
}

export interface StatusServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The pages show people's addresses to whoever can reach them. */
const OWN_MACHINE = "127.0.0.1";

/**
 * Serves the status pages until closed.
 *
 * @throws where another host than 127.0.0.1 is asked for, or where the port is taken
 */
export async function startStatusServer(deps: StatusServerDeps): Promise<StatusServer> {
  const host = deps.host ?? OWN_MACHINE;
  if (host !== OWN_MACHINE) {
    throw new Error(
      `The status page does not listen on ${host}: it shows people's addresses, and a password for it comes with a later version. It listens on ${OWN_MACHINE} only`,
    );
  }
  const app = await statusApp(deps);
  const url = await app.listen({ host, port: deps.port });
  return { url, close: () => app.close() };
}
