import { BlockList, isIP } from "node:net";
import { BadAccess } from "./bad-access.ts";

/** May this address say where a request came from? */
export type TrustedProxy = (address: string) => boolean;

/**
 * Reads addresses and networks (`10.0.0.0/8`), apart by commas or spaces.
 *
 * @throws BadAccess where one of them is neither
 */
export function trustedProxy(given: string): TrustedProxy {
  const list = new BlockList();
  for (const each of given.split(/[\s,]+/).filter((part) => part !== "")) add(list, each);
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 4 ? "ipv4" : "ipv6");
  };
}

function add(list: BlockList, each: string): void {
  const [address = "", prefix, ...more] = each.split("/");
  const version = isIP(address);
  const family = version === 4 ? "ipv4" : "ipv6";
  const bits = Number(prefix);
  const isNetwork =
    prefix !== undefined && /^\d{1,3}$/.test(prefix) && bits > 0 && bits <= (version === 4 ? 32 : 128);
  if (version === 0 || more.length > 0 || (prefix !== undefined && !isNetwork)) {
    throw new BadAccess(
      `TANDEM_TRUSTED_PROXY names ${each}, which is no IP address and no network.`,
      "Write the address that your proxy connects from, like 127.0.0.1, or its network, like 10.0.0.0/8.",
    );
  }
  if (isNetwork) list.addSubnet(address, bits, family);
  else list.addAddress(address, family);
}
