/** Counts who looks at something: it runs from the first look until the last one has ended. */
export class Lookers {
  #count = 0;

  constructor(
    private readonly start: () => void,
    private readonly stop: () => void,
  ) {}

  /** Whether anybody looks. */
  get any(): boolean {
    return this.#count > 0;
  }

  /** Look until the returned function is called, once or more often. */
  look(): () => void {
    this.#count += 1;
    if (this.#count === 1) this.start();
    let looking = true;
    return () => {
      if (!looking) return;
      looking = false;
      this.#count -= 1;
      if (this.#count === 0) this.stop();
    };
  }
}
