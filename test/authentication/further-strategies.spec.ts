import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, Req, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import passport from 'passport';
import { AuthenticationModule } from '../../src/authentication/authentication.module.js';
import type { AuthenticationRequest } from '../../src/authentication/authentication.request.js';
import { ConfigurationModule } from '../../src/configuration/configuration.module.js';
import type { Principal } from '../../src/on-auth/principal.js';
import { startApp, UNAUTHORIZED } from './support/authentication.app.js';
import { forge, SECRET } from './support/token.forge.js';

@Injectable()
class Directory {
  readonly names = new Map([['door-7', 'carol']]);
}

@Module({ providers: [Directory], exports: [Directory] })
class DirectoryModule {}

@Injectable()
class BadgeStrategy extends passport.Strategy {
  override readonly name = 'badge';

  constructor(private readonly directory: Directory) {
    super();
  }

  override authenticate(request: AuthenticationRequest): void {
    const identity = this.directory.names.get(String(request.headers['x-badge']));
    if (identity === undefined) this.fail(401);
    else this.success({ identity });
  }
}

const further = { imports: [DirectoryModule], strategies: [BadgeStrategy] };

describe('A further strategy', () => {
  it('is asked after the configured ones', async () => {
    const app = await startApp({ AUTH_JWT_SECRET: SECRET }, further);
    expect(await app.me({ 'x-badge': 'door-7' })).toMatchObject({ status: 200, body: { identity: 'carol' } });
    expect(await app.me({ 'x-badge': 'door-7', authorization: `Bearer ${forge()}` })).toMatchObject({
      body: { identity: 'alice' },
    });
    expect(await app.me({ 'x-badge': 'door-8' })).toEqual(UNAUTHORIZED);
    await app.close();
  });

  it('suffices in production, where no key is configured', async () => {
    const app = await startApp({ NODE_ENV: 'production' }, further);
    expect(await app.me({ 'x-badge': 'door-7' })).toMatchObject({ status: 200 });
    expect(await app.meWith(forge())).toEqual(UNAUTHORIZED);
    await app.close();
  });
});

describe('Two applications in one process', () => {
  it('each verify with their own key', async () => {
    const otherSecret = SECRET.split('').reverse().join('');
    const one = await startApp({ AUTH_JWT_SECRET: SECRET });
    const two = await startApp({ AUTH_JWT_SECRET: otherSecret });
    expect((await one.meWith(forge())).status).toBe(200);
    expect((await two.meWith(forge())).status).toBe(401);
    expect((await one.meWith(forge({ key: otherSecret }))).status).toBe(401);
    await Promise.all([one.close(), two.close()]);
  });
});

@Controller()
class PlainController {
  @Get('me')
  @UseGuards(AuthGuard('jwt'))
  me(@Req() request: { user: Principal }): Principal {
    return request.user;
  }
}

@Module({ controllers: [PlainController] })
class PlainModule {}

describe('The jwt strategy', () => {
  it('also serves the ordinary AuthGuard of Passport', async () => {
    const imports = [
      ConfigurationModule.forRoot({ AUTH_JWT_SECRET: SECRET }),
      AuthenticationModule.forRoot(),
    ];
    const app = await NestFactory.create<NestFastifyApplication>(
      { module: PlainModule, imports },
      new FastifyAdapter({ forceCloseConnections: true }),
      { logger: false, abortOnError: false },
    );
    await app.listen(0, '127.0.0.1');
    const url = `${await app.getUrl()}/me`;
    const statusWith = async (token: string) =>
      (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await statusWith(forge())).toBe(200);
    expect(await statusWith(forge({ key: 'another' }))).toBe(401);
    await app.close();
  });
});
