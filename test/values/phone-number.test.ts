import { expect, test } from "vitest";
import { phoneNumber } from "../../src/values/phone-number.ts";

test.for([
  ["\u202a+1 212 555 0123\u202c", "marks of direction around it"],
  ["tel:+12125550123", "a link"],
  [" TEL: (212) 555-0123", "a link to a number without its country"],
  ["\u2066+1\u00a0212\u200b555\u200b0123\u2069", "isolates and zero-width spaces in it"],
  ["\ufeff+12125550123", "a byte order mark before it"],
])("a number is understood with what came along when it was copied: %j", ([text]) => {
  expect(phoneNumber(text ?? "", "US")).toBe("+12125550123");
});
