import { ApiUnreachable } from "@/api/client";
import type { Message, RankingSnapshot, StatusSnapshot } from "@/contract/socket";
import type { Link } from "./connection";
import { Lookers } from "./lookers";
import { Published } from "./published";
import type { Loading } from "./retried";
import type { Session } from "./session";
import type { Listener } from "./subscription";
import type { Surroundings } from "./surroundings";
import type { Wanted } from "./wanted";

type StateMessage = RankingSnapshot | StatusSnapshot;

/** What the API has told; null until it has for the first time. */
export interface ToldState<State> {
  readonly answer: State | null;
  readonly loading: Loading;
}

/** A state that the API tells as a whole, at first and whenever it changes, as long as somebody looks at it. */
export class Told<State extends StateMessage["data"]> implements Listener {
  readonly state: Published<ToldState<State>>;
  /** A state has no past to go on from. */
  readonly position = null;
  readonly #lookers: Lookers;

  constructor(
    readonly wanted: Extract<Wanted, { channel: StateMessage["channel"] }>,
    session: Session,
    surroundings: Surroundings,
  ) {
    this.state = new Published<ToldState<State>>(surroundings, {
      answer: null,
      loading: { phase: "loading" },
    });
    let leave: () => void = () => undefined;
    this.#lookers = new Lookers(
      () => {
        leave = session.join(this);
      },
      () => {
        leave();
      },
    );
  }

  /** Hear of it until the returned function is called. */
  look(): () => void {
    return this.#lookers.look();
  }

  onLink(link: Link): void {
    if (link.phase === "waiting") {
      const failure = new ApiUnreachable(link.reason);
      this.state.change({ loading: { phase: "failed", failure, retryAt: link.retryAt } });
    } else if (link.phase === "connecting" && link.attempt === 0) {
      this.state.change({ loading: { phase: "loading" } });
    }
  }

  onResumed(): void {
    // A state is told as a whole.
  }

  onFeed(): void {
    // What the API's own source does is no part of it.
  }

  onMessage(message: Message): void {
    if (message.channel !== this.wanted.channel) return;
    this.state.change({ answer: message.data as State, loading: { phase: "ready" } });
  }
}
