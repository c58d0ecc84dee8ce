import { Window } from 'happy-dom';

/**
 * A document to render into. To be imported before React, which looks for one when it is loaded. Requests stay with the `fetch`
 * of Node: there is no page, and so no origin, that they could come from.
 */
export const dom = new Window({ url: 'http://localhost/' });

/** Jest runs tests in a realm of its own, where Node's DOMException is no Error; the clients ask whether it is one. */
class RealmAbortController extends AbortController {
  override abort(reason: unknown = Object.assign(new Error('aborted'), { name: 'AbortError' })): void {
    super.abort(reason);
  }
}

Object.assign(globalThis, { AbortController: RealmAbortController });
Object.assign(globalThis, { window: dom, document: dom.document, IS_REACT_ACT_ENVIRONMENT: true });
