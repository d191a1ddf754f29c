import { pauseBefore } from "./pauses";
import type { Socket, Surroundings } from "./surroundings";

/** How a connection stands. `attempt` counts the tries since it last held; times are epoch ms. */
export type Link =
  | { readonly phase: "idle" }
  | { readonly phase: "connecting"; readonly attempt: number }
  | { readonly phase: "open" }
  | {
      readonly phase: "waiting";
      readonly attempt: number;
      readonly retryAt: number;
      /** Why the last connection ended, as the server or the browser says: a WebSocket close code. */
      readonly code: number;
      readonly reason: string;
    };

/** What a connection tells its owner. */
export interface ConnectionEvents {
  onText(text: string): void;
  onLink(link: Link): void;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** A connection that held this long was a good one: the pauses begin anew. */
const HELD_MS = 5_000;
/** After this much silence the other end may be gone without a word; the limit doubles while it stays silent. */
const SILENCE_MS = 30_000;
const LONGEST_SILENCE_MS = 480_000;
/** What a browser reports for an end without a close frame. */
const ABNORMAL_CLOSURE = 1006;

/** One WebSocket that is opened again for as long as it is wanted. */
export class Connection {
  #socket: Socket | null = null;
  #link: Link = { phase: "idle" };
  #attempt = 0;
  #openedAt: number | null = null;
  #silenceLimit = SILENCE_MS;
  #cancelTimer: () => void = () => undefined;
  #stopWaking: (() => void) | null = null;
  #lastHeard = 0;

  constructor(
    private readonly url: string,
    private readonly surroundings: Surroundings,
    private readonly events: ConnectionEvents,
  ) {}

  start(): void {
    this.#stopWaking ??= this.surroundings.onWake(() => {
      this.#wake();
    });
    if (this.#link.phase === "idle") this.#open();
  }

  stop(): void {
    this.#stopWaking?.();
    this.#stopWaking = null;
    this.#drop();
    this.#attempt = 0;
    this.#become({ phase: "idle" });
  }

  /** Send a text; only while the connection is open. */
  send(text: string): void {
    if (this.#link.phase === "open") this.#socket?.send(text);
  }

  /** Try at once instead of after the rest of the pause. */
  retryNow(): void {
    if (this.#link.phase === "waiting") this.#open();
  }

  /** Say that what comes is news, and no answer to the opening alone. */
  flows(): void {
    if (this.#silenceLimit === SILENCE_MS) return;
    this.#silenceLimit = SILENCE_MS;
    this.#watchSilence();
  }

  /**
   * Begin anew, for what came over this connection cannot be relied upon: at once, or, where the connection
   * has not held for long, after a pause as after any end.
   */
  restart(reason: string): void {
    if (!this.#hasHeld()) {
      this.#ended(ABNORMAL_CLOSURE, reason);
      return;
    }
    this.#attempt = 0;
    this.#open();
  }

  #open(): void {
    this.#drop();
    this.#become({ phase: "connecting", attempt: this.#attempt });
    const socket = this.surroundings.openSocket(this.url);
    this.#socket = socket;
    this.#timer(CONNECT_TIMEOUT_MS, () => {
      this.#ended(ABNORMAL_CLOSURE, "");
    });
    socket.onopen = () => {
      this.#openedAt = this.surroundings.now();
      this.#lastHeard = this.#openedAt;
      this.#become({ phase: "open" });
      this.#watchSilence();
    };
    socket.onmessage = ({ data }) => {
      this.#lastHeard = this.surroundings.now();
      if (typeof data === "string") this.events.onText(data);
    };
    socket.onclose = ({ code, reason }) => {
      this.#ended(code, reason);
    };
  }

  #ended(code: number, reason: string): void {
    const now = this.surroundings.now();
    if (this.#hasHeld()) this.#attempt = 0;
    this.#drop();
    this.#attempt += 1;
    const pause = pauseBefore(this.#attempt, this.surroundings.random());
    this.#become({ phase: "waiting", attempt: this.#attempt, retryAt: now + pause, code, reason });
    this.#timer(pause, () => {
      this.#open();
    });
  }

  #hasHeld(): boolean {
    return this.#openedAt !== null && this.surroundings.now() - this.#openedAt >= HELD_MS;
  }

  /** Reopen what has been silent for too long; a pair that does not trade is only asked ever more rarely. */
  #watchSilence(): void {
    const silent = this.surroundings.now() - this.#lastHeard;
    if (silent >= this.#silenceLimit) {
      this.#silenceLimit = Math.min(this.#silenceLimit * 2, LONGEST_SILENCE_MS);
      this.#open();
      return;
    }
    this.#timer(this.#silenceLimit - silent, () => {
      this.#watchSilence();
    });
  }

  #wake(): void {
    if (this.#link.phase === "waiting") this.#open();
    else if (this.#link.phase === "open") this.#watchSilence();
  }

  #timer(ms: number, callback: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.surroundings.after(ms, callback);
  }

  #drop(): void {
    this.#cancelTimer();
    this.#openedAt = null;
    if (this.#socket === null) return;
    const socket = this.#socket;
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #become(link: Link): void {
    this.#link = link;
    this.events.onLink(link);
  }
}
