import { serve } from '../../src/index.js';
import { RolesClaimsMapper } from './roles.claims-mapper.js';

await serve({ authentication: { claimsMapper: RolesClaimsMapper } });
