import { setTimeout as sleep } from 'node:timers/promises';
import { Window, type Element, type HTMLElement, type HTMLInputElement } from 'happy-dom';

const PATIENCE_MS = 15_000;

/** The real page with its own scripts, in a document without a screen. Its requests go to the real server. */
export class DocsPage {
  private constructor(
    private readonly window: Window,
    readonly html: string,
  ) {}

  /** Loads the page and runs its scripts in their order, as `defer` has it. */
  static async open(url: string): Promise<DocsPage> {
    const address = `${url}/docs`;
    const settings = {
      enableJavaScriptEvaluation: true,
      suppressInsecureJavaScriptEnvironmentWarning: true,
      disableJavaScriptFileLoading: true,
      disableCSSFileLoading: true,
      handleDisabledFileLoadingAsSuccess: true,
    };
    const window = new Window({ url: address, settings });
    const html = await textAt(address);
    window.document.write(html);
    const page = new DocsPage(window, html);
    for (const script of window.document.querySelectorAll('script'))
      window.eval(await textAt(new URL(script.getAttribute('src') ?? '', address)));
    return page;
  }

  /** What the document refers to. */
  get addresses(): readonly string[] {
    return [...this.html.matchAll(/ (?:src|href)="([^"]*)"/g)].map(([, address]) => address);
  }

  /** `GET /threads/{thread_id}` */
  get operations(): readonly string[] {
    return this.blocks.map(nameOf);
  }

  async authorize(token: string): Promise<void> {
    (await this.found('.btn.authorize')).click();
    const input = (await this.found('.modal-ux input')) as HTMLInputElement;
    // React looks at what its own setter was told last.
    const prototype = this.window.HTMLInputElement.prototype;
    Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(input, token);
    input.dispatchEvent(new this.window.Event('input', { bubbles: true }));
    (await this.found('.modal-ux .auth.authorize')).click();
    await this.until(() => this.window.document.querySelector('.modal-ux')?.textContent.includes('Logout'));
    (await this.found('.modal-ux .btn-done')).click();
  }

  /** Opens an operation, and sends it as it is suggested. */
  async tryOut(operation: string): Promise<void> {
    (await this.found('.opblock-summary-control', operation)).click();
    (await this.found('.try-out__btn', operation)).click();
    await this.execute(operation);
  }

  async execute(operation: string): Promise<void> {
    (await this.found('.btn.execute', operation)).click();
  }

  /** The last answer, as it is shown. */
  answerOf(operation: string): string {
    return this.blockOf(operation)?.querySelector('.live-responses-table')?.textContent ?? '';
  }

  async until(condition: () => boolean | undefined, about?: () => string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (condition() !== true) {
      if (Date.now() > deadline)
        throw new Error(
          `it does not come true: ${about?.() ?? this.window.document.body.textContent.slice(-500)}`,
        );
      await sleep(10);
    }
  }

  close(): Promise<void> {
    return this.window.happyDOM.close();
  }

  private get blocks(): readonly Element[] {
    return [...this.window.document.querySelectorAll('.opblock')];
  }

  private blockOf(operation: string): Element | undefined {
    return this.blocks.find((block) => nameOf(block) === operation);
  }

  private async found(selector: string, operation?: string): Promise<HTMLElement> {
    const find = () =>
      (operation === undefined ? this.window.document : this.blockOf(operation))?.querySelector(selector);
    await this.until(() => find() instanceof this.window.HTMLElement);
    return find() as HTMLElement;
  }
}

function nameOf(block: Element): string {
  const verb = block.querySelector('.opblock-summary-method')?.textContent;
  const path = block.querySelector('.opblock-summary-path')?.getAttribute('data-path');
  return `${String(verb)} ${String(path)}`;
}

async function textAt(address: string | URL): Promise<string> {
  return (await fetch(address)).text();
}
