import {
  CloseCode,
  type FeedState,
  type Message,
  type Position,
  type Refusal,
  type Subscribe,
  type Unsubscribe,
} from "@/contract/socket";
import type { Link } from "./connection";
import { pauseBefore } from "./pauses";
import type { Surroundings } from "./surroundings";
import type { Wanted } from "./wanted";

/** Who hears of a subscription. */
export interface Listener {
  readonly wanted: Wanted;
  /** Up to where it has heard, and may go on from; null where it needs a snapshot. */
  readonly position: Position | null;
  /** How the connection stands, or, where the API will not serve this subscription, how that stands. */
  onLink(link: Link): void;
  /** The subscription goes on after `position`: what comes continues it. */
  onResumed(): void;
  /** Whether the API is told what happens. */
  onFeed(feed: FeedState): void;
  onMessage(message: Message): void;
}

/** Sends a request; returns the number that the answer will name. */
export type Send = (request: Subscribe | Unsubscribe) => number;

/** Another try will not be answered otherwise soon, yet a pair may come to be known. */
const REFUSED_PAUSE_MS = 30_000;
const REFUSALS: readonly number[] = [CloseCode.BAD_REQUEST, CloseCode.UNKNOWN_SYMBOL, CloseCode.TOO_MANY];
/** A subscription that went well for so long was a good one: it is begun anew at once. */
const HELD_MS = 5_000;

/** What a tab has subscribed to once for all who listen to it. */
export class Subscription {
  readonly listeners = new Set<Listener>();
  /** Whether the API has been asked for it on this connection. */
  #held = false;
  /** The request that asks for it, until it is answered. */
  #asked: { readonly id: number; readonly resumes: boolean } | null = null;
  #refused: Link | null = null;
  /** Tries that came to nothing since it last held. */
  #attempt = 0;
  #begunAt = -Infinity;
  #cancelPause: (() => void) | null = null;

  constructor(
    readonly wanted: Wanted,
    private readonly surroundings: Surroundings,
    private readonly send: Send,
  ) {}

  /** How it stands that the API will not serve it; null where it has not said so. */
  get refused(): Link | null {
    return this.#refused;
  }

  /** Ask for it, from where its listeners have heard, on a connection that has just been opened. */
  open(): void {
    this.#ask();
  }

  /** Take note that the connection is gone, and with it all that was asked. */
  lost(): void {
    this.#forgetPause();
    this.#held = false;
    this.#asked = null;
    this.#refused = null;
  }

  /** Ask for what a new listener begins with, unless that is to come anyway. */
  welcome(): void {
    const comes = this.#asked !== null && !this.#asked.resumes;
    if (!comes && this.#refused === null) this.#ask();
  }

  /** Ask for a snapshot: a listener, which has no position now, has missed something. */
  beginAnew(): void {
    if (this.#asked !== null || this.#cancelPause !== null) return;
    if (this.surroundings.now() - this.#begunAt >= HELD_MS) {
      this.#attempt = 0;
      this.#ask();
    } else {
      this.#attempt += 1;
      this.#askAfter(pauseBefore(this.#attempt, this.surroundings.random()));
    }
  }

  /** Ask again at once for what was refused. */
  retryNow(): void {
    if (this.#refused !== null && this.#asked === null) this.#ask();
  }

  /** Ask for no more of it. */
  end(): void {
    this.#forgetPause();
    if (this.#held) this.send({ op: "unsubscribe", subscriptions: [this.wanted] });
  }

  /** Take the answer to a request, where it was the one for this: it is served. `link` is the connection. */
  served(id: Refusal["id"], link: Link): void {
    if (this.#asked === null || this.#asked.id !== id) return;
    const { resumes } = this.#asked;
    const was = this.#refused;
    this.#asked = null;
    this.#refused = null;
    this.#begunAt = this.surroundings.now();
    for (const listener of this.listeners) {
      if (was !== null) listener.onLink(link);
      if (resumes) listener.onResumed();
    }
  }

  /** Take the refusal of a request, where it was the one for this. */
  refuse({ id, code, reason }: Refusal): void {
    if (this.#asked === null || this.#asked.id !== id) return;
    this.#asked = null;
    this.#held = false;
    this.#attempt += 1;
    const rare = REFUSALS.includes(code);
    const pause = rare ? REFUSED_PAUSE_MS : pauseBefore(this.#attempt, this.surroundings.random());
    const retryAt = this.surroundings.now() + pause;
    this.#refused = { phase: "waiting", attempt: this.#attempt, retryAt, code, reason };
    this.#askAfter(pause);
    for (const listener of this.listeners) listener.onLink(this.#refused);
  }

  #ask(): void {
    this.#forgetPause();
    // What is held goes on as it is when it is asked for again, without a snapshot.
    if (this.#held) this.send({ op: "unsubscribe", subscriptions: [this.wanted] });
    const since = commonPosition(this.listeners);
    const id = this.send({ op: "subscribe", subscriptions: [from(this.wanted, since)] });
    this.#held = true;
    this.#asked = { id, resumes: since !== null };
  }

  #askAfter(ms: number): void {
    this.#forgetPause();
    this.#cancelPause = this.surroundings.after(ms, () => {
      this.#ask();
    });
  }

  #forgetPause(): void {
    this.#cancelPause?.();
    this.#cancelPause = null;
  }
}

/** Return what to ask for to go on after a position. A state has none: it is told as a whole. */
function from(wanted: Wanted, since: Position | null): Wanted {
  return since !== null && "symbol" in wanted ? { ...wanted, since } : wanted;
}

/** Return the position from which all listeners may go on; null where they differ, or one has none. */
function commonPosition(listeners: ReadonlySet<Listener>): Position | null {
  const [first, ...others] = [...listeners].map(({ position }) => position);
  if (first === undefined || first === null) return null;
  return others.every((other) => other?.seq === first.seq && other.epoch === first.epoch) ? first : null;
}
