import { Agent } from 'node:http';
import { call } from '../load/http.client.js';

/** As clients do, it keeps connections whose answer is over. */
const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: Infinity });

/** An event stream of a thread that was let in. */
export class OpenStream {
  private text = '';
  private over = false;
  /** When the answer ended, by the clock of `performance`. */
  readonly endedAt: Promise<number>;

  private constructor(body: AsyncIterable<unknown>) {
    this.endedAt = this.read(body);
  }

  /** @throws Error for anything but a stream */
  static async open(url: string, threadId: string, authorization: string): Promise<OpenStream> {
    const request = { method: 'GET', path: `/threads/${threadId}/stream`, headers: { authorization } };
    const response = await call(url, request, agent);
    if (response.statusCode !== 200) throw new Error(`a server answered ${response.statusCode}`);
    response.setEncoding('utf8');
    return new OpenStream(response);
  }

  /** Closes every connection. */
  static leaveAll(): void {
    agent.destroy();
  }

  get isOver(): boolean {
    return this.over;
  }

  /** The message of the error event that the stream ended with; nothing where it was only broken off. */
  get lastWords(): string | undefined {
    return /^event: error\ndata: .*"message":"([^"]*)"/m.exec(this.text)?.[1];
  }

  private async read(body: AsyncIterable<unknown>): Promise<number> {
    try {
      for await (const piece of body) this.text = `${this.text}${String(piece)}`.slice(-500);
    } catch {
      // Broken off: what it said tells.
    }
    this.over = true;
    return performance.now();
  }
}
