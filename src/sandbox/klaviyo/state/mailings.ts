/** A mail or text message, once written and sent to many. */
export interface Message {
  readonly id: string;
  readonly channel: "email" | "sms";
  readonly name: string;
  /** Of a text message it is the text. */
  readonly subject: string;
  /** Where its links lead, without tracking parameters. */
  readonly links: readonly string[];
}

/** Sent once, to everybody on some lists. Times are microseconds. */
export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly status: "Draft" | "Scheduled" | "Sent";
  readonly archived: boolean;
  readonly audiences: readonly string[];
  /** Links carry `utm_…` parameters. */
  readonly trackingParams: boolean;
  readonly created: number;
  readonly updated: number;
  readonly scheduled: number | null;
  readonly message: Message;
}

export const TRIGGERS = [
  "Metric",
  "Added to List",
  "Unconfigured",
  "Date Based",
  "Price Drop",
  "Low Inventory",
] as const;

/** Sends its messages to anybody who triggers it. Times are microseconds. */
export interface MailFlow {
  readonly id: string;
  readonly name: string;
  readonly status: "draft" | "manual" | "live";
  readonly archived: boolean;
  readonly trigger: (typeof TRIGGERS)[number];
  readonly trackingParams: boolean;
  readonly created: number;
  readonly updated: number;
  readonly messages: readonly Message[];
}

export interface Mailings {
  readonly campaigns: Map<string, Campaign>;
  readonly flows: Map<string, MailFlow>;
}

/** A message with the campaign or flow that sends it. */
export interface Sending {
  readonly message: Message;
  /** As events name it in `$message`: the id of a campaign itself, or that of a flow's message. */
  readonly id: string;
  readonly name: string;
  readonly flowId: string | null;
  readonly trackingParams: boolean;
}

/** Finds what a `$message` stands for. */
export function sendingOf({ campaigns, flows }: Mailings, id: string): Sending | undefined {
  const campaign = campaigns.get(id);
  if (campaign !== undefined) {
    const { message, name, trackingParams } = campaign;
    return { message, id, name, flowId: null, trackingParams };
  }
  for (const flow of flows.values()) {
    const message = flow.messages.find((each) => each.id === id);
    if (message === undefined) continue;
    return { message, id, name: message.name, flowId: flow.id, trackingParams: flow.trackingParams };
  }
  return undefined;
}
