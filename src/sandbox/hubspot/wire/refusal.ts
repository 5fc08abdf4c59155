import { randomUUID } from "node:crypto";
import type { Reply } from "../../route.ts";

type Context = Readonly<Record<string, readonly string[]>>;

/** One entry of `errors` in HubSpot's error envelope. */
export interface ErrorDetail {
  readonly message: string;
  readonly code?: string;
  readonly context?: Context;
}

/** What HubSpot's error envelope may carry beside status and message; every part may be absent. */
export interface RefusalDetail {
  readonly category?: string;
  readonly subCategory?: string;
  readonly context?: Context;
  readonly errors?: readonly ErrorDetail[];
  readonly links?: Readonly<Record<string, string>>;
}

/** HubSpot says no. Thrown by whatever notices, turned into an answer, or into one entry of a batch's errors. */
export class Refusal extends Error {
  readonly status: number;
  readonly detail: RefusalDetail;

  constructor(status: number, message: string, detail: RefusalDetail = {}) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.detail = detail;
  }
}

/** A 400 with category VALIDATION_ERROR. */
export function invalid(message: string, detail: RefusalDetail = {}): Refusal {
  return new Refusal(400, message, { category: "VALIDATION_ERROR", ...detail });
}

/** The 404 of a single read or update, with both spaces. */
export function notFound(): Refusal {
  return new Refusal(404, "Object not found.  objectId are usually numeric.", {
    category: "OBJECT_NOT_FOUND",
  });
}

/** The answer to a refused request. */
export function refusalReply({ status, message, detail }: Refusal): Reply {
  const { category, ...rest } = detail;
  const body = { status: "error", message, correlationId: randomUUID(), ...rest };
  return { status, body: category === undefined ? body : { ...body, category } };
}
