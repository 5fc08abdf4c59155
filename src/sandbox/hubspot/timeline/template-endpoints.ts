import type { Call } from "../../route.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import type { EventTemplate, TemplateToken } from "./event-template.ts";
import { templateFrom, tokenFrom } from "./event-template.ts";
import type { OauthApp } from "../oauth/oauth-app.ts";
import { invalid, notFound, VendorError } from "../wire/vendor-error.ts";
import { objectBody } from "../wire/request-parts.ts";
import type { HubspotState } from "../state.ts";

const MOST_TEMPLATES = 750;

/**
 * The event templates of Timeline v3, kept by the developer of an app with the account's `hapikey`. Only apps that had some when HubSpot closed it are let in.
 */
export function templateEndpoints(state: HubspotState): readonly Endpoint[] {
  const base = "/integrators/timeline/v3/{appId}/event-templates";
  const guarded = { scopes: [], auth: "developer-key" } as const;
  const read = { ...guarded, mutating: false } as const;
  const write = { ...guarded, mutating: true } as const;
  const appOf = (call: Call): OauthApp => {
    const app = state.oauth.apps.get(call.params["appId"] ?? "");
    if (app === undefined) throw notFound();
    if (!app.timelineV3) throw notForNewApps();
    return app;
  };
  const templateOf = (call: Call): EventTemplate => {
    const template = appOf(call).templates.get(call.params["eventTemplateId"] ?? "");
    if (template === undefined) throw notFound();
    return template;
  };
  const keep = (call: Call, template: EventTemplate, change: Partial<EventTemplate>): EventTemplate => {
    const changed = { ...template, ...change, updatedAt: state.now() };
    appOf(call).templates.set(template.id, changed);
    return changed;
  };
  return [
    {
      ...read,
      method: "GET",
      path: base,
      handle: (call) => ({
        status: 200,
        body: { results: [...appOf(call).templates.values()].map(templateView) },
      }),
    },
    {
      ...write,
      method: "POST",
      path: base,
      handle(call) {
        const app = appOf(call);
        if (app.templates.size >= MOST_TEMPLATES)
          throw invalid(`An app has at most ${MOST_TEMPLATES} event templates`);
        const template = templateFrom(objectBody(call), String(1_000_001 + app.templates.size), state.now());
        app.templates.set(template.id, template);
        return { status: 201, body: templateView(template) };
      },
    },
    {
      ...read,
      method: "GET",
      path: `${base}/{eventTemplateId}`,
      handle: (call) => ({ status: 200, body: templateView(templateOf(call)) }),
    },
    {
      ...write,
      method: "PUT",
      path: `${base}/{eventTemplateId}`,
      handle(call) {
        const template = templateOf(call);
        const { id, createdAt, objectType } = template;
        // Whom a template is about stays as it was made; it is not among what an update takes.
        const next = templateFrom({ ...objectBody(call), objectType }, id, state.now());
        return { status: 200, body: templateView(keep(call, template, { ...next, createdAt })) };
      },
    },
    {
      ...write,
      method: "DELETE",
      path: `${base}/{eventTemplateId}`,
      handle(call) {
        appOf(call).templates.delete(templateOf(call).id);
        return { status: 204 };
      },
    },
    ...tokenEndpoints(base, templateOf, keep),
  ];
}

function tokenEndpoints(
  base: string,
  templateOf: (call: Call) => EventTemplate,
  keep: (call: Call, template: EventTemplate, change: Partial<EventTemplate>) => EventTemplate,
): readonly Endpoint[] {
  const write = { scopes: [], auth: "developer-key", mutating: true } as const;
  const path = `${base}/{eventTemplateId}/tokens`;
  const tokenOf = (call: Call): TemplateToken => {
    const token = templateOf(call).tokens.find(({ name }) => name === call.params["tokenName"]);
    if (token === undefined) throw notFound();
    return token;
  };
  return [
    {
      ...write,
      method: "POST",
      path,
      handle(call) {
        const template = templateOf(call);
        const token = tokenFrom(objectBody(call));
        if (template.tokens.some(({ name }) => name === token.name))
          throw new VendorError(409, `A token named ${token.name} already exists.`, { category: "CONFLICT" });
        keep(call, template, { tokens: [...template.tokens, token] });
        return { status: 200, body: tokenView(token) };
      },
    },
    {
      ...write,
      method: "PUT",
      path: `${path}/{tokenName}`,
      handle(call) {
        const known = tokenOf(call);
        const changed = tokenFrom({ ...known, ...objectBody(call), name: known.name, type: known.type });
        const template = templateOf(call);
        const tokens = template.tokens.map((token) => (token.name === known.name ? changed : token));
        keep(call, template, { tokens });
        return { status: 200, body: tokenView(changed) };
      },
    },
    {
      ...write,
      method: "DELETE",
      path: `${path}/{tokenName}`,
      handle(call) {
        const { name } = tokenOf(call);
        const template = templateOf(call);
        keep(call, template, { tokens: template.tokens.filter((token) => token.name !== name) });
        return { status: 204 };
      },
    },
  ];
}

/** HubSpot says that such a call "will fail", and not how. */
export function notForNewApps(): VendorError {
  return new VendorError(
    403,
    "The v1 and v3 timeline events APIs are only available for apps with existing v1/v3 timeline events.",
  );
}

function templateView(template: EventTemplate): Readonly<Record<string, unknown>> {
  const { createdAt, updatedAt, tokens, ...rest } = template;
  const time = (at: number): string => new Date(at).toISOString();
  return { ...rest, tokens: tokens.map(tokenView), createdAt: time(createdAt), updatedAt: time(updatedAt) };
}

function tokenView({ objectPropertyName, ...rest }: TemplateToken): Readonly<Record<string, unknown>> {
  return objectPropertyName === null ? rest : { ...rest, objectPropertyName };
}
