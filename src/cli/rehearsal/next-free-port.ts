import { createServer } from "node:net";

/** How many ports are tried after the first. */
const NEIGHBOURS = 20;

/** The first port from here on that nobody listens on at 127.0.0.1; 0, which takes any, where they are all taken. */
export async function nextFreePort(first: number): Promise<number> {
  for (let port = first; port <= first + NEIGHBOURS; port += 1) if (await isFree(port)) return port;
  return 0;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once("error", () => resolve(false))
      .listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
