import { request } from "undici";
import { promptDispatcher } from "../../http/prompt-agent.ts";
import { Arrived } from "./transport.ts";

/** A request that the SDK has no function for. Always ends with `Arrived`, or with what kept an answer from coming. */
export type PlainRequest = (
  method: "GET" | "POST" | "PUT" | "PATCH",
  path: string,
  signal: AbortSignal,
  options?: {
    readonly body?: object;
    readonly developerKey?: string;
    /** At the path as it stands, whatever version the mapping asks for. */
    readonly numbered?: boolean;
  },
) => Promise<never>;

export interface PlainDeps {
  /** The whole address of a path, as it stands or in the mapping's version. */
  readonly address: (path: string, numbered: boolean) => string;
  /** The token of the call under way. */
  readonly bearer: () => string;
}

/** Requests whose signal ends them, within the call's total time. As the account, or as the developer of an app: that key stands in the address, and takes the token's place. */
export function plainRequest({ address, bearer }: PlainDeps): PlainRequest {
  const dispatcher = promptDispatcher();
  return async (method, path, signal, { body, developerKey, numbered = false } = {}) => {
    const url = new URL(address(path, numbered));
    if (developerKey !== undefined) url.searchParams.set("hapikey", developerKey);
    const answer = await request(url, {
      method,
      headers: {
        accept: "application/json",
        ...(developerKey === undefined ? { authorization: `Bearer ${bearer()}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      dispatcher,
      signal,
    });
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
    );
    throw new Arrived({ status: answer.statusCode, headers, text: await answer.body.text() });
  };
}
