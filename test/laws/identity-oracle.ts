import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { MemoryWrite } from "../../src/connectors/memory/write-all.ts";
import { refusesAll } from "../../src/model/consent.ts";
import type { Side } from "../../src/model/side.ts";
import type { Engine } from "../support/engine.ts";
import type { Group, Soul, Worlds } from "./identity-life.ts";

/** Everything that must not be, after nothing has happened for a while. */
export async function identityWrongs(
  it: Engine,
  { systems, partner }: Worlds,
  groups: readonly Group[],
): Promise<readonly string[]> {
  const wrongs: string[] = [];
  const links = await it.fresh.database.link.findMany({ include: { problems: true } });
  const linkOf = new Map(
    links.flatMap((link) => [
      [`hubspot ${link.hubspotId}`, link] as const,
      [`klaviyo ${link.klaviyoId}`, link] as const,
    ]),
  );
  const show = (soul: Soul) => systems[soul.side].user.see(soul.id);
  for (const group of groups.filter(({ erased }) => !erased)) {
    const alive = group.souls.filter((soul) => soul.alive);
    const of = (side: Side) => alive.filter((soul) => soul.side === side);
    for (const soul of alive.filter((one) => show(one)?.shownEmail === null))
      wrongs.push(`${soul.side} ${soul.id} of ${group.name}@ has no address`);
    for (const contact of of("hubspot")) {
      for (const profile of of("klaviyo")) {
        const email = show(contact)?.shownEmail ?? null;
        if (email === null || email !== show(profile)?.shownEmail) continue;
        if (!isInScope(systems.hubspot, "all", contact) && !isInScope(systems.klaviyo, "engaged", profile))
          continue;
        const link = linkOf.get(`hubspot ${contact.id}`);
        if (
          link === undefined ||
          link.klaviyoId !== profile.id ||
          link.deletedOn !== null ||
          link.missingOn !== null
        )
          wrongs.push(`${email}: ${contact.id} and ${profile.id} are not one live link, but ${words(link)}`);
        else if (link.emailKey !== email || link.passed)
          wrongs.push(`${email}: its link is under ${link.emailKey}`);
        else if (link.state === "failing" && !link.problems.every(({ code }) => code === "SK-CLAIMED"))
          wrongs.push(
            `${email}: fails with ${link.problems.map(({ code, title }) => `${code} ${title}`).join()}`,
          );
      }
    }
    for (const soul of alive.filter(({ optedOut }) => optedOut)) {
      const other = alive.find((one) => one.side !== soul.side && one.id === partner(soul));
      const both = other === undefined ? [] : [soul, other];
      for (const one of both) {
        if (!isOptedOut(systems[one.side], one))
          wrongs.push(
            `${show(one)?.shownEmail}: ${one.side} ${one.id} is not opted out, ${soul.side} ${soul.id} was`,
          );
      }
    }
    for (const link of links.filter(({ emailKey }) => emailKey.includes(`.${group.name}@`))) {
      for (const { code, fix } of link.problems) {
        if (code === "SK-TWO" || JSON.stringify(fix).includes("Merge"))
          wrongs.push(`${link.emailKey}: told ${code}`);
      }
    }
  }
  for (const side of ["hubspot", "klaviyo"] as const) wrongs.push(...strayWrites(systems[side], side));
  return wrongs;
}

function isInScope({ user }: MemoryConnector, collection: string, { id }: Soul): boolean {
  return user.members(collection).includes(id);
}

function isOptedOut({ user, side }: MemoryConnector, { id }: Soul): boolean {
  const consent = user.see(id)?.consent ?? null;
  if (consent === null) return false;
  return refusesAll(consent) || (side === "hubspot" && consent.optedOutTypes.includes("1"));
}

/** Each value names the group that it is of. */
function strayWrites({ writes }: MemoryConnector, side: Side): readonly string[] {
  return writes.flatMap(({ operation, result, before, after }: MemoryWrite) => {
    if (result.outcome !== "done") return [];
    const target = after?.shownEmail ?? before?.shownEmail ?? null;
    const name =
      "values" in operation ? operation.values[side === "hubspot" ? "firstname" : "first_name"] : null;
    const group = typeof name === "string" ? name.split(" ")[0] : null;
    if (group === null || target === null || target.includes(`.${String(group)}@`)) return [];
    return [`${String(name)} was written to ${target}`];
  });
}

function words(
  link:
    | {
        id: bigint;
        hubspotId: string | null;
        klaviyoId: string | null;
        emailKey: string;
        deletedOn: string | null;
        state: string;
        reason: string;
      }
    | undefined,
): string {
  if (link === undefined) return "no link";
  return `link ${link.id} ${link.emailKey} ${link.hubspotId}/${link.klaviyoId} deleted=${link.deletedOn} ${link.state} ${link.reason}`;
}
