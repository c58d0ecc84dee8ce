import { graph as notes } from './notes.js';

export const graph = Promise.resolve(notes);
