import type { RunningVendor, Vendor } from "../server.ts";
import { startVendor } from "../server.ts";

/** A port that was asked for and that something else listens on. */
export class PortTaken extends Error {
  readonly vendor: Vendor["name"];

  constructor(vendor: Vendor["name"], port: number) {
    super(`Port ${port} of 127.0.0.1 is taken.`);
    this.name = "PortTaken";
    this.vendor = vendor;
  }
}

/** `wanted`: that one or none; 0 takes the one of the last time where it is free, else any. */
interface WantedPort {
  readonly wanted: number;
  readonly last: number;
}

type Both<T> = { readonly hubspot: T; readonly klaviyo: T };

/** @throws PortTaken, with neither of the two listening */
export async function listen(
  { hubspot, klaviyo }: Both<{ readonly sandbox: { readonly vendor: Vendor } }>,
  ports: Both<WantedPort>,
): Promise<{ readonly urls: Both<string>; readonly ports: Both<number>; close(): Promise<void> }> {
  const first = await start(hubspot.sandbox.vendor, ports.hubspot);
  const second = await start(klaviyo.sandbox.vendor, ports.klaviyo).catch(async (error: unknown) => {
    await first.close();
    throw error;
  });
  return {
    urls: { hubspot: first.url, klaviyo: second.url },
    ports: { hubspot: portOf(first), klaviyo: portOf(second) },
    close: async () => void (await Promise.all([first.close(), second.close()])),
  };
}

async function start(vendor: Vendor, { wanted, last }: WantedPort): Promise<RunningVendor> {
  const port = wanted === 0 ? last : wanted;
  try {
    return await startVendor(vendor, { port });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    if (wanted === 0) return startVendor(vendor);
    throw new PortTaken(vendor.name, port);
  }
}

function portOf({ url }: RunningVendor): number {
  return Number(new URL(url).port);
}
