import { describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { MetadataScanner, Reflector, type DiscoveryService } from '@nestjs/core';
import { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { HandlerExplorer } from './handler.explorer.js';
import type { Handler } from './handler.js';
import { OnAuthMetadataAccessor } from './metadata.accessor.js';
import { OnAuth } from './on-auth.decorator.js';

@Injectable()
class OwnerPolicy {
  @OnAuth()
  own() {
    return { owner: 'alice' };
  }
}

/** What is found where Nest keeps this of the one provider that there is. */
function handlersOf(kept: Partial<InstanceWrapper<unknown>>): readonly Handler[] {
  const wrapper = new InstanceWrapper<unknown>({ name: 'Policy', token: 'Policy', ...kept });
  const discovery = {
    getControllers: () => [],
    getProviders: () => [wrapper],
  } as unknown as DiscoveryService;
  const accessor = new OnAuthMetadataAccessor(new Reflector());
  return new HandlerExplorer(discovery, new MetadataScanner(), accessor).explore();
}

describe('the handlers of a provider', () => {
  it('are found by its instance', () => {
    expect(handlersOf({ metatype: OwnerPolicy, instance: new OwnerPolicy() })).toMatchObject([
      { pattern: '*', name: 'OwnerPolicy.own' },
    ]);
  });

  it.each([[undefined], [null], ['made later']])(
    'stop the boot where it has %j in place of one',
    (instance) => {
      expect(() => handlersOf({ metatype: OwnerPolicy, instance })).toThrow(
        expect.objectContaining({
          name: 'WiringError',
          message:
            'OwnerPolicy.own is a handler, but OwnerPolicy has no instance at boot; provide it as a class.',
        }),
      );
    },
  );

  it('are none where a factory has made nothing, whatever it looks like itself', () => {
    expect(handlersOf({ metatype: OwnerPolicy, inject: [], instance: undefined })).toEqual([]);
  });
});
