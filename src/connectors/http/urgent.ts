import { AsyncLocalStorage } from "node:async_hooks";

const urgent = new AsyncLocalStorage<true>();

/**
 * Calls made within this work may use the part of a day's calls that is kept for opt-outs. Only the consent lane's work
 * is urgent: anybody who opted out must not wait for midnight because fields were synced all day.
 */
export function urgently<T>(work: () => Promise<T>): Promise<T> {
  return urgent.run(true, work);
}

export function isUrgent(): boolean {
  return urgent.getStore() === true;
}
