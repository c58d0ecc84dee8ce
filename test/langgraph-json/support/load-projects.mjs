import process from 'node:process';
import { parseGraph } from '../../../dist/src/graphs/graph.parser.js';
import { openTypeScript } from '../../../dist/src/graphs/langgraph-json/module.importer.js';
import { loadProject } from '../../../dist/src/graphs/langgraph-json/project.loader.js';

/**
 * Loads the projects whose `langgraph.json` its arguments name, as the built server does, and prints what came of each as JSON.
 * Graphs that are objects say their `label`, functions what they return.
 */
const [, , ...files] = process.argv;
let opened;
const openOnce = (folder) => (opened ??= openTypeScript(folder));

async function outcomeOf(file) {
  try {
    const { graphs, auth } = await loadProject(file, openOnce);
    const labels = {};
    for (const [id, graph] of Object.entries(graphs)) {
      const value = typeof graph === 'function' ? await graph({ configurable: {} }) : graph;
      labels[id] = parseGraph(id, value).label;
    }
    return { labels, auth: auth && { ...auth, value: typeof auth.value } };
  } catch (error) {
    return { refused: error.name, sentence: error.message };
  }
}

const outcomes = [];
for (const file of files) outcomes.push(await outcomeOf(file));
process.stdout.write(`\n${JSON.stringify(outcomes)}`);
