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
export interface VendorErrorDetail {
  readonly category?: string;
  readonly subCategory?: string;
  readonly context?: Context;
  readonly errors?: readonly ErrorDetail[];
  readonly links?: Readonly<Record<string, string>>;
}

/** HubSpot says no. Thrown by whatever notices, turned into an answer, or into one entry of a batch's errors. */
export class VendorError extends Error {
  readonly status: number;
  readonly detail: VendorErrorDetail;

  constructor(status: number, message: string, detail: VendorErrorDetail = {}) {
    super(message);
    this.name = "VendorError";
    this.status = status;
    this.detail = detail;
  }
}

/** A 400 with category VALIDATION_ERROR. */
export function invalid(message: string, detail: VendorErrorDetail = {}): VendorError {
  return new VendorError(400, message, { category: "VALIDATION_ERROR", ...detail });
}

/** The 404 of a single read or update, with both spaces. */
export function notFound(): VendorError {
  return new VendorError(404, "Object not found.  objectId are usually numeric.", {
    category: "OBJECT_NOT_FOUND",
  });
}

/** The answer to a refused request. */
export function errorReply({ status, message, detail }: VendorError): Reply {
  const { category, ...rest } = detail;
  const body = { status: "error", message, correlationId: randomUUID(), ...rest };
  return { status, body: category === undefined ? body : { ...body, category } };
}
