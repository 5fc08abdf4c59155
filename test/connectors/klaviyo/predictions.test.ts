import { describe, expect, test } from "vitest";
import type { PropertyRequest, PullPage } from "../../../src/connectors/connector.ts";
import { windowsOf } from "../../../src/connectors/klaviyo/wire/operations.ts";
import { emailKey } from "../../../src/model/email.ts";
import type { RehearsedKlaviyo } from "../../support/klaviyo-connector.ts";
import { live, people, rehearse } from "./rehearse.ts";

const HOUR = 3_600_000;
const NAME: PropertyRequest = { property: "first_name", type: "text" };
const CLV: PropertyRequest = { property: "predictive_analytics.historic_clv", type: "number" };
const PREDICTED: readonly PropertyRequest[] = [
  CLV,
  { property: "predictive_analytics.expected_date_of_next_order", type: "datetime" },
  { property: "predictive_analytics.ranked_channel_affinity", type: "text" },
  { property: "predictive_analytics.churn_probability", type: "number" },
];
const ADA = {
  email: "ada@example.com",
  predictions: {
    historic_clv: 93.87,
    expected_date_of_next_order: "2026-12-08T00:00:00+00:00",
    ranked_channel_affinity: ["sms", "email", "push"],
  },
};

/** The queries of all reading of profiles so far. */
const requested = ({ world }: RehearsedKlaviyo): readonly string[] =>
  world.truth.calls
    .filter(({ operation }) => operation.startsWith("get_profiles"))
    .map(({ path }) => decodeURIComponent(path));
const dear = (klaviyo: RehearsedKlaviyo): readonly string[] =>
  requested(klaviyo).filter((path) => path.includes("predictive_analytics"));

/** All four ways of reading profiles, and a pull that continues; what they showed of Ada. */
async function readEverywhere(klaviyo: RehearsedKlaviyo, properties: readonly PropertyRequest[]) {
  const { contacts } = klaviyo.connector;
  const list = klaviyo.sandbox.createList({ name: "All" });
  const segment = klaviyo.sandbox.createSegment({ name: "VIP" });
  const [id = ""] = klaviyo.sandbox.seed([{ ...ADA, lists: [list], segments: [segment] }]);
  klaviyo.world.clock.advance(HOUR);
  const scope = { collections: [list, segment], properties };
  const pages: PullPage[] = [];
  for await (const page of contacts.pull(scope, null, live())) pages.push(page);
  klaviyo.sandbox.editProfile(id, { title: "Countess" });
  klaviyo.world.clock.advance(60_000);
  const cursor = pages.at(-1)?.cursor ?? "";
  for await (const page of contacts.pull(scope, cursor, live())) pages.push(page);
  const shown = pages.flatMap((page) => (page.kind === "contacts" ? page.contacts : []));
  for await (const page of contacts.everyone(properties, live())) shown.push(...page.contacts);
  shown.push(...(await contacts.read([id], properties, live())).contacts);
  const key = emailKey(ADA.email);
  if (key !== null) shown.push(...(await contacts.find([key], properties, live())).contacts);
  return shown.map(({ values }) => values);
}

describe("what Klaviyo predicts", () => {
  test("is read with its types wherever profiles are read, channels in the order of their rank", async () => {
    const klaviyo = await rehearse();
    const shown = await readEverywhere(klaviyo, PREDICTED);
    expect(shown.length).toBeGreaterThanOrEqual(6);
    for (const values of shown) {
      expect(values).toEqual({
        "predictive_analytics.historic_clv": "93.87",
        "predictive_analytics.expected_date_of_next_order": "2026-12-08T00:00:00.000Z",
        "predictive_analytics.ranked_channel_affinity": "sms, email, push",
        "predictive_analytics.churn_probability": null,
      });
    }
    expect(dear(klaviyo)).toEqual(requested(klaviyo));
  });

  test("is never asked for where the mapping does not name it, and costs not one request more where it does", async () => {
    const [plain, predicted] = [await rehearse(), await rehearse()];
    await readEverywhere(plain, [NAME]);
    await readEverywhere(predicted, [NAME, CLV]);
    await plain.connector.discover(live());
    expect(dear(plain)).toEqual([]);
    expect(plain.connector.requests().get("get_profiles_predictions")).toBeUndefined();
    await predicted.connector.discover(live());
    // Whether a list is looked at once more hangs on the second in which it was.
    const calls = ({ world }: RehearsedKlaviyo) =>
      world.truth.calls.map(({ operation }) => operation).filter((operation) => operation !== "get_list");
    expect(calls(predicted)).toEqual(calls(plain));
  });

  test("channels can be a list, which has no order", async () => {
    const klaviyo = await rehearse();
    const [id = ""] = klaviyo.sandbox.seed([ADA]);
    const properties = [{ property: "predictive_analytics.ranked_channel_affinity", type: "list" }] as const;
    const {
      contacts: [ada],
    } = await klaviyo.connector.contacts.read([id], properties, live());
    expect(ada?.values).toEqual({
      "predictive_analytics.ranked_channel_affinity": ["email", "push", "sms"],
    });
  });

  test("is read at its own slower pace", async () => {
    // Only waiting takes time.
    let time = Date.parse("2026-11-22T08:00:00Z");
    const klaviyo = await rehearse({
      settings: { limits: "off" },
      now: () => time,
      sleep: async (milliseconds) => void (time += milliseconds),
    });
    klaviyo.sandbox.seed(people(3_000));
    const read = async (properties: readonly PropertyRequest[]): Promise<number> => {
      const begun = time;
      for await (const page of klaviyo.connector.contacts.everyone(properties, live()))
        expect(page.contacts).toHaveLength(100);
      return time - begun;
    };
    expect(windowsOf("get_profiles_predictions").map(({ calls }) => calls)).toEqual([10, 150]);
    // 30 pages, at 75 a second and at 10 a second.
    expect(await read([NAME])).toBe(0);
    expect(await read([CLV])).toBe(2_000);
    expect(klaviyo.connector.requests().get("get_profiles_predictions")).toBe(30);
  });

  test("is told by discover as fields that are read only", async () => {
    const klaviyo = await rehearse();
    const { fields } = await klaviyo.connector.discover(live());
    const predictions = fields.filter(({ property }) => property.startsWith("predictive_analytics."));
    expect(predictions).toHaveLength(10);
    expect(predictions.every(({ readOnly }) => readOnly)).toBe(true);
    const types = Object.fromEntries(predictions.map(({ property, type }) => [property.slice(21), type]));
    expect(types).toMatchObject({
      total_clv: "number",
      expected_date_of_next_order: "datetime",
      ranked_channel_affinity: "text",
    });
  });
});
