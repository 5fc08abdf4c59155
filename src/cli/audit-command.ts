import { userInfo } from "node:os";
import type { AuditEntry } from "../store/chains/audit.ts";
import { writeAudit } from "../store/chains/audit.ts";
import type { Store } from "../store/database/store.ts";

/** Who types commands: the system's user by name, or by number where the system has no name for it, as in a container. */
function commandUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}

/** As it is kept where somebody decided something. */
export function commandLineUser(): string {
  return `command line, ${commandUser()}`;
}

/** Keeps what somebody did on the command line, as what people do on the page is kept. */
export async function auditCommand(
  store: Store,
  entry: Omit<AuditEntry, "who" | "role">,
  now: Date,
): Promise<void> {
  await writeAudit(store, { ...entry, who: commandUser(), role: "command line" }, now);
}
