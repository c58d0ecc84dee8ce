import { serve } from '../../src/index.js';
import { options } from './options.js';

await serve(options);
