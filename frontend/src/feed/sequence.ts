import type { Message } from "@/contract/socket";

/** A message that carries records of a topic: all but those that tell a state of now. */
export type DataMessage = Exclude<Message, { channel: "ranking" | "status" }>;

/** Up to which record a client knows a channel. */
export type Place = Pick<DataMessage, "epoch" | "seq">;

/**
 * Tell whether a message continues what is known up to `known` (null before the first message).
 *
 * A snapshot stands for itself. An update must name as `prev` what this client got last, in the same epoch;
 * the epoch is null until a record of the pair has been read.
 */
export function continues(
  message: Pick<DataMessage, "type" | "epoch" | "prev">,
  known: Place | null,
): boolean {
  if (message.type === "snapshot") return true;
  if (known === null) return false;
  return message.prev === known.seq && (known.epoch === null || message.epoch === known.epoch);
}
