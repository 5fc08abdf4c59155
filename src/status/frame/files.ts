import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { FastifyInstance } from "fastify";
import { neededFor } from "./access/permissions.ts";

/** One stylesheet in parts; paper comes last, since it takes back what the others set. */
const STYLES = ["page.css", "tables.css", "lists.css", "forms.css", "figures.css", "print.css"];

/** The font's own stylesheet names a file for each script; a browser loads those whose letters a page has. */
const FONT = "@fontsource-variable/inter";
const FONT_FILE = /url\(\.\/files\/([a-z0-9-]+\.woff2)\)/g;
/** The name of a font's file never stands for another content while a version runs. */
const FONT_KEPT = "public, max-age=604800";

/** Stylesheet, script and fonts of the pages, from this machine and nobody else's. */
export async function files(app: FastifyInstance): Promise<void> {
  const { resolve } = createRequire(import.meta.url);
  const read = (name: string) => readFile(new URL(`assets/${name}`, import.meta.url), "utf8");
  const faces = await readFile(resolve(`${FONT}/index.css`), "utf8");
  const fonts = new Set([...faces.matchAll(FONT_FILE)].map(([, name = ""]) => name));
  const fontStyle = withoutRemarks(faces.replaceAll(FONT_FILE, "url(/fonts/$1)"));
  const style = withoutRemarks((await Promise.all(STYLES.map(read))).join("\n"));
  const script = await read("page.js");
  const config = (address: string) => ({ config: { needed: neededFor("GET", address) } });
  app.get("/style.css", config("/style.css"), (_request, reply) =>
    reply.type("text/css; charset=utf-8").send(style),
  );
  app.get("/fonts.css", config("/fonts.css"), (_request, reply) =>
    reply.type("text/css; charset=utf-8").header("cache-control", FONT_KEPT).send(fontStyle),
  );
  app.get("/page.js", config("/page.js"), (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").send(script),
  );
  app.get<{ Params: { name: string } }>("/fonts/:name", config("/fonts/:name"), async (request, reply) => {
    const { name } = request.params;
    if (!fonts.has(name)) return reply.callNotFound();
    const font = await readFile(resolve(`${FONT}/files/${name}`));
    return reply.type("font/woff2").header("cache-control", FONT_KEPT).send(font);
  });
}

/** Remarks and indentation are for us: without them it is a quarter less. */
function withoutRemarks(style: string): string {
  const [first = "", ...rest] = style.split("/*");
  const told = rest.map((part) => part.slice(part.indexOf("*/") + 2));
  return [first, ...told]
    .join("")
    .replaceAll(/([{};,])\s+/g, "$1")
    .replaceAll(": ", ":")
    .replaceAll(" {", "{")
    .replaceAll(";}", "}");
}
