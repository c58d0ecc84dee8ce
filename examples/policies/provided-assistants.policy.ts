import { Injectable } from '@nestjs/common';
import { OnAuth } from '../../src/index.js';

/** The assistants that the server provides are there for everybody, and no others. Beside a policy that is about threads. */
@Injectable()
export class ProvidedAssistantsPolicy {
  @OnAuth(['assistants:read', 'assistants:search'])
  provided() {
    return { created_by: 'system' };
  }
}
