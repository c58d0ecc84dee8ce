/** The little that the tests use of React, which brings no types of its own. */
declare module 'react' {
  export interface Element {
    readonly key: string | null;
  }
  export type Child = Element | string | null;
  export function createElement(
    type: string | (() => Child),
    properties?: Readonly<Record<string, unknown>> | null,
    ...children: readonly Child[]
  ): Element;
  /** Does some work, and all of the rendering that comes of it. */
  export function act(work: () => Promise<void>): Promise<void>;
}

declare module 'react-dom/client' {
  import type { Element } from 'react';
  export interface Root {
    render(element: Element): void;
    unmount(): void;
  }
  export function createRoot(container: unknown): Root;
}
