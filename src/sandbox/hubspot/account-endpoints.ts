import type { Endpoint } from "./wire/endpoint.ts";
import { offsetText, utcOffset } from "../time-zone.ts";
import type { RateLimits } from "./wire/rate-limits.ts";
import type { HubspotState } from "./state.ts";

/** Who the token belongs to, and how much of the day is used. Any token may ask. */
export function accountEndpoints(state: HubspotState, limits: RateLimits): readonly Endpoint[] {
  return [
    {
      method: "GET",
      path: "/account-info/v3/details",
      scopes: [],
      mutating: false,
      handle() {
        const { portalId, accountType, timeZone, companyCurrency, uiDomain, dataHostingLocation } =
          state.settings;
        const offset = utcOffset(state.now(), timeZone);
        return {
          status: 200,
          body: {
            portalId,
            accountType,
            timeZone,
            companyCurrency,
            additionalCurrencies: [],
            utcOffset: offsetText(offset),
            utcOffsetMilliseconds: offset,
            uiDomain,
            dataHostingLocation,
          },
        };
      },
    },
    {
      method: "GET",
      path: "/account-info/v3/api-usage/daily/private-apps",
      scopes: [],
      mutating: false,
      handle() {
        const { limit, used, resetsAt } = limits.daily();
        const usage = {
          name: "private-apps-api-calls-daily",
          usageLimit: limit,
          currentUsage: used,
          collectedAt: new Date(state.now()).toISOString(),
          fetchStatus: "SUCCESS",
          resetsAt: new Date(resetsAt).toISOString(),
        };
        return { status: 200, body: { results: [usage] } };
      },
    },
  ];
}
