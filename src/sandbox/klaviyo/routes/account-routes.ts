import type { Call, Route } from "../../route.ts";
import type { KlaviyoState } from "../state/state.ts";
import { resourceLink, selfLink } from "../wire/document.ts";
import { operation } from "../wire/operation.ts";
import { fieldsOf, sparse } from "../wire/requested-fields.ts";

export function accountRoutes({ settings }: KlaviyoState): readonly Route[] {
  const account = (call: Call): object => ({
    type: "account",
    id: settings.account_id,
    attributes: sparse(
      {
        test_account: true,
        contact_information: {
          default_sender_name: settings.organization_name,
          default_sender_email: "rehearsal@example.com",
          website_url: "http://www.example.com",
          organization_name: settings.organization_name,
          street_address: {
            address1: "1 Rehearsal Road",
            address2: null,
            city: "Copenhagen",
            region: null,
            country: "Denmark",
            zip: "2300",
          },
        },
        industry: "Software / SaaS",
        timezone: "Europe/Copenhagen",
        preferred_currency: "DKK",
        public_api_key: settings.account_id,
        locale: "en-US",
      },
      fieldsOf(call, "account"),
    ),
    links: { self: resourceLink(call, "accounts", settings.account_id) },
  });
  return [
    operation("get_accounts", "GET", "/api/accounts", (call) => ({
      status: 200,
      body: { data: [account(call)], links: { self: selfLink(call), next: null, prev: null } },
    })),
  ];
}
