/** What the echo graph is told. */
export const ECHO_INPUT = { messages: [{ role: 'human', content: 'hello' }] };

/** The body of a run of it. Where the last one on its thread has not ended, because nobody waited for it, it comes after. */
export const ECHO_RUN = { assistant_id: 'agent', input: ECHO_INPUT, multitask_strategy: 'enqueue' };
