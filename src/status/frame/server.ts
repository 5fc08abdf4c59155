import { OPEN } from "./access/access.ts";
import type { StatusDeps } from "./status-app.ts";
import { statusApp } from "./status-app.ts";

export interface StatusServerDeps extends StatusDeps {
  /** 0 takes a free one. */
  readonly port: number;
  /** Default: 127.0.0.1; anything else only where people have to sign in. */
  readonly host?: string;
}

export interface StatusServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The pages show people's addresses to anybody who can reach them. */
const OWN_MACHINE = "127.0.0.1";

/** The page would be open to anybody who reaches it. */
export class PageWithoutPassword extends Error {
  constructor(host: string) {
    super(
      `The status page does not listen on ${host} without a password: it shows people's addresses. Set TANDEM_ADMIN_PASSWORD, or leave it on ${OWN_MACHINE}`,
    );
    this.name = "PageWithoutPassword";
  }
}

/**
 * Serves the status pages until closed.
 *
 * @throws PageWithoutPassword for another host than 127.0.0.1 where nobody has to sign in, or where the port is taken
 */
export async function startStatusServer(deps: StatusServerDeps): Promise<StatusServer> {
  const host = deps.host ?? OWN_MACHINE;
  if (host !== OWN_MACHINE && (deps.access ?? OPEN).open) throw new PageWithoutPassword(host);
  const app = await statusApp(deps);
  const url = await app.listen({ host, port: deps.port });
  return { url, close: () => app.close() };
}
