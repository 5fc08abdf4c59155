import type { Random } from "../random.ts";

/** A made-up person, before either system has heard of them. */
export interface Person {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly jobTitle: string;
  readonly city: string;
  /** E.164, of the 555-01xx range that is kept free for stories. */
  readonly phone: string;
  readonly persona: "buyer" | "champion" | "user";
  readonly interests: readonly string[];
  /** yyyy-mm-dd */
  readonly renewal: string;
}

const FIRST = [
  "Ada",
  "Bjørn",
  "Chiara",
  "Dmitri",
  "Élodie",
  "Farid",
  "Grace",
  "Hana",
  "Ivo",
  "Jo",
  "Kadri",
  "Liam",
  "Maja",
  "Noor",
  "Olga",
  "Pablo",
  "Quinn",
  "Rosa",
  "Søren",
  "Tariq",
  "Uma",
  "Věra",
  "Wei",
  "Ximena",
  "Yara",
  "Zoltán",
];
const LAST = [
  "Abe",
  "Bergström",
  "Costa",
  "Dubois",
  "Eriksen",
  "Fischer",
  "García",
  "Haddad",
  "Ivanova",
  "Janssen",
  "Kask",
  "Lehtonen",
  "Müller",
  "Novák",
  "O'Brien",
  "Petrov",
  "Quist",
  "Rossi",
  "Silva",
  "Tamm",
  "Ueda",
  "Virtanen",
  "Wójcik",
  "Xu",
  "Yılmaz",
  "Zhang",
];
const JOBS = [
  "Buyer",
  "Head of Buying",
  "Store Manager",
  "Marketing Lead",
  "Founder",
  "Operations Manager",
  "Office Manager",
  "CFO",
  "Wholesale Partner",
];
const CITIES = [
  "Tallinn",
  "Lisbon",
  "Kraków",
  "København",
  "Zürich",
  "Lyon",
  "Austin",
  "Osaka",
  "São Paulo",
  "Cape Town",
];
const PERSONAS = ["buyer", "champion", "user"] as const;
const INTERESTS = ["news", "offers", "events", "training"];

/** The person with this number: the same seed and order give the same people. */
export function person(random: Random, number: number): Person {
  const firstName = random.pick(FIRST);
  const lastName = random.pick(LAST);
  const plain = (name: string): string =>
    name
      .normalize("NFD")
      .replaceAll(/[^a-z]/gi, "")
      .toLowerCase() || "x";
  const month = String(1 + random.below(12)).padStart(2, "0");
  const day = String(1 + random.below(28)).padStart(2, "0");
  return {
    email: `${plain(firstName)}.${plain(lastName)}.${number}@example.com`,
    firstName,
    lastName,
    jobTitle: random.pick(JOBS),
    city: random.pick(CITIES),
    phone: `+1${String(201 + Math.floor(number / 100_000)).padStart(3, "0")}5${String(number % 1_000_000).padStart(6, "0")}`,
    persona: random.pick(PERSONAS),
    interests: INTERESTS.filter(() => random.chance(0.5)),
    renewal: `2027-${month}-${day}`,
  };
}
