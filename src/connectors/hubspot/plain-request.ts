import { request } from "undici";
import { Arrived } from "./transport.ts";

/** A request that the SDK has no function for. Always ends with `Arrived`, or with what kept an answer from coming. */
export type PlainRequest = (
  method: "GET" | "POST" | "PUT" | "PATCH",
  path: string,
  signal: AbortSignal,
  options?: { readonly body?: object; readonly developerKey?: string },
) => Promise<never>;

/**
 * Requests as the account, or as the developer of an app: that key stands in the address, and takes the token's place.
 *
 * @param address the whole address of a path
 * @param bearer the token of the call under way
 */
export function plainRequest(address: (path: string) => string, bearer: () => string): PlainRequest {
  return async (method, path, signal, { body, developerKey } = {}) => {
    const url = new URL(address(path));
    if (developerKey !== undefined) url.searchParams.set("hapikey", developerKey);
    const answer = await request(url, {
      method,
      headers: {
        accept: "application/json",
        ...(developerKey === undefined ? { authorization: `Bearer ${bearer()}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    });
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
    );
    throw new Arrived({ status: answer.statusCode, headers, text: await answer.body.text() });
  };
}
