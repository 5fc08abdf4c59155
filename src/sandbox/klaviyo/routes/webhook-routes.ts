import type { Route } from "../../route.ts";
import { operation } from "../wire/operation.ts";
import { forbidden } from "../wire/vendor-error.ts";

/** Webhooks need a plan that private keys do not come with; this is all an ordinary account ever hears. */
export function webhookRoutes(): readonly Route[] {
  const refuse = (): never => {
    throw forbidden("You must have Advanced KDP enabled to use this endpoint.");
  };
  return [
    operation("get_webhooks", "GET", "/api/webhooks", refuse),
    operation("create_webhook", "POST", "/api/webhooks", refuse),
    operation("get_webhook_topics", "GET", "/api/webhook-topics", refuse),
  ];
}
