import { ECHO_RUN } from '../load/echo.request.js';
import { authorizationOf } from '../servers/tokens.js';

/** An echo that is not due for an hour, on a thread of its own, made by the service itself. */
export async function templateRun(url: string): Promise<{ readonly thread: string; readonly run: string }> {
  const headers = { authorization: await authorizationOf(0), 'content-type': 'application/json' };
  const post = async (path: string, body: object): Promise<Record<string, string>> => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, string>;
  };
  const { thread_id } = await post('/threads', {});
  const { run_id } = await post(`/threads/${thread_id}/runs`, { ...ECHO_RUN, after_seconds: 3_600 });
  return { thread: thread_id, run: run_id };
}
