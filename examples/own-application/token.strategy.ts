import { createSecretKey } from 'node:crypto';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';

interface Claims {
  readonly sub?: unknown;
  readonly [claim: string]: unknown;
}

/** The application's own way to tell who is calling: any strategy of Passport does. */
export class TokenStrategy extends PassportStrategy(Strategy, 'orders-token') {
  /** @throws Error for a secret of fewer than 32 bytes */
  constructor(secret: string) {
    const key = Buffer.from(secret);
    if (key.length < 32) throw new Error('TOKEN_SECRET needs at least 32 bytes.');
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      // The published type of passport-jwt does not know key objects; its verification takes them as they are.
      secretOrKey: createSecretKey(key) as never,
      algorithms: ['HS256'],
    });
  }

  /** What this returns is the principal, once it was checked: `identity` is needed, other claims reach the handlers. */
  validate({ sub, ...claims }: Claims) {
    return { ...claims, identity: sub };
  }
}
