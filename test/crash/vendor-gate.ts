import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request as send } from "node:http";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import type { Trap } from "./trap.ts";

/** Stands between the engine and one vendor: passes everything on, until the trap says otherwise. */
export interface VendorGate {
  readonly url: string;
  setTrap(trap: Trap | null): void;
  /** When everything that got through to the vendor is done. */
  quiet(): Promise<void>;
  /** Lets the requests arrive whose sender is dead. */
  deliverLate(): Promise<void>;
  close(): Promise<void>;
}

export interface Passing {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** Both vendors ask some questions by POST. */
const QUESTION = /\/search$|\/batch\/read$|\/memberships\/join-order$|\/metric-aggregates$/;
/** What belongs to one connection and not to the message. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);

/**
 * @param arriving sees every mutating request right before the vendor does
 */
export async function vendorGate(
  vendorUrl: string,
  arriving: (call: Passing) => void | Promise<void>,
): Promise<VendorGate> {
  const vendor = new URL(vendorUrl);
  const agent = new Agent({ keepAlive: true });
  const underWay = new Set<Promise<unknown>>();
  const late: (() => Promise<unknown>)[] = [];
  let trap: Trap | null = null;

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const watching = trap;
    const body = await buffer(incoming);
    const { method = "GET", url: path = "/" } = incoming;
    const mutating = method !== "GET" && !QUESTION.test(path.split("?", 1)[0] ?? "");
    const pass = async () => {
      if (mutating) await arriving({ method, path, body: body.toString() });
      return forward(agent, vendor, incoming, body);
    };
    const fate = watching?.request(mutating) ?? "goes_on";
    if (fate === "late") late.push(pass);
    if (fate !== "goes_on") return void outgoing.destroy();
    const passing = pass();
    underWay.add(passing);
    const answer = await passing.finally(() => underWay.delete(passing));
    if ((watching?.answer(mutating) ?? "goes_on") !== "goes_on") return void outgoing.destroy();
    watching?.told(mutating);
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  };

  const server = createServer((incoming, outgoing) => {
    // The sender may be killed at any time: its connection then ends in an error that is the point of it all.
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gate has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    setTrap: (next) => void (trap = next),
    quiet: async () => void (await Promise.allSettled(underWay)),
    async deliverLate() {
      for (const pass of late.splice(0)) await pass();
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

async function forward(agent: Agent, vendor: URL, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { method, url, headers } = incoming;
  const request = send({
    agent,
    host: vendor.hostname,
    port: vendor.port,
    method,
    path: url,
    headers: { ...own(headers), "content-length": String(body.length) },
  });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return {
    status: response.statusCode ?? 500,
    headers: own(response.headers),
    body: await buffer(response),
  };
}

function own(headers: IncomingMessage["headers"]): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || HOP_BY_HOP.has(name) ? [] : [[name, value]],
    ),
  );
}
