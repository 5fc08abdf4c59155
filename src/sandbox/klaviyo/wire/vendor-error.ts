import { randomUUID } from "node:crypto";
import type { Reply } from "../../route.ts";

/** An answer that is an error; thrown where it is noticed and sent where the call came in. */
export class VendorError extends Error {
  readonly reply: Reply;

  constructor(status: number, error: Readonly<Record<string, unknown>>, headers?: Record<string, string>) {
    super(String(error["detail"]));
    this.name = "VendorError";
    const body = { errors: [{ id: randomUUID(), status, ...error }] };
    this.reply = headers === undefined ? { status, body } : { status, body, headers };
  }
}

const NOTHING_MORE = { links: {}, meta: {} } as const;

/** 400 about a place in the body. */
export function invalid(detail: string, pointer: string): VendorError {
  return new VendorError(400, {
    code: "invalid",
    title: "Invalid input.",
    detail,
    source: { pointer },
    ...NOTHING_MORE,
  });
}

/** 400 about a query parameter. */
export function invalidParameter(detail: string, parameter: string): VendorError {
  return new VendorError(400, {
    code: "invalid",
    title: "Invalid input.",
    detail,
    source: { parameter },
    ...NOTHING_MORE,
  });
}

export function unauthorized(): VendorError {
  const text = "Incorrect authentication credentials.";
  return new VendorError(401, {
    code: "authentication_failed",
    title: text,
    detail: text,
    source: { pointer: "/data/" },
  });
}

export function forbidden(detail: string): VendorError {
  return new VendorError(403, {
    code: "permission_denied",
    title: "You do not have permission to perform this action.",
    detail,
    source: { pointer: "/data/" },
  });
}

export function notFound(detail: string): VendorError {
  return new VendorError(404, {
    code: "not_found",
    title: "Not found.",
    detail,
    source: { pointer: "/data/" },
  });
}

/** Profiles are named without quotes, lists and the rest in backticks; so the real ones answer. */
export function noProfile(id: string): VendorError {
  return notFound(`A profile with id ${id} does not exist.`);
}

export function noSuch(resource: string, id: string): VendorError {
  return notFound(`A ${resource} with id \`${id}\` does not exist.`);
}

export function duplicateProfile(id: string): VendorError {
  return new VendorError(409, {
    code: "duplicate_profile",
    title: "Conflict.",
    detail: "A profile already exists with one of these identifiers.",
    source: { pointer: "/data/attributes" },
    links: {},
    meta: { duplicate_profile_id: id },
  });
}

/** 415: a body that is no JSON by its own account. The real wording is not known. */
export function unsupportedType(type: string): VendorError {
  return new VendorError(415, {
    code: "unsupported_media_type",
    title: "Unsupported media type.",
    detail: `Unsupported media type "${type}" in request.`,
    source: { pointer: "/data/" },
    ...NOTHING_MORE,
  });
}

export function tooLarge(detail: string): VendorError {
  return new VendorError(413, {
    code: "payload_too_large",
    title: "Payload too large.",
    detail,
    source: { pointer: "/data/" },
    ...NOTHING_MORE,
  });
}

export function throttled(seconds: number): VendorError {
  const detail = `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? "" : "s"}.`;
  const type = "https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling#rate-limits";
  const error = {
    code: "throttled",
    title: "Request was throttled.",
    detail,
    source: { pointer: "/data" },
    links: { type },
    meta: {},
  };
  return new VendorError(429, error, { "retry-after": String(seconds) });
}

/** 410 of a revision whose support has ended. The real wording is not known. */
export function revisionEnded(revision: string): VendorError {
  return new VendorError(410, {
    code: "revision_ended",
    title: "Gone.",
    detail: `The revision ${revision} is no longer available.`,
    source: { pointer: "/data/" },
    ...NOTHING_MORE,
  });
}
