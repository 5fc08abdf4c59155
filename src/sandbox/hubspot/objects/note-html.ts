/** How long a preview of a note is, in characters. */
const PREVIEW = 500;

/** A note's body as HubSpot keeps it: its parser drops stylesheets and styles. */
export function withoutStyles(html: string): string {
  return html
    .replaceAll(/<style\b[^>]*>[\s\S]*?<\/style>/gi, "")
    .replaceAll(/<[a-z][^>]*>/gi, (tag) => tag.replaceAll(/\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, ""));
}

/** The preview properties that HubSpot computes for a body: a text, a whole document, and whether the text is all. */
export function previewOf(html: string): Readonly<Record<string, string>> {
  const text = withoutStyles(html)
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  if (text === "")
    return { hs_body_preview: "", hs_body_preview_html: "", hs_body_preview_is_truncated: "false" };
  return {
    hs_body_preview: text.slice(0, PREVIEW),
    hs_body_preview_html: `<html>\n <head></head>\n <body>\n  ${withoutStyles(html)}\n </body>\n</html>`,
    hs_body_preview_is_truncated: String(text.length > PREVIEW),
  };
}

/** A time as notes echo it: a fraction of zero is left out. */
export function echoedTime(iso: string | null): string | null {
  return iso?.replace(/\.000Z$/, "Z") ?? null;
}
