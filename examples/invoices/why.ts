import { parseWhyArguments, why } from '../../src/index.js';
import { options } from './options.js';

process.stdout.write(await why(parseWhyArguments(process.argv.slice(2)), options));
