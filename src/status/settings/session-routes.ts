import { z } from "zod";
import { counted } from "../../model/count-words.ts";
import { writeAudit } from "../../store/chains/audit.ts";
import { endSessions } from "../../store/pages/web-sessions.ts";
import { NOT_FOUND } from "../frame/layout/message-page.ts";
import type { PageDeps } from "../frame/page-deps.ts";
import type { Answer, PageRequest, StatusPage } from "../frame/layout/page.ts";
import type { Visitor } from "../frame/access/role.ts";
import { mayDo } from "../frame/access/role.ts";
import { atomically } from "../../store/database/store.ts";

const params = z.object({ id: z.string().regex(/^\d{1,18}$/) });

/** Ends sessions: one, all of one's own, or everybody's. People end their own, admins anybody's. */
export function sessionRoutes({ act, now }: PageDeps): readonly StatusPage[] {
  const end = async (
    visitor: Visitor,
    action: string,
    which: { readonly id: bigint | null; readonly who: string | null },
  ): Promise<number> =>
    atomically(act.store, async (store) => {
      const at = now();
      const ended = await endSessions(store.statements, which, at);
      const { name: who, role } = visitor;
      const about = { sessions: ended, session: which.id === null ? null : String(which.id) };
      await writeAudit(store, { who, role, action, about }, at);
      return ended;
    });
  const one = async ({ visitor, params: given }: PageRequest): Promise<Answer> => {
    const read = params.safeParse(given);
    if (!read.success) return { kind: "told", status: 404, message: NOT_FOUND };
    const who = mayDo(visitor.role, "admin") ? null : visitor.name;
    const ended = await end(visitor, "end_session", { id: BigInt(read.data.id), who });
    const said = ended === 0 ? "That session had already ended." : "The session has ended.";
    return { kind: "moved", to: "/settings#sessions", said };
  };
  return [
    { method: "POST", address: "/sessions/:id/end", place: "/settings", answer: one },
    {
      method: "POST",
      address: "/sessions/end",
      place: "/settings",
      async answer({ visitor }) {
        await end(visitor, "sign_out_everywhere", { id: null, who: visitor.name });
        return { kind: "moved", to: "/sign-in" };
      },
    },
    {
      method: "POST",
      address: "/sessions/end-all",
      place: "/settings",
      async answer({ visitor }) {
        const ended = await end(visitor, "sign_everybody_out", { id: null, who: null });
        return { kind: "moved", to: "/sign-in", said: `${counted(ended, "session")} ended.` };
      },
    },
  ];
}
