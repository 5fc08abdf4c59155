import type { Random } from "../../random.ts";

/** Ids in the shapes Klaviyo gives them. */
export interface Ids {
  /** Lists, segments, metrics, accounts: six letters and digits, a letter first. */
  short(): string;
  /** Profiles and suppression jobs: 26 characters that sort by time. */
  ulid(millis: number): string;
  /** Events: eleven characters that tell nothing. */
  event(): string;
  uuid(): string;
  /** Import jobs: base64url of an inner name. */
  job(account: string, millis: number): string;
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz";
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX = "0123456789abcdef";

export function ids(random: Random): Ids {
  const some = (alphabet: string, length: number): string => {
    let text = "";
    for (let index = 0; index < length; index += 1) text += alphabet[random.below(alphabet.length)];
    return text;
  };
  return {
    short: () => some(LETTERS, 1) + some(BASE62, 5),
    ulid(millis) {
      let left = Math.floor(millis);
      let time = "";
      for (let index = 0; index < 10; index += 1) {
        time = `${CROCKFORD[left % 32]}${time}`;
        left = Math.floor(left / 32);
      }
      return time + some(CROCKFORD, 16);
    },
    event: () => some(BASE62, 11),
    uuid: () => [some(HEX, 8), some(HEX, 4), `4${some(HEX, 3)}`, `8${some(HEX, 3)}`, some(HEX, 12)].join("-"),
    job(account, millis) {
      const inner = `${account}_maintenance.${some(BASE62, 6)}.${Math.floor(millis / 1_000)}.${some(BASE62, 6)}`;
      return Buffer.from(inner).toString("base64url");
    },
  };
}
