import { Session } from 'node:inspector/promises';
import { PerformanceObserver } from 'node:perf_hooks';
import process from 'node:process';

/** Loaded into a server by `--import`: profiles it and weighs its heap when its parent asks. */
const SAMPLING_MICROS = 200;
const session = new Session();
let collections = 0;

new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] });
session.connect();

const orders = {
  async start() {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_MICROS });
    await session.post('Profiler.start');
  },
  async stop() {
    return (await session.post('Profiler.stop')).profile;
  },
  heap() {
    return { used: process.memoryUsage().heapUsed, collections };
  },
};

process.on('message', async (order) => {
  process.send({ order, answer: await orders[order]() });
});
process.channel?.unref();
