import { serve } from '../../src/index.js';
import { ConversationsPolicy } from './conversations.policy.js';

await serve({ policies: [ConversationsPolicy] });
