import type { AlertDocument, MessageKind } from "../../../store/alerts/alert-messages.ts";

/** The first line of a message that a person reads: `acme-main: HubSpot did not accept the key`. */
export function headline({ connection, summary }: AlertDocument, kind: MessageKind): string {
  return `${PREFIXES[kind]}${connection}: ${summary}`;
}

const PREFIXES: Readonly<Record<MessageKind, string>> = {
  opened: "",
  reminder: "Still open: ",
  resolved: "Resolved: ",
  test: "Test: ",
};

/** The rest of it, a line each. */
export function detailLines(document: AlertDocument, kind: MessageKind): readonly string[] {
  const { cause, fix, url, started_at: started, resolved_at: resolved } = document;
  const since =
    kind === "test"
      ? []
      : [`Since ${minute(started)}${resolved === null ? "" : `, until ${minute(resolved)}`}`];
  const action = resolved === null ? [`What to do: ${fix}`] : [];
  return [cause, ...action, ...since, ...(url === null ? [] : [url])];
}

function minute(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}
