import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
);

/** 64 MB and some 100 ms a try, by OWASP's advice on password storage (N = 2^16, r = 8, p = 2). */
const COST = { N: 65_536, r: 8, p: 2 };
const MAXMEM = 192 * 1_024 * 1_024;
const LENGTH = 32;

/** A password as it is kept: `scrypt:N:r:p:salt:hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password.normalize("NFKC"), salt, LENGTH, { ...COST, maxmem: MAXMEM });
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), hash.toString("base64url")].join(":");
}

const KEPT = /^scrypt:(\d{4,6}):(\d{1,2}):(\d{1,2}):([\w-]{20,}):([\w-]{40,})$/;

/** Can it be compared with? */
export function isPasswordHash(kept: string): boolean {
  return KEPT.test(kept);
}

/** Compares in constant time. A hash that cannot be read fits no password. */
export async function passwordFits(password: string, kept: string): Promise<boolean> {
  const [, N, r, p, salt = "", hash = ""] = KEPT.exec(kept) ?? [];
  if (N === undefined) return false;
  const cost = { N: Number(N), r: Number(r), p: Number(p), maxmem: MAXMEM };
  const expected = Buffer.from(hash, "base64url");
  const given = await derive(
    password.normalize("NFKC"),
    Buffer.from(salt, "base64url"),
    expected.length,
    cost,
  );
  return timingSafeEqual(given, expected);
}
