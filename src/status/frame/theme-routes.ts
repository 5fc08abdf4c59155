import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Access } from "./access/access.ts";
import { THEMES } from "./layout/layout.ts";
import { neededFor } from "./access/permissions.ts";
import { THEME_COOKIE, ownAddress } from "./layout/request-shell.ts";

const form = z.object({ theme: z.enum(THEMES).catch("system"), back: z.string().catch("/") });
const A_YEAR_S = 365 * 24 * 60 * 60;

/** Light, dark, or as the machine is: kept in a cookie, so that the page comes in its colours and does not change into them. */
export function themeRoutes(app: FastifyInstance, { publicUrl }: Access): void {
  app.post("/theme", { config: { needed: neededFor("POST", "/theme") } }, (request, reply) => {
    const { theme, back } = form.parse(request.body ?? {});
    const secure = publicUrl?.protocol === "https:";
    void reply.setCookie(THEME_COOKIE, theme, {
      path: "/",
      maxAge: A_YEAR_S,
      sameSite: "lax",
      httpOnly: true,
      secure,
    });
    return reply.redirect(ownAddress(back), 303);
  });
}
