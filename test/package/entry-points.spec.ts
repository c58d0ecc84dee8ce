import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { importGraphOf } from './support/import.graph.js';

interface EntryPoint {
  readonly types: string;
  readonly default: string;
}

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Readonly<Record<string, EntryPoint>>;
};
const graphOf = (name: string, kind: keyof EntryPoint) =>
  importGraphOf(join(process.cwd(), exports[name][kind]));

/** Nest with what it cannot be without, TypeORM, and Passport. */
const FRAMEWORK = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/passport',
  '@nestjs/typeorm',
  'passport',
  'reflect-metadata',
  'rxjs',
  'typeorm',
];

describe('the entry point onauth-server/on-auth', () => {
  it.each(['default', 'types'] as const)(
    'needs Nest, TypeORM and Passport, and nothing else (%s)',
    (kind) => {
      const { packages } = graphOf('./on-auth', kind);
      expect([...packages].filter((name) => !FRAMEWORK.includes(name))).toEqual([]);
      expect(packages).toContain('@nestjs/core');
      expect(packages).toContain('typeorm');
    },
  );

  it('looks for a driver of TypeORM only where a database of its kind is opened', () => {
    expect([...graphOf('./on-auth', 'default').onDemand].toSorted()).toEqual(['pg', 'sqlite3']);
  });

  it.each(['default', 'types'] as const)('leads to no part of the agent server (%s)', (kind) => {
    const strangers = [...graphOf('./on-auth', kind).files]
      .map((file) => relative(join(process.cwd(), 'dist/src'), file))
      .filter((file) => !/^(framework\.(js|d\.ts)$|on-auth\/|persistence\/)/.test(file));
    expect(strangers).toEqual([]);
  });
});

describe('the entry point onauth-server/on-auth/messages', () => {
  it('needs the package of Nest that handles messages besides', () => {
    const { packages } = graphOf('./on-auth/messages', 'default');
    expect([...packages].filter((name) => !FRAMEWORK.includes(name))).toEqual(['@nestjs/microservices']);
  });
});

describe('the entry point onauth-server/testing/replay', () => {
  it('needs what the framework needs', () => {
    const { packages } = graphOf('./testing/replay', 'default');
    expect([...packages].filter((name) => !FRAMEWORK.includes(name))).toEqual([]);
  });
});

describe('the entry point onauth-server/route-input', () => {
  it('needs class-validator besides', () => {
    const { packages } = graphOf('./route-input', 'default');
    expect([...packages].filter((name) => !FRAMEWORK.includes(name))).toEqual(['class-validator']);
  });
});
