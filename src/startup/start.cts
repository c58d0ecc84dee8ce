import { existsSync, readFileSync } from 'node:fs';
import { CompiledBundle } from './compiled.bundle.cjs';

/**
 * Starts the service: what `npm start` and the image run. From the bundle, where all code is our own; else from its single files,
 * because then classes have to be the same for both sides: a LangGraph project imports the LangGraph of `node_modules`, and
 * whoever hooks into the loading of modules wants to see them.
 *
 * @example PORT=8123 node dist/src/startup/start.cjs
 */
if (CompiledBundle.exists && !namesProject() && !loadsOtherCode()) CompiledBundle.read().run();
else void import('../main.js');

/** Rather too often than too seldom: what the variable says is for the configuration to read. */
function namesProject(): boolean {
  const name = 'LANGGRAPH_JSON';
  return Boolean(process.env[name]) || (existsSync('.env') && readFileSync('.env', 'utf8').includes(name));
}

/** Instrumentation, for example. */
function loadsOtherCode(): boolean {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  return /(^|\s)(-r|--(require|import|loader|experimental-loader))(=|\s|$)/.test(options);
}
