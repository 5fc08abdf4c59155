/** One word for the status of a connection. `paused` is a person's doing; `held` waits for a person's decision. */
export type HealthWord =
  "stopped" | "paused" | "held" | "delayed" | "degraded" | "attention" | "empty" | "healthy";

/** How the word is shown, the same everywhere. Never by color alone: the label stands beside it. */
export const HEALTH_LABELS: Readonly<Record<HealthWord, { readonly label: string; readonly tone: string }>> =
  {
    stopped: { label: "Stopped", tone: "bad" },
    paused: { label: "Paused", tone: "info" },
    held: { label: "Approval needed", tone: "warn" },
    delayed: { label: "Delayed", tone: "warn" },
    degraded: { label: "Degraded", tone: "warn" },
    attention: { label: "Running, needs attention", tone: "info" },
    empty: { label: "No contacts yet", tone: "info" },
    healthy: { label: "Healthy", tone: "ok" },
  };

/** What each word means, the worst first. Where several apply, the first one is shown. */
export const HEALTH_MEANINGS: Readonly<Record<HealthWord, string>> = {
  stopped:
    "Nothing syncs until someone fixes it: a rejected key, three failed runs in a row, or a mapping that cannot be used. The sentence beside it says who.",
  paused: "A person paused syncing and gave a reason. Opt-outs still sync.",
  held: "A run would exceed a limit. Those changes wait for approval. Everything else keeps syncing.",
  delayed: "A sync is later than usual because a system is slow or down. Tandem retries automatically.",
  degraded: "Runs finish, but many contacts fail, or a whole field does not sync.",
  attention: "Runs finish. A few contacts fail until someone corrects them.",
  empty: "No contact matches a rule of the mapping yet, or nothing has synced.",
  healthy: "Everything is in sync, or on its way.",
};
