import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { WiringError } from './errors.js';
import type { Handler } from './handler.js';
import { OnAuthMetadataAccessor } from './metadata.accessor.js';

type Method = (...args: never[]) => unknown;

/** Finds the `@OnAuth` methods of all providers. Pure: it returns a list and registers nothing. */
@Injectable()
export class HandlerExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly accessor: OnAuthMetadataAccessor,
  ) {}

  /** @throws WiringError for a handler that could not be relied on: request-scoped, aliased, inherited, on a controller */
  explore(): readonly Handler[] {
    for (const wrapper of this.discovery.getControllers()) this.refuseController(wrapper);
    return this.discovery.getProviders().flatMap((wrapper) => this.handlersOf(wrapper));
  }

  private handlersOf(wrapper: InstanceWrapper<unknown>): readonly Handler[] {
    const prototype = prototypeOf(wrapper);
    if (!prototype) return [];
    this.refuseUnreachable(prototype);
    const methods = this.decoratedMethods(prototype);
    if (methods.length === 0) return [];
    this.refuseUnreliable(wrapper, prototype, methods[0]);
    return methods.flatMap((method) => this.toHandlers(wrapper.instance as object, prototype, method));
  }

  private toHandlers(instance: object, prototype: object, method: string): readonly Handler[] {
    const name = `${classNameOf(prototype)}.${method}`;
    const implementation = methodOf(prototype, method);
    const patterns = implementation ? this.accessor.patternsOf(implementation) : undefined;
    if (!implementation || !patterns || !Object.hasOwn(prototype, method)) {
      throw new WiringError(
        `${name} inherits or overrides an @OnAuth method of a base class; put @OnAuth on ${name} itself and take it off the base class.`,
      );
    }
    if (patterns.length === 0)
      throw new WiringError(`${name} has @OnAuth([]) without an event; name at least one.`);
    const invoke = implementation.bind(instance) as (argument: unknown) => unknown;
    return patterns.map((pattern) => ({ pattern, name, invoke }));
  }

  /** The names of methods that carry `@OnAuth` anywhere in the chain of prototypes. */
  private decoratedMethods(prototype: object): readonly string[] {
    return [...new Set(chainOf(prototype).flatMap((link) => this.decoratedOwnMethods(link)))];
  }

  private decoratedOwnMethods(prototype: object): readonly string[] {
    return this.scanner.getAllMethodNames(prototype).filter((name) => {
      const method = methodOf(prototype, name);
      return method !== undefined && this.accessor.patternsOf(method) !== undefined;
    });
  }

  /** A static method and one that is named by a symbol would never be asked, and a wider handler would decide in their place. */
  private refuseUnreachable(prototype: object): void {
    for (const holder of chainOf(prototype).flatMap((link) => [link, link.constructor])) {
      const isStatic = typeof holder === 'function';
      const names = isStatic ? Reflect.ownKeys(holder) : Object.getOwnPropertySymbols(holder);
      for (const name of names) {
        const method: unknown = Object.getOwnPropertyDescriptor(holder, name)?.value;
        if (typeof method !== 'function' || !this.accessor.patternsOf(method as Method)) continue;
        throw new WiringError(
          `${classNameOf(prototype)}.${String(name)} is an @OnAuth handler on a ${isStatic ? 'static method' : 'method named by a symbol'}; make it an ordinary method.`,
        );
      }
    }
  }

  private refuseUnreliable(wrapper: InstanceWrapper<unknown>, prototype: object, method: string): void {
    const name = `${classNameOf(prototype)}.${method}`;
    if (wrapper.isAlias) {
      throw new WiringError(
        `${name} is a handler on a provider that is also registered by another token (useExisting); register ${classNameOf(prototype)} once.`,
      );
    }
    if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient) {
      throw new WiringError(
        `${name} is a handler on a request-scoped or transient provider; make ${classNameOf(prototype)} and what it injects singletons.`,
      );
    }
    if (typeof wrapper.instance !== 'object' || wrapper.instance === null) {
      throw new WiringError(
        `${name} is a handler, but ${classNameOf(prototype)} has no instance at boot; provide it as a class.`,
      );
    }
  }

  private refuseController(wrapper: InstanceWrapper<unknown>): void {
    const prototype = prototypeOf(wrapper);
    const method = prototype && this.decoratedMethods(prototype)[0];
    if (!method) return;
    throw new WiringError(
      `${classNameOf(prototype)}.${method} is an @OnAuth handler on a controller; move it to a provider, handlers and routes do not mix.`,
    );
  }
}

function prototypeOf(wrapper: InstanceWrapper<unknown>): object | undefined {
  const { instance, metatype } = wrapper;
  if (typeof instance === 'object' && instance !== null) return Object.getPrototypeOf(instance) as object;
  return typeof metatype === 'function' && !wrapper.inject
    ? (metatype.prototype as object | undefined)
    : undefined;
}

/** Without the last one, which is that of all objects. */
function chainOf(prototype: object): readonly object[] {
  const parent = Object.getPrototypeOf(prototype) as object | null;
  return parent === null ? [] : [prototype, ...chainOf(parent)];
}

function methodOf(prototype: object, name: string): Method | undefined {
  for (const link of chainOf(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(link, name);
    if (descriptor) return typeof descriptor.value === 'function' ? (descriptor.value as Method) : undefined;
  }
  return undefined;
}

function classNameOf(prototype: object): string {
  return prototype.constructor.name;
}
