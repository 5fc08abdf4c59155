/** A time for a filter: whole seconds, `Z`, unquoted, as Klaviyo wants it. */
export function filterTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** `any(field,["a","b"])`, each text quoted so that none can end the filter early. */
export function anyOf(field: "id" | "email", texts: readonly string[]): string {
  return `any(${field},[${texts.map((text) => JSON.stringify(text)).join(",")}])`;
}
