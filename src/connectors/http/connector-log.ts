/**
 * Told of every record skipped, call repeated and way out taken. A line holds operations, statuses, counts and ids of
 * records; never a person's data, a URL with an address in it, or a key.
 */
export type ConnectorLog = (
  message: string,
  details: Readonly<Record<string, string | number | null>>,
) => void;
