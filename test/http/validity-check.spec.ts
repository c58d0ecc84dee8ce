import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import {
  IsIn,
  IsOptional,
  IsString,
  ValidateIf,
  ValidateNested,
  getMetadataStorage,
  validateSync,
} from 'class-validator';
import fc from 'fast-check';
import '../../src/app.module.js';
import { ValidityCheck } from '../../src/http/validity.check.js';

/** Every class with rules that the application has. */
const classes = [...(Reflect.get(getMetadataStorage(), 'validationMetadatas') as Map<Type, unknown>).keys()];

/** Values that some rule or other takes, and values that none does. */
const anyValue = fc.oneof(
  fc.constantFrom(undefined, null, '', 'asc', 'desc', 'raise', 'idle', 'wait', 'delete', 'values', 'agent'),
  fc.constantFrom(true, false, 0, 1, 10, -1, 1.5, 1001, Number.NaN, Number.MAX_SAFE_INTEGER),
  fc.uuid(),
  fc.array(fc.oneof(fc.uuid(), fc.constantFrom('values', 'updates', 'ttl', 'thread_id')), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'ttl', 'strategy', 'thread_id', 'checkpoint_id'), fc.jsonValue(), {
    maxKeys: 3,
  }),
  fc.jsonValue(),
);

const errorsOf = (object: object) =>
  validateSync(object, { stopAtFirstError: true, forbidUnknownValues: false });

describe('The quick check of a request', () => {
  it('knows the classes of the application', () => {
    expect(classes.length).toBeGreaterThan(20);
  });

  it.each(classes.map((type) => [type.name, type] as const))(
    'accepts of %s exactly what class-validator finds no error in',
    (_name, type) => {
      const instance = new type() as object;
      const fields = getMetadataStorage()
        .getTargetValidationMetadatas(type, '', false, false)
        .map(({ propertyName }) => propertyName);
      const values = fc.record(Object.fromEntries(fields.map((field) => [field, anyValue])), {
        requiredKeys: [],
      });
      fc.assert(
        fc.property(values, (given) => {
          const object = Object.assign(Object.create(type.prototype as object) as object, instance, given);
          expect(ValidityCheck.of(type).accepts(object)).toBe(errorsOf(object).length === 0);
        }),
        { numRuns: 300, seed: 20_260_101 },
      );
    },
  );

  it('sees the rules of the classes above', () => {
    class Above {
      @IsString() name: unknown = 'a';
    }
    class Below extends Above {
      @IsOptional() @IsIn([1, 2]) rank?: unknown;
    }
    const check = ValidityCheck.of(Below);
    expect(check.accepts(new Below())).toBe(true);
    expect(check.accepts(Object.assign(new Below(), { rank: 2 }))).toBe(true);
    expect(check.accepts(Object.assign(new Below(), { rank: 3 }))).toBe(false);
    expect(check.accepts(Object.assign(new Below(), { name: 3 }))).toBe(false);
  });

  it('leaves rules that it does not know to class-validator', () => {
    class Inner {
      @IsString() name = 'a';
    }
    class Nested {
      @ValidateNested() inner = new Inner();
    }
    class Each {
      @IsString({ each: true }) names = ['a'];
    }
    class Grouped {
      @IsString({ groups: ['some'] }) name = 'a';
    }
    class Conditional {
      @ValidateIf(() => true) @IsString({ validateIf: () => true }) name = 'a';
    }
    for (const type of [Nested, Each, Grouped, Conditional]) {
      expect(ValidityCheck.of(type).accepts(new type())).toBe(false);
      expect(errorsOf(new type())).toEqual([]);
    }
  });
});
