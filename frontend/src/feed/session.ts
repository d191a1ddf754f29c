import type { FeedState, Message } from "@/contract/socket";
import { Connection, type Link } from "./connection";
import { parseMessage, type Said } from "./message";
import { Subscription, type Listener, type Send } from "./subscription";
import type { Surroundings } from "./surroundings";
import { keyOf, type Wanted } from "./wanted";

const LIVE: FeedState = { state: "live", reason: null };
/** Asked for first on every connection: it tells whether the API's own source is there. */
const STATUS: Wanted = { channel: "status" };
/** A page that changes what it shows leaves everything for a moment. */
const LINGER_MS = 5_000;

/**
 * The one socket of a tab, on which everything that is shown is subscribed to once, however many look. It is open
 * while anybody listens. After a loss each subscription goes on from where its listeners have heard, where the API
 * still knows that; where a message is missing one subscription begins anew, and no other.
 */
export class Session {
  readonly #connection: Connection;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #send: Send;
  #link: Link = { phase: "idle" };
  #feed: FeedState = LIVE;
  #heard = false;
  #listening = 0;
  #requests = 0;
  #cancelLinger: () => void = () => undefined;

  /** `heard` is called with the first message of each connection: the API is there. */
  constructor(
    url: string,
    private readonly surroundings: Surroundings,
    private readonly heard: () => void,
  ) {
    this.#connection = new Connection(url, surroundings, {
      onText: (text) => {
        this.#read(text);
      },
      onLink: (link) => {
        this.#take(link);
      },
    });
    this.#send = (request) => {
      this.#requests += 1;
      this.#connection.send(JSON.stringify({ ...request, id: this.#requests }));
      return this.#requests;
    };
    this.#subscriptions.set(keyOf(STATUS), new Subscription(STATUS, surroundings, this.#send));
  }

  /** Whether the API is told what happens, as it said last on this connection. */
  get feed(): FeedState {
    return this.#feed;
  }

  /** Listen to a subscription until the returned function is called, once. */
  join(listener: Listener): () => void {
    const { wanted } = listener;
    const key = keyOf(wanted);
    const subscription =
      this.#subscriptions.get(key) ?? new Subscription(wanted, this.surroundings, this.#send);
    this.#subscriptions.set(key, subscription);
    subscription.listeners.add(listener);
    this.#listening += 1;
    this.#cancelLinger();
    listener.onLink(subscription.refused ?? this.#link);
    if (this.#link.phase === "open") subscription.welcome();
    this.#connection.start();
    return () => {
      this.#leave(key, subscription, listener);
    };
  }

  /** Begin a subscription anew with a snapshot: a listener, which has no position now, has missed something. */
  beginAnew({ wanted }: Listener): void {
    this.#subscriptions.get(keyOf(wanted))?.beginAnew();
  }

  /** Try at once whatever waits for its next try. */
  retryNow(): void {
    this.#connection.retryNow();
    for (const subscription of this.#subscriptions.values()) subscription.retryNow();
  }

  #leave(key: string, subscription: Subscription, listener: Listener): void {
    subscription.listeners.delete(listener);
    this.#listening -= 1;
    if (subscription.listeners.size === 0 && subscription.wanted !== STATUS) {
      subscription.end();
      this.#subscriptions.delete(key);
    }
    if (this.#listening > 0) return;
    this.#cancelLinger = this.surroundings.after(LINGER_MS, () => {
      this.#connection.stop();
    });
  }

  #take(link: Link): void {
    this.#link = link;
    this.#feed = LIVE;
    this.#heard = false;
    for (const subscription of this.#subscriptions.values()) {
      subscription.lost();
      if (link.phase === "open") subscription.open();
      for (const listener of subscription.listeners) listener.onLink(link);
    }
  }

  #read(text: string): void {
    const said = parseMessage(text);
    if (said === null) {
      this.#connection.restart("not a message of this socket");
      return;
    }
    this.#pass(said);
    if (this.#heard) return;
    this.#heard = true;
    this.heard();
  }

  #pass(said: Said): void {
    if (said.channel !== "control") {
      this.#tell(said);
      return;
    }
    switch (said.type) {
      case "subscriptions":
        for (const each of this.#subscriptions.values()) each.served(said.id, this.#link);
        return;
      case "error":
        for (const each of this.#subscriptions.values()) each.refuse(said);
        return;
      case "heartbeat":
        this.#become(said.feed);
        return;
      case "pong":
        return;
    }
  }

  #tell(message: Message): void {
    if (message.type === "update") this.#connection.flows();
    if (message.channel === "status") {
      const { state, reason } = message.data.components.kafka;
      this.#become({ state: state === "up" ? "live" : "away", reason });
    }
    // What nobody wants any more was on its way.
    for (const listener of this.#subscriptions.get(keyOf(message))?.listeners ?? []) {
      listener.onMessage(message);
    }
  }

  #become(feed: FeedState): void {
    if (feed.state === this.#feed.state && feed.reason === this.#feed.reason) return;
    this.#feed = feed;
    for (const { listeners } of this.#subscriptions.values()) {
      for (const listener of listeners) listener.onFeed(feed);
    }
  }
}
