import { setTimeout as sleep } from 'node:timers/promises';
import { dom } from './dom.js';
import { act, createElement, type Child } from 'react';
import { createRoot, type Root } from 'react-dom/client';

const PATIENCE_MS = 10_000;
const FRAME_MS = 5;

/** A component on the screen. What its hook returned last is its `hook`, and what could be read of it, one after the other, `shown`. */
export class Screen<Hook> {
  readonly shown: string[] = [];
  private readonly container = dom.document.createElement('main');
  private readonly root: Root = createRoot(this.container);
  private latest: { readonly hook: Hook } | undefined;

  private constructor(
    private readonly useHook: () => Hook,
    private readonly draw: (hook: Hook) => readonly Child[],
  ) {}

  /** @param draw the lines to show; also what tells the hook which parts of it are used */
  static async render<Hook>(
    useHook: () => Hook,
    draw: (hook: Hook) => readonly string[],
  ): Promise<Screen<Hook>> {
    const screen = new Screen(useHook, (hook) =>
      draw(hook).map((line, index) => createElement('p', { key: index }, line)),
    );
    await act(async () => screen.root.render(createElement(() => screen.component())));
    screen.look();
    return screen;
  }

  get hook(): Hook {
    if (!this.latest) throw new Error('nothing is rendered yet');
    return this.latest.hook;
  }

  get lines(): string[] {
    return [...this.container.querySelectorAll('p')].map(({ textContent }) => textContent);
  }

  /** Does what a user would do, without waiting for what comes of it. */
  async do(work: (hook: Hook) => unknown): Promise<void> {
    await act(async () => void work(this.hook));
    this.look();
  }

  /** @throws Error that quotes the screen, when it does not come true in time */
  async until(condition: (screen: this) => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (let isTrue = false; !isTrue;) {
      if (Date.now() > deadline) throw new Error(`it does not come true; shown: ${this.lines.join(' / ')}`);
      await act(async () => {
        isTrue = await condition(this);
        if (!isTrue) await sleep(FRAME_MS);
      });
      this.look();
    }
  }

  async close(): Promise<void> {
    await act(async () => this.root.unmount());
  }

  private component(): Child {
    const hook = this.useHook();
    this.latest = { hook };
    return createElement('div', null, ...this.draw(hook));
  }

  private look(): void {
    const text = this.lines.join(' / ');
    if (text !== this.shown.at(-1)) this.shown.push(text);
  }
}
