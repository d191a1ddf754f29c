import type { SocketMessage } from "@/contract/socket";

/** A message that carries records: all but the status of the feed. */
export type DataMessage = Exclude<SocketMessage, { channel: "status" }>;

/** Up to which record a client knows a channel. */
export type Position = Pick<DataMessage, "epoch" | "seq">;

/**
 * Tell whether a message continues what is known up to `known` (null before the first message).
 *
 * A snapshot stands for itself. An update must name as `prev` what this client got last, in the same epoch;
 * the epoch is null until a record of the pair has been read.
 */
export function continues(
  message: Pick<DataMessage, "type" | "epoch" | "prev">,
  known: Position | null,
): boolean {
  if (message.type === "snapshot") return true;
  if (known === null) return false;
  return message.prev === known.seq && (known.epoch === null || message.epoch === known.epoch);
}
