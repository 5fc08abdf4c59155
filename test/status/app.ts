import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { demoMapping } from "../../src/cli/rehearsal/demo-mapping.ts";
import { explainPerson } from "../../src/lanes/explain-person.ts";
import { pageErasing } from "../../src/service/page-erasing.ts";
import { parseMapping } from "../../src/mapping/parse-mapping.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import type { Access } from "../../src/status/frame/access/access.ts";
import { OPEN } from "../../src/status/frame/access/access.ts";
import { contactConsent } from "../../src/status/contacts/contact-consent.ts";
import { contactEngagement } from "../../src/status/contacts/contact-engagement.ts";
import type { StatusDeps } from "../../src/status/frame/status-app.ts";
import type { User } from "../../src/status/frame/access/users-file.ts";
import { statusActions } from "../../src/status/status-actions.ts";
import { statusReader } from "../../src/status/status-reader.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { NOW } from "./seed.ts";
import { storeOf } from "../../src/store/database/store.ts";
/** Of two systems that nobody asks. */
export const MAPPING = demo();

function demo(): Mapping {
  const { mapping } = parseMapping(demoMapping("http://127.0.0.1:1", "http://127.0.0.1:2"), "test.yaml");
  if (mapping === null) throw new Error("the demo's mapping cannot be read");
  return mapping;
}

/** What a page of a test needs, all of it real. */
export function statusDeps(
  { database }: Pick<FreshDatabase, "database">,
  connectionId: number,
  more: Partial<StatusDeps> = {},
): StatusDeps {
  const now = more.now ?? (() => NOW);
  return {
    read: statusReader(storeOf(database, connectionId), now),
    act: statusActions(storeOf(database, connectionId), now),
    erasing: pageErasing({ database, now, newId: randomUUID }),
    contactSections: [
      contactConsent(storeOf(database, connectionId)),
      contactEngagement(storeOf(database, connectionId)),
    ],
    explain: (linkId) => explainPerson(storeOf(database, connectionId), MAPPING, { linkId }, now()),
    now,
    ...more,
  };
}

/** Somebody with a browser: keeps cookies, follows forms. */
export interface Visit {
  get(url: string, accept?: string): Promise<Visited>;
  /** Sends a form with the token of the page at `from`. */
  post(
    url: string,
    form: Readonly<Record<string, string | readonly string[]>>,
    more?: PostMore,
  ): Promise<Visited>;
  readonly cookies: Map<string, string>;
}

export interface Visited {
  readonly status: number;
  readonly body: string;
  readonly location: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  json(): unknown;
}

interface PostMore {
  /** `null` sends none. */
  readonly csrf?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly remoteAddress?: string;
}

export const HOST = "127.0.0.1:8080";

let machines = 0;

/** From its own machine: tries are counted by machine. */
export function visit(app: FastifyInstance): Visit {
  machines += 1;
  const ownAddress = `10.9.${Math.floor(machines / 250)}.${machines % 250}`;
  const cookies = new Map<string, string>();
  let csrf = "";
  const headers = () => ({
    host: HOST,
    ...(cookies.size > 0
      ? { cookie: [...cookies].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("; ") }
      : {}),
  });
  const take = (answer: Awaited<ReturnType<FastifyInstance["inject"]>>): Visited => {
    for (const { name, value } of answer.cookies) {
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    csrf = /name="_csrf" value="([^"]+)"/.exec(answer.body)?.[1] ?? csrf;
    return {
      status: answer.statusCode,
      body: answer.body,
      location: answer.headers.location,
      headers: answer.headers,
      json: () => answer.json(),
    };
  };
  return {
    cookies,
    get: async (url, accept = "text/html") =>
      take(await app.inject({ url, headers: { ...headers(), accept } })),
    async post(url, form, more = {}) {
      const token = more.csrf === undefined ? csrf : more.csrf;
      const body = new URLSearchParams();
      if (token !== null) body.set("_csrf", token);
      for (const [name, value] of Object.entries(form))
        for (const one of typeof value === "string" ? [value] : value) body.append(name, one);
      return take(
        await app.inject({
          method: "POST",
          url,
          headers: {
            ...headers(),
            origin: `http://${HOST}`,
            "sec-fetch-site": "same-origin",
            "content-type": "application/x-www-form-urlencoded",
            ...more.headers,
          },
          payload: body.toString(),
          remoteAddress: more.remoteAddress ?? ownAddress,
        }),
      );
    },
  };
}

export const PASSWORD = "correct horse battery";

/** A page that asks everybody who they are: three people, a role each, and the admin of the environment. */
export function closed(users: readonly User[], more: Partial<Access> = {}): Access {
  const named = users.length > 0;
  return { ...OPEN, open: false, adminPassword: PASSWORD, named, users: () => users, ...more };
}
