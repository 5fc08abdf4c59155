import type { Call, Reply, Route } from "../../route.ts";
import { VendorError } from "./vendor-error.ts";

/** One operation as a route; what its handler throws as a vendor error is sent as one. */
export function operation(
  name: string,
  method: Route["method"],
  path: string,
  handle: (call: Call) => Reply,
): Route {
  return {
    method,
    path,
    operation: name,
    mutating: method !== "GET",
    handle(call) {
      try {
        return handle(call);
      } catch (error) {
        if (error instanceof VendorError) return error.reply;
        throw error;
      }
    },
  };
}
