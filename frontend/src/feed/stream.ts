import { originOf } from "@/candles/origin";
import type { FeedState, Message as AnyMessage, Position } from "@/contract/socket";
import type { Link } from "./connection";
import { PaintTimes } from "./paint-times";
import { continues, type DataMessage, type Place } from "./sequence";
import type { Session } from "./session";
import type { Listener } from "./subscription";
import type { Surroundings } from "./surroundings";
import type { Wanted } from "./wanted";

/** How old the newest record was when it came, and when that was; ages grow from there. */
export interface Freshness {
  /** From the exchange to the sending of the message by the API, in ms: clocks of one side only. */
  readonly ageWhenSent: number;
  /** By this browser's clock, epoch ms. */
  readonly receivedAt: number;
}

/** Return the age of the newest record in ms at `now` (epoch ms). */
export function ageOf(freshness: Freshness, now: number): number {
  return freshness.ageWhenSent + Math.max(0, now - freshness.receivedAt);
}

/** All that is known of a stream but its data. */
export interface StreamState {
  readonly link: Link;
  /** What the API says of the feed behind the socket; null until the first message of a connection. */
  readonly feed: FeedState | null;
  /** Null until a record of the pair has come; outlives the connection, as the data does. */
  readonly freshness: Freshness | null;
  /** Times at which the stream did not continue and was begun anew. */
  readonly resynchronised: number;
}

export const INITIAL_STREAM: StreamState = {
  link: { phase: "idle" },
  feed: null,
  freshness: null,
  resynchronised: 0,
};

/** What a stream tells its owner: messages that continue what came before, and its state. */
export interface StreamEvents<Message extends DataMessage> {
  onData(message: Message): void;
  onState(state: StreamState): void;
}

/**
 * One channel of one pair: a snapshot, then updates that continue it without a hole, also over a loss of the
 * connection. Where one is missing, the stream begins anew with a snapshot, and what comes in between is not
 * passed on.
 */
export class Stream<Message extends DataMessage> implements Listener {
  /** How long its messages took to the paint. */
  readonly paintTimes = new PaintTimes();
  #leave: (() => void) | null = null;
  #unpainted: Freshness[] = [];
  #state: StreamState = INITIAL_STREAM;
  #known: Place | null = null;

  constructor(
    readonly wanted: Extract<Wanted, { channel: Message["channel"] }>,
    private readonly session: Session,
    private readonly surroundings: Surroundings,
    private readonly events: StreamEvents<Message>,
  ) {}

  start(): void {
    this.#leave ??= this.session.join(this);
  }

  stop(): void {
    if (this.#leave === null) return;
    this.#leave();
    this.#leave = null;
    this.#known = null;
    this.onLink({ phase: "idle" });
  }

  get position(): Position | null {
    const { epoch, seq } = this.#known ?? { epoch: null, seq: null };
    return epoch === null || seq === null ? null : { epoch, seq };
  }

  /** Begin anew with a snapshot: what came last does not belong to what came before. */
  beginAnew(): void {
    this.#known = null;
    this.#become({ feed: null, resynchronised: this.#state.resynchronised + 1 });
    this.session.beginAnew(this);
  }

  onLink(link: Link): void {
    this.#become({ link, feed: null });
  }

  onResumed(): void {
    this.#become({ feed: this.session.feed });
  }

  onFeed(feed: FeedState): void {
    if (this.#state.feed !== null) this.#become({ feed });
  }

  onMessage(message: AnyMessage): void {
    if (!this.#isOurs(message)) return;
    // Before a snapshot, what comes continues something that others know.
    if (this.#known === null && message.type === "update") return;
    if (!continues(message, this.#known)) {
      this.beginAnew();
      return;
    }
    this.#known = { epoch: message.epoch, seq: message.seq };
    const freshness = this.#freshness(message);
    if (message.type === "update" && freshness !== null) this.#timePaint(freshness);
    this.#become({ freshness, feed: this.session.feed });
    this.events.onData(message);
  }

  /** What this message changes is painted with the next frame. */
  #timePaint(freshness: Freshness): void {
    // What was filled late is no measure of the way.
    if (freshness === this.#state.freshness) return;
    this.#unpainted.push(freshness);
    if (this.#unpainted.length > 1) return;
    this.surroundings.beforePaint(() => {
      const now = this.surroundings.now();
      for (const unpainted of this.#unpainted) this.paintTimes.add(ageOf(unpainted, now));
      this.#unpainted = [];
    });
  }

  #freshness(message: DataMessage): Freshness | null {
    const known = this.#state.freshness;
    const happened = happenedAt(message);
    if (happened === null) return known;
    const receivedAt = this.surroundings.now();
    // The exchange's clock may be ahead of the platform's.
    const ageWhenSent = Math.max(0, message.send_time - happened);
    // What was filled late is old, and makes nothing older that came before it.
    return known !== null && ageOf(known, receivedAt) < ageWhenSent ? known : { ageWhenSent, receivedAt };
  }

  #isOurs(message: AnyMessage): message is Message {
    const { channel }: Wanted = this.wanted;
    return message.channel === channel;
  }

  #become(change: Partial<StreamState>): void {
    this.#state = { ...this.#state, ...change };
    this.events.onState(this.#state);
  }
}

/** When the newest record happened: on the exchange; what is replayed happens when it is played. */
function happenedAt(message: DataMessage): number | null {
  const { data, exchange_time, arrival_time } = message;
  const newest = Array.isArray(data) ? data.at(-1) : data;
  const replayed = newest !== undefined && newest !== null && originOf(newest) === "replay";
  if (!replayed) return exchange_time;
  // A book is made of many frames and has no time of arrival: it is told as soon as it is made.
  if (message.channel === "orderbook") return message.type === "update" ? message.send_time : null;
  return arrival_time ?? exchange_time;
}
