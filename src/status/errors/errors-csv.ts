import type { FailingContact } from "../../store/pages/failing-contacts.ts";
import type { CsvCell } from "../parts/csv-line.ts";
import { place } from "../../words/problem-words.ts";

const HEADS = [
  "E-mail",
  "Name",
  "HubSpot id",
  "Klaviyo id",
  "Cause",
  "Title",
  "Where",
  "What is wrong",
  "First seen",
  "Tries",
  "Reference",
];

/** A line a problem, everybody that matches. */
export async function* errorsCsv(
  contacts: AsyncIterable<FailingContact>,
): AsyncGenerator<readonly CsvCell[]> {
  yield HEADS;
  for await (const { email, name, ids, attempts, problems } of contacts) {
    for (const problem of problems) {
      const { code, title, explanation, firstSeen, reference } = problem;
      yield [
        { email },
        name,
        ids.hubspot,
        ids.klaviyo,
        code,
        title,
        place(problem),
        explanation,
        firstSeen.toISOString(),
        String(attempts),
        reference,
      ];
    }
  }
}
