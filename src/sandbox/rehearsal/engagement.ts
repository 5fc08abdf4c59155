import type { Engagement } from "../klaviyo/control/mail-control.ts";
import type { KlaviyoSandbox } from "../klaviyo/control/operations.ts";
import type { Random } from "../random.ts";
import { seededRandom } from "../random.ts";

/** What was sent before the story begins. */
interface Letter {
  readonly name: string;
  readonly subject: string;
  readonly daysAgo: number;
  readonly links: readonly string[];
  readonly trackingParams: boolean;
}

const SHOP = "https://shop.example.com";
const LETTERS: readonly Letter[] = [
  {
    name: "Spring collection",
    subject: "The spring collection is here",
    daysAgo: 24,
    links: [`${SHOP}/spring`, `${SHOP}/spring/jackets?size=m`, `${SHOP}/stores#north`],
    trackingParams: true,
  },
  {
    name: "Members' week",
    subject: "Seven days, seven offers",
    daysAgo: 13,
    links: [`${SHOP}/members`, `${SHOP}/offers/today`],
    trackingParams: false,
  },
  {
    name: "Summer preview",
    subject: "Have a first look at summer",
    daysAgo: 4,
    links: [`${SHOP}/summer`, `${SHOP}/summer/lookbook.pdf`],
    trackingParams: true,
  },
];
const WELCOME = ["Welcome to the shop", "Three things to try first"];
const WIN_BACK = ["We have missed you"];

/** However many people there are: enough to see, and soon told. */
const MOST_READERS = 300;
const DAY = 86_400_000;
const MINUTE = 60_000;

/** Of a hundred. */
const OPEN = 45;
const BY_MACHINE = 25;
const CLICK = 40;
const BY_BOT = 10;
const LATE = 5;
const BOUNCE = 2;
const UNSUBSCRIBE = 3;
const LATEST = 17 * DAY;

/**
 * What a marketer sent in the last weeks, and what became of it: most received it, some opened it (or their mail program
 * did) and clicked, a few bounced or unsubscribed, and their consent with them. A few of these events come late.
 *
 * @returns the ids of the campaigns, newest last
 */
export function tellEngagement(
  random: Random,
  klaviyo: KlaviyoSandbox,
  readers: readonly string[],
): readonly string[] {
  // Its own stream, so that the people of a seed stay who they are.
  const own = seededRandom(random.below(2 ** 32));
  const now = klaviyo.vendor.world.clock.now();
  const campaigns = LETTERS.map(({ daysAgo, ...letter }) => {
    const sent = new Date(now - daysAgo * DAY).toISOString();
    return klaviyo.createCampaign({ ...letter, sent });
  });
  const flows = [
    klaviyo.createFlow({
      name: "Welcome series",
      trigger: "Added to List",
      messages: WELCOME.map(messageOf),
    }),
    klaviyo.createFlow({ name: "Win back", messages: WIN_BACK.map(messageOf) }),
  ];
  const gone = new Set<string>();
  for (const [index, letter] of LETTERS.entries()) {
    for (const profile of readers.slice(0, MOST_READERS)) {
      if (gone.has(profile)) continue;
      const message = campaigns[index] ?? "";
      const lost = receive(own, klaviyo, {
        profile,
        message,
        sent: now - letter.daysAgo * DAY,
        links: letter.links,
      });
      if (lost) gone.add(profile);
    }
  }
  const inFlows = flows.flatMap(({ messages }) => messages);
  for (const profile of readers.slice(0, MOST_READERS)) {
    if (gone.has(profile) || !own.chance(0.2)) continue;
    const sent = now - own.below(20) * DAY - DAY;
    const lost = receive(own, klaviyo, {
      profile,
      message: own.pick(inFlows),
      sent,
      links: [`${SHOP}/start`],
    });
    if (lost) gone.add(profile);
  }
  return campaigns;
}

function messageOf(subject: string) {
  return { subject, name: subject, links: [`${SHOP}/start`] };
}

interface Letterbox {
  readonly profile: string;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly sent: number;
  readonly links: readonly string[];
}

/** One message and one person. True where nothing more can be sent to them. */
function receive(
  random: Random,
  klaviyo: KlaviyoSandbox,
  { profile, message, sent, links }: Letterbox,
): boolean {
  const percent = (chance: number): boolean => random.below(100) < chance;
  let at = sent + random.below(30 * MINUTE);
  const does = (kind: Engagement["kind"], more: Partial<Engagement> = {}): void => {
    at += MINUTE + random.below(180 * MINUTE);
    const late = percent(LATE) ? { visible_after_ms: random.below(LATEST) } : {};
    const datetime = new Date(Math.min(at, klaviyo.vendor.world.clock.now())).toISOString();
    klaviyo.engage({ kind, profile, message, datetime, ...late, ...more });
  };
  if (percent(BOUNCE)) {
    const hard = percent(50);
    does("bounced", { bounce: hard ? "Hard" : "Soft" });
    return hard;
  }
  does("received");
  if (!percent(OPEN)) return false;
  const machine = percent(BY_MACHINE);
  does("opened", { machine });
  if (machine) return false;
  if (percent(CLICK)) {
    const clicks = 1 + random.below(3);
    for (let click = 0; click < clicks; click += 1)
      does("clicked", { url: random.pick(links), bot: percent(BY_BOT) });
  }
  if (!percent(UNSUBSCRIBE)) return false;
  does("unsubscribed");
  return true;
}
