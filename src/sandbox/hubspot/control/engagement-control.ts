import type { Call } from "../../route.ts";
import type { EngagementOperations } from "./engagement-operations.ts";
import { invalid } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { objectBody, textField } from "../wire/request-parts.ts";

/** What the control API offers of engagement: a path, and what is done there. */
export type ControlEntry = readonly [method: "GET" | "POST", path: string, handle: (call: Call) => unknown];

export function engagementControl(operations: EngagementOperations): readonly ControlEntry[] {
  return [
    [
      "GET",
      "timeline",
      (call) => {
        const id = call.query.get("id");
        const email = call.query.get("email");
        if (id !== null) return { timeline: operations.timelineOf({ id }) };
        if (email !== null) return { timeline: operations.timelineOf({ email }) };
        throw invalid("name a contact by id or email");
      },
    ],
    ["GET", "timeline/counts", () => operations.timelineCounts()],
    [
      "POST",
      "apps",
      (call) => {
        const {
          templates: _templates,
          eventTypes: _types,
          projects: _projects,
          ...app
        } = operations.createApp(objectBody(call));
        return app;
      },
    ],
    [
      "POST",
      "apps/authorize",
      (call) => {
        const body = objectBody(call);
        const grant = body as { scopes?: readonly string[]; redirectUri?: string };
        return { code: operations.authorizeApp(textField(body, "appId"), grant) };
      },
    ],
    ["POST", "apps/uninstall", (call) => operations.uninstallApp(textField(objectBody(call), "appId"))],
    [
      "POST",
      "apps/event-types",
      (call) => {
        const body = objectBody(call);
        const type = body["type"] as JsonObject;
        return { fullyQualifiedName: operations.addEventType(textField(body, "appId"), type) };
      },
    ],
  ];
}
