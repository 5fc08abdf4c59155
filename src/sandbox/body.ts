/** What a request carried: parsed JSON, the fields of a form, or nothing; `malformed` says why JSON could not be read. */
export function bodyOf(
  text: unknown,
  contentType: string | undefined,
): { readonly body: unknown; readonly malformed: string | null } {
  if (typeof text !== "string" || text.trim() === "") return { body: undefined, malformed: null };
  if (contentType?.startsWith("application/x-www-form-urlencoded")) {
    return { body: Object.fromEntries(new URLSearchParams(text)), malformed: null };
  }
  try {
    const body: unknown = JSON.parse(text);
    return { body, malformed: null };
  } catch (error) {
    return { body: undefined, malformed: error instanceof Error ? error.message : String(error) };
  }
}
