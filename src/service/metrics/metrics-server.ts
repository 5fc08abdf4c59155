import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mayReadMetrics } from "./may-read.ts";
import type { Metrics } from "./metrics.ts";

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `/metrics` and nothing else on a port for it alone. Rejects where the port is taken. */
export async function startMetricsServer(
  metrics: Metrics,
  { token, host, port }: { readonly token: string | null; readonly host: string; readonly port: number },
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const end = (status: number, text: string, type = "text/plain; charset=utf-8"): void => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
      response.end(text);
    };
    const { method, url, headers, socket } = request;
    if (method !== "GET" || url !== "/metrics") return end(404, "not found\n");
    if (!mayReadMetrics(token, { headers, remoteAddress: socket.remoteAddress }))
      return end(401, "not allowed\n");
    metrics.text().then(
      (text) => end(200, text, metrics.contentType),
      () => end(500, "the metrics could not be read\n"),
    );
  });
  server.requestTimeout = 30_000;
  server.listen(port, host);
  await once(server, "listening");
  const { address, family, port: own } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${own}/metrics`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
