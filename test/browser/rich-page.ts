import type { StatusServer } from "../../src/status/frame/server.ts";
import { startStatusServer } from "../../src/status/frame/server.ts";
import type { RichWorld } from "./rich-world.ts";
import { richWorld } from "./rich-world.ts";

/** A rich world with the server of its pages. */
export interface RichPage extends RichWorld {
  readonly server: StatusServer;
  close(): Promise<void>;
}

/** @param word the next text that somebody else wrote */
export async function richPage(word: () => string): Promise<RichPage> {
  const world = await richWorld(word);
  const server = await startStatusServer({ ...world.deps, port: 0 });
  return {
    ...world,
    server,
    async close() {
      await server.close();
      await world.fresh.drop();
    },
  };
}
