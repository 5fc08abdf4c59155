import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** A request for metrics, by what it says of itself and where its connection comes from. */
export interface MetricsRequest {
  readonly headers: IncomingHttpHeaders;
  /** Of the connection, whatever a header says. */
  readonly remoteAddress: string | undefined;
}

const FORWARDED = /^(?:forwarded|x-forwarded-.*|x-real-ip|via)$/;
const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
/** A browser on this machine that a foreign site sends here calls us by that site's name (DNS rebinding). */
const OWN_NAMES = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * May the metrics be read? With a token by a request that bears it. Without one from this machine alone; what a proxy
 * passed on is not from this machine, wherever the proxy runs.
 */
export function mayReadMetrics(token: string | null, { headers, remoteAddress }: MetricsRequest): boolean {
  if (token !== null) return bears(headers.authorization ?? "", token);
  const passedOn = Object.keys(headers).some((name) => FORWARDED.test(name));
  return !passedOn && LOOPBACK.test(remoteAddress ?? "") && OWN_NAMES.test(headers.host ?? "");
}

/** Hashes have one length, so that the comparison takes the same time whatever was sent. */
function bears(authorization: string, token: string): boolean {
  const hash = (text: string): Uint8Array => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(authorization), hash(`Bearer ${token}`));
}
