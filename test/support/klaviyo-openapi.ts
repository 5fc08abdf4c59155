import { readFileSync } from "node:fs";
import type { ValidateFunction } from "ajv";
import { Ajv } from "ajv";
import addFormatsModule from "ajv-formats";
import type { Vendor } from "../../src/sandbox/server.ts";

/**
 * The file of Klaviyo's published specification, of the revision that Tandem uses. It is not part of this repository: without
 * `KLAVIYO_OPENAPI`, requests and answers are not compared with it.
 */
export const SPECIFICATION: string | null = process.env["KLAVIYO_OPENAPI"] ?? null;
if (SPECIFICATION === null)
  console.log("skipped: KLAVIYO_OPENAPI names no file of Klaviyo's specification to compare requests with");

/** One request and what it was answered, as they went over the wire. */
export interface Exchange {
  readonly method: string;
  /** With its query string. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestBody: unknown;
  readonly status: number;
  /** Undefined for an empty answer. */
  readonly responseBody: unknown;
}

export interface KlaviyoSpecification {
  readonly operations: readonly {
    /** Its operationId. */
    readonly id: string;
    /** `{ burst: "75/s", steady: "750/m" }` */
    readonly limits: { readonly burst: string; readonly steady: string };
    /** Scopes and query parameters, each in alphabetical order. */
    readonly scopes: readonly string[];
    readonly query: readonly string[];
  }[];
  /** What of an exchange the specification does not allow, in words; empty when all is well. */
  problemsOf(exchange: Exchange): readonly string[];
}

type Json = Readonly<Record<string, unknown>>;
interface Operation {
  readonly id: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameters: readonly Json[];
  readonly limits: { readonly burst: string; readonly steady: string };
  readonly scopes: readonly string[];
  readonly request: unknown;
  readonly responses: Json;
}

/**
 * Where recorded answers carry null and the specification says they may not. Both the rehearsal and the connector go by
 * the recordings.
 */
const RECORDED_NULLS: Readonly<Record<string, readonly string[]>> = {
  CollectionLinks: ["prev", "next"],
  Subscriptions: ["email", "sms", "mobile_push", "whatsapp"],
  PredictiveAnalytics: ["ranked_channel_affinity"],
};
/** What a resource keeps however few fields are asked for. */
const ALWAYS: ReadonlySet<string> = new Set(["data", "type", "id", "attributes", "links", "self", "related"]);
// The package is CommonJS; its function hides behind a second `default`.
const addFormats = addFormatsModule.default;

/**
 * Reads Klaviyo's published specification. Requests are held to it strictly, down to unknown members; answers may carry
 * more than it says (real ones do), and lack attributes where `fields[…]` asked for fewer.
 */
export function klaviyoSpecification(file: string): KlaviyoSpecification {
  const document = JSON.parse(readFileSync(file, "utf8")) as Json;
  const operations = operationsOf(document);
  const requests = compiler(document, { strict: true, sparse: false });
  const answers = compiler(document, { strict: false, sparse: false });
  const sparseAnswers = compiler(document, { strict: false, sparse: true });

  return {
    operations: operations.map(({ id, limits: { burst, steady }, scopes, parameters }) => ({
      id,
      limits: { burst, steady },
      scopes: scopes.toSorted(),
      query: parameters
        .filter((parameter) => parameter["in"] === "query")
        .map(({ name }) => String(name))
        .toSorted(),
    })),
    problemsOf(exchange) {
      const [path = "", search = ""] = exchange.path.split("?", 2);
      const operation = operations.find(
        ({ method, pattern }) => method === exchange.method && pattern.test(path),
      );
      if (operation === undefined) return [`${exchange.method} ${path} is no operation of the specification`];
      const query = new URLSearchParams(search);
      const refused = exchange.status >= 400;
      const sparse = [...query.keys()].some((name) => name.startsWith("fields["));
      const problems = refused
        ? []
        : [
            ...headerProblems(exchange),
            ...queryProblems(operation, query),
            ...bodyProblems("request", requests, operation.request, exchange.requestBody),
          ];
      const schema = answerSchema(document, operation, exchange.status);
      if (schema === null) problems.push(`${exchange.status} is no answer of the specification`);
      else {
        const compile = sparse ? sparseAnswers : answers;
        problems.push(...bodyProblems("answer", compile, schema.schema, exchange.responseBody));
      }
      return problems.map((problem) => `${operation.id}: ${problem}`);
    },
  };
}

/** The same vendor, telling of every exchange just before it is sent. */
export function observed(vendor: Vendor, onExchange: (exchange: Exchange) => void): Vendor {
  return {
    ...vendor,
    finish(call, route, reply) {
      const finished = vendor.finish?.(call, route, reply) ?? reply;
      const { method, path, headers, body: requestBody } = call;
      // Through text and back, so that what is checked is what is sent.
      const text = finished.body === undefined ? undefined : JSON.stringify(finished.body);
      const responseBody: unknown = text === undefined ? undefined : JSON.parse(text);
      onExchange({ method, path, headers, requestBody, status: finished.status, responseBody });
      return finished;
    },
  };
}

function operationsOf(document: Json): readonly Operation[] {
  return Object.entries(document["paths"] as Json).flatMap(([template, methods]) =>
    Object.entries(methods as Json).flatMap(([method, value]): Operation[] => {
      const operation = value as Json;
      if (typeof operation["operationId"] !== "string") return [];
      const pattern = template.replaceAll(/\{[^}]+\}/g, "[^/]+");
      const content = (operation["requestBody"] as Json | undefined)?.["content"] as Json | undefined;
      return [
        {
          id: operation["operationId"],
          method: method.toUpperCase(),
          pattern: new RegExp(`^${pattern}/?$`),
          parameters: (operation["parameters"] ?? []) as readonly Json[],
          limits: operation["x-klaviyo-ratelimit"] as Operation["limits"],
          scopes: operation["x-klaviyo-scopes"] as readonly string[],
          request: (Object.values(content ?? {})[0] as Json | undefined)?.["schema"],
          responses: operation["responses"] as Json,
        },
      ];
    }),
  );
}

function headerProblems({ headers, requestBody }: Exchange): readonly string[] {
  const problems: string[] = [];
  if (!/^\d{4}-\d{2}-\d{2}/.test(headers["revision"] ?? "")) problems.push("the request has no revision");
  // The SDK says `application/json`, the specification `application/vnd.api+json`; both are accepted.
  const json = /^application\/(vnd\.api\+)?json/.test(headers["content-type"] ?? "");
  if (requestBody !== undefined && !json) problems.push("the request does not say that it is JSON");
  return problems;
}

function queryProblems({ parameters }: Operation, query: URLSearchParams): readonly string[] {
  return [...query].flatMap(([name, text]) => {
    const parameter = parameters.find(
      (candidate) => candidate["in"] === "query" && candidate["name"] === name,
    );
    if (parameter === undefined) return [`${name} is no parameter`];
    const schema = parameter["schema"] as Json;
    const items = schema["items"] as Json | undefined;
    const allowed = (items ?? schema)["enum"] as readonly string[] | undefined;
    const values = items === undefined ? [text] : text.split(",");
    const wrong = allowed === undefined ? [] : values.filter((value) => !allowed.includes(value));
    const { minimum = 0, maximum = Infinity } = schema as { minimum?: number; maximum?: number };
    const number = Number(text);
    if (schema["type"] === "integer" && !(number >= minimum && number <= maximum)) wrong.push(text);
    return wrong.map((value) => `${name} may not be ${value}`);
  });
}

type Compile = (schema: unknown) => ValidateFunction;

function bodyProblems(what: string, compile: Compile, schema: unknown, body: unknown): readonly string[] {
  if (schema === undefined) return body === undefined ? [] : [`the ${what} has a body and should have none`];
  if (body === undefined) return [`the ${what} has no body`];
  const validate = compile(schema);
  if (validate(body)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${what} ${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** The schema of an answer; its schema is undefined where the answer is empty. */
function answerSchema(
  document: Json,
  operation: Operation,
  status: number,
): { readonly schema: unknown } | null {
  const range = `${Math.floor(status / 100)}XX`;
  let answer = (operation.responses[String(status)] ?? operation.responses[range]) as Json | undefined;
  if (answer === undefined) return null;
  if (typeof answer["$ref"] === "string") {
    const name = answer["$ref"].split("/").at(-1) ?? "";
    answer = ((document["components"] as Json)["responses"] as Json)[name] as Json;
  }
  const content = Object.values((answer["content"] as Json | undefined) ?? {})[0] as Json | undefined;
  return { schema: content?.["schema"] };
}

interface Reading {
  /** Unknown members are refused. */
  readonly strict: boolean;
  /** Attributes may be missing. */
  readonly sparse: boolean;
}

function compiler(document: Json, reading: Reading): Compile {
  const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true });
  addFormats(ajv);
  const schemas = (document["components"] as Json)["schemas"] as Json;
  const rewritten = Object.entries(schemas).map(([name, schema]) => [
    name,
    rewrite(schema, reading, RECORDED_NULLS[name] ?? []),
  ]);
  ajv.addSchema({ $id: "klaviyo", components: { schemas: Object.fromEntries(rewritten) as Json } });
  const compiled = new Map<unknown, ValidateFunction>();
  return (schema) => {
    let validate = compiled.get(schema);
    if (validate === undefined)
      compiled.set(schema, (validate = ajv.compile(rewrite(schema, reading, []) as Json)));
    return validate;
  };
}

/** OpenAPI 3.0 as JSON Schema: `nullable` becomes a null among the types, and references lead into the document. */
function rewrite(schema: unknown, reading: Reading, nullables: readonly string[], inAllOf = false): unknown {
  if (Array.isArray(schema)) return schema.map((one: unknown) => rewrite(one, reading, [], inAllOf));
  if (typeof schema !== "object" || schema === null) return schema;
  const given = schema as Json;
  const nullable = given["nullable"] === true;
  if (typeof given["$ref"] === "string") {
    const reference = { $ref: given["$ref"].replace("#/", "klaviyo#/") };
    return nullable ? { anyOf: [reference, { type: "null" }] } : reference;
  }
  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    if (["nullable", "example", "description", "default", "discriminator"].includes(key)) continue;
    if (key === "properties") made[key] = rewriteProperties(value as Json, reading, nullables);
    // The alternatives are not told apart carefully enough for exactly one to fit.
    else if (key === "oneOf" || key === "anyOf") made["anyOf"] = rewrite(value, reading, []);
    else if (key === "allOf") made[key] = rewrite(value, reading, [], true);
    else if (key === "required" && Array.isArray(value)) {
      made[key] = reading.sparse ? value.filter((name: string) => ALWAYS.has(name)) : value;
    } else if (key === "enum" || typeof value !== "object") made[key] = value;
    else made[key] = rewrite(value, reading, []);
  }
  const closed = reading.strict && !inAllOf && made["properties"] !== undefined;
  if (closed && made["additionalProperties"] === undefined) made["additionalProperties"] = false;
  return nullable ? { anyOf: [made, { type: "null" }] } : made;
}

function rewriteProperties(properties: Json, reading: Reading, nullables: readonly string[]): Json {
  const entries = Object.entries(properties).map(([name, value]) => {
    const one = rewrite(value, reading, []);
    return [name, nullables.includes(name) ? { anyOf: [one, { type: "null" }] } : one];
  });
  return Object.fromEntries(entries) as Json;
}
