import { findContact } from "../contacts/find-contact.ts";
import { templateFrom } from "../timeline/event-template.ts";
import type { OauthApp } from "../oauth/oauth-app.ts";
import { authorize, secret, uninstall } from "../oauth/oauth-grants.ts";
import type { ContactKey } from "./operations.ts";
import { canonicalEmail } from "../properties/property-value.ts";
import { notFound } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import type { HubspotState } from "../state.ts";
import type { TimelineCard, TimelineCounts } from "../timeline/timeline-view.ts";
import { timelineCounts, timelineOf } from "../timeline/timeline-view.ts";

/** An app to register; what is not given is made up. */
export type AppGiven = Partial<Omit<OauthApp, "templates" | "eventTypes" | "projects">>;

/** What developers of apps and the people of the portal do around engagement, and what they see of it. */
export interface EngagementOperations {
  /** Registers an app with HubSpot; nobody has installed it. */
  createApp(given?: AppGiven): OauthApp;
  /** Somebody with the rights installs it. Returns the code that the browser carries back to the redirect address. */
  authorizeApp(
    appId: string,
    grant?: { readonly scopes?: readonly string[]; readonly redirectUri?: string },
  ): string;
  /** Its tokens, refresh tokens and codes stop working at once. */
  uninstallApp(appId: string): void;
  /**
   * The app's project is uploaded with one more event type. Body as that of a v3 template, with `tokens` for its
   * properties. Returns its fully qualified name.
   */
  addEventType(appId: string, type: JsonObject, projectName?: string): string;
  /** A contact's timeline as somebody in sales reads it, newest first. */
  timelineOf(key: ContactKey): readonly TimelineCard[];
  timelineCounts(): TimelineCounts;
}

/** What an app of this kind asks for. */
const APP_SCOPES = [
  "oauth",
  "timeline",
  "crm.objects.contacts.read",
  "crm.objects.contacts.write",
  "crm.schemas.contacts.read",
  "crm.schemas.contacts.write",
  "crm.lists.read",
  "crm.lists.write",
  "crm.objects.companies.read",
  "crm.objects.deals.read",
  "communication_preferences.read_write",
] as const;

export function engagementOperations(state: HubspotState): EngagementOperations {
  const appOf = (appId: string): OauthApp => {
    const app = state.oauth.apps.get(appId);
    if (app === undefined) throw notFound();
    return app;
  };
  return {
    createApp(given = {}) {
      const appId = given.appId ?? String(40_000_000 + state.oauth.apps.size);
      const app: OauthApp = {
        appId,
        appName: "Tandem",
        clientId: secret(state),
        clientSecret: secret(state),
        developerKey: `eu1-${secret(state)}`,
        redirectUris: ["http://localhost:3000/oauth-callback"],
        scopes: APP_SCOPES,
        timelineV3: false,
        appEvents: false,
        ...given,
        templates: new Map(),
        eventTypes: new Map(),
        projects: new Map(),
      };
      state.oauth.apps.set(appId, app);
      return app;
    },
    authorizeApp: (appId, grant = {}) => authorize(state, appOf(appId), grant),
    uninstallApp: (appId) => uninstall(state, appId),
    addEventType(appId, type, projectName = "tandem") {
      const app = appOf(appId);
      const symbol = String(type["name"]);
      const name = `ae${appId}_${symbol}`;
      app.eventTypes.set(name, templateFrom(type, name, state.now()));
      app.projects.set(`${projectName}/${symbol}`, name);
      return name;
    },
    timelineOf(key) {
      const contact =
        "id" in key ? findContact(state, key.id, null) : state.contacts.byEmail(canonicalEmail(key.email));
      if (contact === undefined) throw notFound();
      return timelineOf(state, contact);
    },
    timelineCounts: () => timelineCounts(state),
  };
}
