/** What a template may speak of. */
export interface Rendered {
  readonly values: Readonly<Record<string, string>>;
  readonly extraData: unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * A header or detail as a salesperson reads it. Of Handlebars only what HubSpot shows in its pages: `{{token}}`,
 * `{{extraData.path}}`, `{{#if token}}…{{else}}…{{/if}}` and `{{#formatDate token}}{{/formatDate}}`. What is not there
 * is empty. Values are escaped, as Handlebars does with two braces.
 */
export function renderTemplate(template: string, given: Rendered): string {
  return template
    .replaceAll(
      /\{\{#if ([\w.$ -]+)\}\}([\s\S]*?)(?:\{\{else\}\}([\s\S]*?))?\{\{\/if\}\}/g,
      (_whole, name: string, then: string, otherwise = "") =>
        valueAt(given, name.trim()) === "" ? String(otherwise) : then,
    )
    .replaceAll(/\{\{#formatDate ([\w.$-]+)\}\}[\s\S]*?\{\{\/formatDate\}\}/g, (_whole, name: string) =>
      dateText(valueAt(given, name)),
    )
    .replaceAll(/\{\{\{?\s*([\w.$ -]+?)\s*\}\}\}?/g, (_whole, name: string) => escaped(valueAt(given, name)));
}

function valueAt({ values, extraData, at }: Rendered, path: string): string {
  const own = values[path];
  if (own !== undefined) return own;
  if (path === "timestamp") return String(at);
  const [root, ...rest] = path.split(".");
  if (root !== "extraData") return "";
  let found: unknown = extraData;
  for (const part of rest) {
    found =
      typeof found === "object" && found !== null ? (found as Record<string, unknown>)[part] : undefined;
  }
  return typeof found === "string" || typeof found === "number" || typeof found === "boolean"
    ? String(found)
    : "";
}

function dateText(value: string): string {
  const time = /^\d+$/.test(value) ? Number(value) : Date.parse(value);
  return Number.isNaN(time) ? "" : new Date(time).toISOString().slice(0, 16).replace("T", " ");
}

function escaped(text: string): string {
  const signs: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}
