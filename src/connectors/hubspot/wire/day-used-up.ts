import { SystemUnavailable } from "../../../model/problem.ts";
import type { DayUsedUp } from "../../http/day-budget.ts";

const WHAT_WAITS = "Fields, lists and engagement wait until then";

/** HS-SHARE or HS-LOW: what is left of HubSpot's day is kept for opt-outs, or nothing is left of it. */
export function dayUsedUp(
  { why, limit, allowed, reserve, endsAt }: DayUsedUp,
  now: number,
  timeZone: string | null,
): SystemUnavailable {
  const [all, own, kept] = [limit, allowed, reserve].map((count) => count.toLocaleString("en-US"));
  const until = `${new Date(endsAt).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const zone = timeZone === null ? "" : ` (midnight in ${timeZone})`;
  const reserved = `The last ${kept} calls are kept for opt-outs, which still travel.`;
  const account = {
    level: "connection",
    side: "hubspot",
    field: null,
    retry: "soon",
    reference: null,
  } as const;
  const problem =
    why === "share"
      ? {
          ...account,
          code: "HS-SHARE",
          title: "Tandem has used its share of today's HubSpot calls",
          explanation: `api_share lets Tandem make ${own} of the account's ${all} calls a day. ${WHAT_WAITS}: ${until}${zone}. ${reserved}`,
          fix: [
            `Nobody has to act: Tandem continues at ${until}.`,
            "To sync more a day, raise limits.api_share.hubspot in the mapping file, or let Tandem read less often (schedule).",
          ],
        }
      : {
          ...account,
          code: "HS-LOW",
          title: "The HubSpot account has hardly any calls left today",
          explanation: `All tools of the account share ${all} calls a day, and other tools have used most of them. ${WHAT_WAITS}: ${until}${zone}. ${reserved}`,
          fix: [
            `Nobody has to act: Tandem continues at ${until}.`,
            "In HubSpot, an admin can see which tool uses the calls under Settings > Integrations > Monitoring.",
          ],
        };
  return new SystemUnavailable("hubspot", problem, endsAt - now);
}
