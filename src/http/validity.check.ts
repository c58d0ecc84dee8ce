import type { Type } from '@nestjs/common';
import { getMetadataStorage, ValidationTypes, type ValidationArguments } from 'class-validator';

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

interface PropertyRules {
  readonly property: string;
  /** The tests count where all of these hold. */
  readonly conditions: readonly ((object: object, value: unknown) => unknown)[];
  readonly tests: readonly ((object: object, value: unknown) => unknown)[];
}

const checks = new Map<Type, ValidityCheck>();

/**
 * Tells quickly that an object breaks no rule of its class, which is what nearly every request is. class-validator gathers the
 * rules of a class anew for each object, and prepares an error for each property; here both is left out.
 */
export class ValidityCheck {
  private constructor(private readonly rules: readonly PropertyRules[] | undefined) {}

  static of(type: Type): ValidityCheck {
    let check = checks.get(type);
    if (!check) checks.set(type, (check = new ValidityCheck(rulesOf(type))));
    return check;
  }

  /**
   * @returns true only where class-validator finds no error. False says nothing: a rule may be broken, or be of a kind that
   * only class-validator knows.
   */
  accepts(object: object): boolean {
    if (!this.rules) return false;
    for (const rules of this.rules) if (!keeps(object, rules)) return false;
    return true;
  }
}

function keeps(object: object, { property, conditions, tests }: PropertyRules): boolean {
  const value = (object as Readonly<Record<string, unknown>>)[property];
  for (const holds of conditions) if (!holds(object, value)) return true;
  for (const test of tests) if (test(object, value) !== true) return false;
  return true;
}

function rulesOf(type: Type): readonly PropertyRules[] | undefined {
  const storage = getMetadataStorage();
  const metadata = storage.getTargetValidationMetadatas(type, '', false, false).filter(isRule);
  if (!metadata.every(isSimple)) return undefined;
  return Object.entries(storage.groupByPropertyName(metadata)).map(([property, ofProperty]) => ({
    property,
    conditions: ofProperty.filter(isCondition).map(conditionOf),
    tests: ofProperty.filter((rule) => !isCondition(rule)).flatMap((rule) => testsOf(rule, type)),
  }));
}

/** `@Allow` only names a property. */
function isRule({ type }: Metadata): boolean {
  return type !== ValidationTypes.WHITELIST;
}

function isSimple(rule: Metadata): boolean {
  if (rule.each || rule.validateIf !== undefined || (rule.groups?.length ?? 0) > 0) return false;
  return (
    isCondition(rule) ||
    (rule.type === ValidationTypes.CUSTOM_VALIDATION && constraintsOf(rule).every(({ async }) => !async))
  );
}

function isCondition({ type }: Metadata): boolean {
  return type === ValidationTypes.CONDITIONAL_VALIDATION;
}

function conditionOf({ constraints: [holds] }: Metadata): PropertyRules['conditions'][number] {
  return holds as PropertyRules['conditions'][number];
}

function testsOf(rule: Metadata, { name: targetName }: Type): PropertyRules['tests'] {
  const { propertyName: property, constraints } = rule;
  return constraintsOf(rule).map(({ instance }) => (object: object, value: unknown) => {
    const argument: ValidationArguments = { targetName, property, object, value, constraints };
    return instance.validate(value, argument);
  });
}

function constraintsOf({ constraintCls }: Metadata) {
  return getMetadataStorage().getTargetValidatorConstraints(constraintCls);
}
